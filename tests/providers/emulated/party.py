"""A relying party and a browser as plain as can be, to drive the emulated providers with."""

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2

from providers.emulated import consoles

ORIGIN = "http://localhost:8001"
BROKER = "http://localhost:8000"
VERIFIER = "a-code-verifier-of-at-least-forty-three-characters"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")

AUTHORIZE = {
    "microsoft": "/microsoft/consumers/oauth2/v2.0/authorize",
    "google": "/google/o/oauth2/v2/auth",
    "facebook": "/facebook/v25.0/dialog/oauth",
    "yahoo": "/yahoo/oauth2/request_auth",
    "generic": "/generic/authorize",
}
TOKEN = {
    "microsoft": "/microsoft/consumers/oauth2/v2.0/token",
    "google": "/google/oauth2.googleapis.com/token",
    "facebook": "/facebook/graph.facebook.com/v25.0/oauth/access_token",
    "yahoo": "/yahoo/oauth2/get_token",
    "generic": "/generic/token",
}
KEYS = {
    "microsoft": "/microsoft/consumers/discovery/v2.0/keys",
    "google": "/google/www.googleapis.com/oauth2/v3/certs",
    "yahoo": "/yahoo/openid/v1/certs",
    "generic": "/generic/jwks",
}
USERINFO = {
    "microsoft": "/microsoft/graph.microsoft.com/oidc/userinfo",
    "google": "/google/openidconnect.googleapis.com/v1/userinfo",
    "facebook": "/facebook/graph.facebook.com/v25.0/me",
    "yahoo": "/yahoo/openid/v1/userinfo",
    "generic": "/generic/userinfo",
}
CREDENTIALS = {
    "microsoft": (consoles.MICROSOFT_CLIENT_ID, consoles.MICROSOFT_SECRET),
    "google": (consoles.GOOGLE_CLIENT_ID, consoles.GOOGLE_SECRET),
    "facebook": (consoles.FACEBOOK_CLIENT_ID, consoles.FACEBOOK_SECRET),
    "yahoo": (consoles.YAHOO_CLIENT_ID, consoles.YAHOO_SECRET),
    "generic": (consoles.GENERIC_CLIENT_ID, consoles.GENERIC_SECRET),
}
PROVIDERS = tuple(AUTHORIZE)
OIDC = ("microsoft", "google", "yahoo", "generic")


def read_query(response: httpx2.Response) -> dict[str, str]:
    """Return the parameters that a redirect brings to the client."""
    location = response.headers["location"]
    assert location.startswith(BROKER), location
    return dict(parse_qsl(urlsplit(location).query, keep_blank_values=True))


def read_token(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return header and claims, unverified."""
    head, body, _ = token.split(".")
    header, claims = (json.loads(base64.urlsafe_b64decode(part + "===")) for part in (head, body))
    return header, claims


def prove_secret(token: str) -> str:
    """Return Facebook's appsecret_proof for a token."""
    secret = consoles.FACEBOOK_SECRET.encode()
    return hmac.new(secret, token.encode(), hashlib.sha256).hexdigest()


@dataclass
class Party:
    """One browser, and the client at one provider."""

    browser: httpx2.AsyncClient
    provider: str
    authorize_path: str = ""
    token_path: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def redirect_uri(self) -> str:
        return f"{BROKER}/callback/{self.provider}"

    def parameters(self, **changes: str | None) -> dict[str, str]:
        """Return a good authorization request, with changes (None: left out)."""
        scope = "public_profile,email" if self.provider == "facebook" else "openid profile email"
        good = {
            "client_id": CREDENTIALS[self.provider][0],
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": scope,
            "state": "some-state",
            "nonce": "some-nonce",
            "code_challenge": CHALLENGE.decode(),
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in good.items() if value is not None}

    async def authorize(self, **changes: str | None) -> httpx2.Response:
        path = self.authorize_path or AUTHORIZE[self.provider]
        return await self.browser.get(path, params=self.parameters(**changes))

    async def press(self, page: httpx2.Response, name: str, value: str) -> httpx2.Response:
        """Press a button of the login page, which must be there."""
        assert f'name="{name}" value="{value}"' in page.text, page.text
        action = re.search(r'<form method="post" action="([^"]+)"', page.text)
        ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)
        assert action is not None
        assert ticket is not None
        form = {"ticket": unescape(ticket[1]), name: value}
        return await self.browser.post(unescape(action[1]), data=form)

    async def sign_in(self, person: str, **changes: str | None) -> dict[str, str]:
        """Sign in through the page and return what comes back to the client."""
        page = await self.authorize(**changes)
        return read_query(await self.press(page, "person", person))

    async def redeem(self, code: str, **changes: str | None) -> httpx2.Response:
        client_id, secret = CREDENTIALS[self.provider]
        good = {
            "grant_type": "authorization_code",
            "client_id": client_id,
            "client_secret": secret,
            "redirect_uri": self.redirect_uri,
            "code": code,
            "code_verifier": VERIFIER,
            **changes,
        }
        form = {name: value for name, value in good.items() if value is not None}
        return await self.browser.post(self.token_path or TOKEN[self.provider], data=form)

    async def get_tokens(self, person: str, **changes: str | None) -> dict[str, Any]:
        """Sign in and redeem the code."""
        answer = await self.sign_in(person, **changes)
        response = await self.redeem(answer["code"])
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body

    async def get_claims(self, person: str, **changes: str | None) -> dict[str, Any]:
        return read_token((await self.get_tokens(person, **changes))["id_token"])[1]

    async def order(self, *faults: Any, **members: Any) -> dict[str, Any]:
        """Tell the control endpoint about this provider."""
        body = {"provider": self.provider, "faults": list(faults), **members}
        response = await self.browser.post("/__control", json=body)
        assert response.status_code == 200, response.text
        state: dict[str, Any] = response.json()
        return state
