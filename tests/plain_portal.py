"""A portal with nothing on its pages: every way to ask, every way to be answered.

It keeps what it was told where a test can see it. Its two cookies show what a browser carries when
the answer is posted from another site: `asked` (SameSite=None) comes along, `lax` does not.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import urlencode

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.house import CHALLENGE, SECRET, VERIFIER

ASKED, LAX = "__Host-asked", "__Host-lax"


@dataclass(frozen=True, slots=True)
class Told:
    """An answer of the broker as it came in, and the tokens that its code was worth."""

    method: str
    fields: Mapping[str, str]
    site: str
    origin: str
    cookies: frozenset[str]
    tokens: Mapping[str, Any]


@dataclass
class PlainPortal:
    """The portal at `origin`; `told` is what it was answered, oldest first."""

    origin: str
    issuer: str
    http: httpx2.AsyncClient
    told: list[Told] = field(default_factory=list)
    _clients: dict[str, str] = field(default_factory=dict)

    def app(self) -> Starlette:
        """The portal as an application."""
        return Starlette(
            routes=[
                Route("/", self.front),
                Route("/login", self.login),
                Route("/login-by-post", self.login_by_post),
                Route("/silent", self.silent),
                Route("/callback", self.callback, methods=["GET", "POST"]),
                Route("/leave", self.leave),
                Route("/bye", self.bye),
            ]
        )

    async def front(self, request: Request) -> Response:
        """One link, which asks for what this page was asked with."""
        return _page("Mina sidor", f"<a href='/login?{escape(str(request.query_params))}'>In</a>")

    async def login(self, request: Request) -> Response:
        """Ask by redirect."""
        asked = self._request(request)
        return _with_cookies(
            RedirectResponse(f"{self.issuer}/authorize?{urlencode(asked)}", 303), asked["state"]
        )

    async def login_by_post(self, request: Request) -> Response:
        """Ask by a form."""
        asked = self._request(request)
        return _with_cookies(
            _page("Logga in", _form(f"{self.issuer}/authorize", asked)), asked["state"]
        )

    async def silent(self, request: Request) -> Response:
        """Ask in a hidden frame."""
        asked = self._request(request) | {"prompt": "none"}
        address = escape(f"{self.issuer}/authorize?{urlencode(asked)}")
        return _with_cookies(
            _page("Mina sidor", f"<iframe hidden src='{address}'></iframe>"), asked["state"]
        )

    async def callback(self, request: Request) -> Response:
        """Take the answer, if it is one to what this browser asked."""
        fields = dict(request.query_params if request.method == "GET" else await request.form())
        said = {name: str(value) for name, value in fields.items()}
        is_asked_for = said.get("state") == request.cookies.get(ASKED)
        self.told.append(
            Told(
                method=request.method,
                fields=said,
                site=request.headers.get("sec-fetch-site", ""),
                origin=request.headers.get("origin", ""),
                cookies=frozenset(request.cookies),
                tokens=await self._redeem(said) if is_asked_for and "code" in said else {},
            )
        )
        return _page("Välkommen" if self.told[-1].tokens else "Inte inloggad")

    async def leave(self, request: Request) -> Response:
        """Sign out at the broker: by a link, and by a form."""
        hint = {"id_token_hint": self.told[-1].tokens["id_token"]}
        asked = hint | {"post_logout_redirect_uri": f"{self.origin}/bye", "state": "hej-da"}
        address = f"{self.issuer}/logout"
        link = f"<a href='{escape(f'{address}?{urlencode(asked)}')}'>Logga ut</a>"
        return _page("Lämna", link + _form(address, asked))

    async def bye(self, request: Request) -> Response:
        """Back from signing out."""
        return _page("Hej då")

    def _request(self, request: Request) -> dict[str, str]:
        asked = {
            "client_id": "portal",
            "redirect_uri": f"{self.origin}/callback",
            "response_type": "code",
            "scope": "openid profile email invoices:read",
            "state": secrets.token_urlsafe(16),
            "nonce": secrets.token_urlsafe(16),
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        } | dict(request.query_params)
        self._clients[asked["state"]] = asked["client_id"]
        return asked

    async def _redeem(self, said: Mapping[str, str]) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": said["code"],
            "redirect_uri": f"{self.origin}/callback",
            "code_verifier": VERIFIER,
        }
        client = self._clients[said["state"]]
        answer = await self.http.post(f"{self.issuer}/token", data=form, auth=(client, SECRET))
        return dict(answer.json()) if answer.is_success else {}


def _with_cookies(response: Response, state: str) -> Response:
    for name, same_site in ((ASKED, "None"), (LAX, "Lax")):
        response.headers.append(
            "Set-Cookie", f"{name}={state}; Path=/; Secure; HttpOnly; SameSite={same_site}"
        )
    return response


def _form(action: str, fields: Mapping[str, str]) -> str:
    hidden = "".join(
        f"<input type=hidden name='{escape(name)}' value='{escape(value)}'>"
        for name, value in fields.items()
    )
    return f"<form method=post action='{escape(action)}'>{hidden}<button>Vidare</button></form>"


def _page(title: str, body: str = "") -> Response:
    head = f"<!doctype html><html lang=sv><link rel=icon href=data:,><title>{title}</title>"
    return HTMLResponse(f"{head}<h1>{title}</h1>{body}", headers={"Cache-Control": "no-store"})
