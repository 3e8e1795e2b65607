"""A relying party that does what the OpenID Foundation's test plans do, step by step.

Written from the plans' public descriptions: one function per thing that their modules do.
"""

import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx2
from joserfc import jwk, jws, jwt

from tests.browsing import Browser
from tests.house import ISSUER, SECRET, TestHouse, a_client, settings_for
from tests.walking import FORM_POST, page_number, somebody_new

CALLBACK = "https://suite.example/callback"
CALLBACK_WITH_QUERY = "https://suite.example/callback?dummy1=lorem&dummy2=ipsum"
AFTER_LOGOUT = "https://suite.example/post-logout"
ALGORITHMS = ["RS256", "ES256", "EdDSA"]


def suite_settings(directory: Any) -> dict[str, Any]:
    """The clients that the plans are run with, by changes to the settings."""
    entry: dict[str, Any] = {
        "redirect_uris": (CALLBACK, CALLBACK_WITH_QUERY),
        "post_logout_redirect_uris": (AFTER_LOGOUT,),
        "customer_required": False,
        "require_pkce": False,
        "resource": None,
        "scopes": ("openid", "profile", "email"),
    }
    clients = {
        "suite": a_client("elnat", **entry),
        "suite2": a_client("elnat", **entry),
        "suite-post": a_client("elnat", **entry, token_endpoint_auth_method="client_secret_post"),
        "suite-pkce": a_client("elnat", **entry | {"require_pkce": True}),
    }
    return {"clients": {**settings_for(directory).clients, **clients}}


@dataclass
class Suite:
    """One test module's run: a browser, and a way to answer (`query` or `form_post`)."""

    house: TestHouse
    mode: str = ""
    client_id: str = "suite"
    person: str = field(default_factory=somebody_new)

    def __post_init__(self) -> None:
        self.browser: Browser = self.house.browser()
        self.pages: list[int] = []
        self.nonce = ""
        self.state = ""

    async def authorize(self, *, method: str = "GET", **changes: str) -> dict[str, str]:
        """An authorization request; the person signs in where they are asked to."""
        self.nonce, self.state = secrets.token_urlsafe(8), secrets.token_urlsafe(8)
        parameters = {
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid",
            "state": self.state,
            "nonce": self.nonce,
            "response_mode": self.mode,
        } | changes
        query = urlencode({k: v for k, v in parameters.items() if v})
        self.pages = []
        if method == "POST":
            answer = await self.browser.client.post(
                f"{ISSUER}/authorize",
                content=query.encode(),
                headers={"content-type": "application/x-www-form-urlencoded"},
            )
            assert answer.status_code == 303
            await self.browser.go(ISSUER + answer.headers["location"])
        else:
            await self.browser.go(f"{ISSUER}/authorize?{query}")
        return await self._sign_in()

    async def _sign_in(self) -> dict[str, str]:
        while self.browser.url.startswith("http://localhost"):
            number = page_number(self.browser)
            self.pages.append(number)
            if number == FORM_POST:
                assert self.browser.forms[0].action.startswith("https://suite.example/")
                return self.browser.forms[0].fields
            if self.browser.path == "/flow/choose":
                await self.browser.submit("microsoft")
            elif self.browser.path == "/flow/consent":
                await self.browser.submit("yes")
            elif self.browser.url.startswith("http://localhost:8001"):
                await self.browser.submit(person=self.person)
            else:
                return {}
        return self.browser.query

    async def redeem(self, code: str, **changes: str) -> httpx2.Response:
        """The token endpoint, with this client's method."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        form |= changes
        async with self.house.client() as client:
            if self.client_id == "suite-post":
                form |= {"client_id": self.client_id, "client_secret": SECRET}
                return await client.post("/token", data=form)
            return await client.post("/token", data=form, auth=(self.client_id, SECRET))

    async def sign_in(self, **changes: str) -> dict[str, Any]:
        """A whole successful run: authorization answer and ID token checked; the tokens."""
        answer = await self.authorize(**changes)
        assert "error" not in answer, answer
        assert answer["state"] == self.state
        assert answer["iss"] == ISSUER
        redirect_uri = changes.get("redirect_uri", CALLBACK)
        response = await self.redeem(answer["code"], redirect_uri=redirect_uri)
        assert response.status_code == 200, response.text
        assert response.headers["cache-control"] == "no-store"
        members: dict[str, Any] = response.json()
        assert members["token_type"].lower() == "bearer"
        members["claims"] = await self.check_id_token(members["id_token"])
        return members

    async def check_id_token(self, token: str) -> dict[str, Any]:
        """OpenID Connect Core section 3.1.3.7, with our published keys."""
        verified = jwt.decode(token, await self.keys(), algorithms=ALGORITHMS)
        claims: dict[str, Any] = verified.claims
        assert verified.header["kid"]
        assert claims["iss"] == ISSUER
        assert claims["aud"] == self.client_id
        assert claims["sub"]
        assert len(claims["sub"]) <= 255
        assert claims.get("nonce", "") == self.nonce
        assert claims["exp"] > claims["iat"]
        return claims

    async def keys(self) -> jwk.KeySet:
        """The provider's key set."""
        async with self.house.client() as client:
            return jwk.KeySet.import_key_set((await client.get("/jwks")).json())

    async def userinfo(self, access_token: str, how: str = "header") -> httpx2.Response:
        """By GET or POST with the header, or by POST with the body."""
        bearer = {"authorization": f"Bearer {access_token}"}
        async with self.house.client() as client:
            match how:
                case "header":
                    return await client.get("/userinfo", headers=bearer)
                case "post header":
                    return await client.post("/userinfo", headers=bearer)
                case _:
                    return await client.post("/userinfo", data={"access_token": access_token})


def header_of(token: str) -> dict[str, Any]:
    """A token's JOSE header."""
    return jws.extract_compact(token.encode()).headers()
