"""An example portal that signs people in through the broker. Copy it: it imports nothing of ours.

A relying party as it should be: code flow with PKCE, state and nonce (Authlib does them), the
answer's `iss` compared (RFC 9207), tokens kept on the server and only an opaque cookie in the
browser, addresses that survive the login, errors told kindly, sign-out at the broker as well. The
looks stand in `portal_pages/` beside it; replace them with your own. A real portal keeps its
sessions in a database; this one keeps them in memory.
"""

import base64
import json
import secrets
import time
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import httpx2
from authlib.integrations.starlette_client import OAuth, OAuthError
from joserfc.errors import JoseError
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGES = Path(__file__).parent / "portal_pages"
WORDS = tomllib.loads((PAGES / "words.toml").read_text(encoding="utf-8"))
SCOPES = (
    "openid profile email invoices:read consumption:read consumption.interval:read facilities:read"
)
NOT_SILENTLY = {"login_required", "interaction_required", "consent_required"}
SESSION_SECONDS = 8 * 3600
MOST_SESSIONS = 10_000
LANGUAGE_COOKIE = "portal-language"


@dataclass(frozen=True, slots=True)
class Entrance:
    """One company's portal: a client of its own at the broker, and an API of its own."""

    key: str
    name: str
    company: str
    client_id: str
    client_secret: str = field(repr=False)
    api: str


class LoginOver(Exception):
    """The API takes the access token no more: the person has to come in again."""


class NotThere(Exception):
    """There is no such thing, or not for this person."""


class Visit(dict[str, Any]):
    """What we know about one browser; `renewed` asks for a new cookie (session fixation)."""

    renewed = False


@dataclass(slots=True)
class Sessions:
    """ASGI middleware: what is known stays here, the browser gets an opaque name for it."""

    app: ASGIApp
    is_secure: bool
    kept: dict[str, tuple[float, Visit]] = field(default_factory=dict)

    @property
    def cookie(self) -> str:
        """The cookie's name; browsers take the prefix on https only."""
        return "__Host-portal" if self.is_secure else "portal"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on with `request.session`."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        name = Request(scope).cookies.get(self.cookie, "")
        until, visit = self.kept.get(name, (0.0, Visit()))
        if until < time.time():
            visit = Visit()
        scope["session"] = visit

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and (visit or name in self.kept):
                cookie = self._keep(name, visit)
                MutableHeaders(scope=message).append("Set-Cookie", cookie)
            await send(message)

        await self.app(scope, receive, send_with_cookie)

    def _keep(self, name: str, visit: Visit) -> str:
        if visit.renewed or name not in self.kept:
            self.kept.pop(name, None)
            name, visit.renewed = secrets.token_urlsafe(32), False
        self.kept[name] = (time.time() + SESSION_SECONDS, visit)
        while len(self.kept) > MOST_SESSIONS:
            del self.kept[next(iter(self.kept))]
        secure = "; Secure" if self.is_secure else ""
        return f"{self.cookie}={name}; Path=/; HttpOnly; SameSite=Lax{secure}"


@dataclass(frozen=True, slots=True)
class Portal:
    """The pages. `origin` is our own address, `issuer` the broker's."""

    origin: str
    issuer: str
    entrances: dict[str, Entrance]
    oauth: OAuth
    http: httpx2.AsyncClient
    templates: Jinja2Templates

    def routes(self) -> list[Route]:
        """Return where things are."""
        return [
            Route("/", self.front),
            Route("/portal.css", _file("portal.css", "text/css")),
            Route("/portal.svg", _file("portal.svg", "image/svg+xml")),
            Route("/{entrance}", self.home),
            Route("/{entrance}/login", self.login),
            Route("/{entrance}/callback", self.callback),
            Route("/{entrance}/invoices", self.signed_in(self.invoices)),
            Route("/{entrance}/invoices/{id}", self.signed_in(self.invoice)),
            Route("/{entrance}/consumption", self.signed_in(self.consumption)),
            Route("/{entrance}/claims", self.signed_in(self.claims)),
            Route("/{entrance}/logout", self.logout, methods=["POST"]),
            Route("/{entrance}/signed-out", self.signed_out),
        ]

    # Signing in.

    async def login(self, request: Request) -> Response:
        """Go to the broker. Others may send people here too (OpenID Connect Core section 4)."""
        entrance = self.entrance(request)
        if request.query_params.get("iss", self.issuer) != self.issuer:
            return self.problem(request, "problem", 400)
        wanted = request.query_params.get("to") or request.query_params.get("target_link_uri", "")
        state = secrets.token_urlsafe(24)
        ways_back = request.session.setdefault("ways_back", {})
        ways_back[state] = self._own_path(entrance, wanted)
        while len(ways_back) > 5:  # noqa: PLR2004 - as many tabs at once
            del ways_back[next(iter(ways_back))]
        asked = {"state": state, "ui_locales": self.language(request)}
        if "silent" in request.query_params:
            asked["prompt"] = "none"
        if hint := request.query_params.get("login_hint"):
            asked["login_hint"] = hint
        client = self.oauth.create_client(entrance.key)
        redirect_uri = f"{self.origin}/{entrance.key}/callback"
        answer: Response = await client.authorize_redirect(request, redirect_uri, **asked)
        return answer

    async def callback(self, request: Request) -> Response:
        """Come back from the broker."""
        entrance = self.entrance(request)
        query = request.query_params
        way_back = request.session.get("ways_back", {}).pop(query.get("state", ""), None)
        if way_back is None:
            return self.problem(request, "stale", 400)
        if query.get("iss") != self.issuer:  # RFC 9207: an answer from somebody else
            return self.problem(request, "problem", 400)
        if query.get("error") in NOT_SILENTLY:
            request.session.setdefault("tried", []).append(entrance.key)
            return RedirectResponse(f"/{entrance.key}", 303)
        if query.get("error") == "access_denied":
            return self.page(request, "denied.html")
        try:
            request.session[f"login {entrance.key}"] = await self._redeem(request, entrance)
        except (OAuthError, JoseError, httpx2.HTTPError):
            return self.problem(request, "problem", 502)
        request.session.pop("tried", None)
        request.scope["session"].renewed = True
        return RedirectResponse(way_back, 303)

    async def _redeem(self, request: Request, entrance: Entrance) -> dict[str, Any]:
        """Code → tokens → what we keep of them."""
        client = self.oauth.create_client(entrance.key)
        token = await client.authorize_access_token(request)
        claims = token.get("userinfo")  # the checked ID token; Authlib takes a missing one as well
        if claims is None:
            raise OAuthError("missing_id_token")
        userinfo = await client.userinfo(token=token)
        if userinfo["sub"] != claims["sub"]:  # OpenID Connect Core section 5.3.2
            raise OAuthError("another_subject")
        return {
            "at": time.time(),
            "until": time.time() + token["expires_in"],
            "id_token": token["id_token"],
            "access_token": token["access_token"],
            "claims": dict(claims),
            "userinfo": dict(userinfo),
        }

    def signed_in(
        self, show: Callable[[Request, Entrance, dict[str, Any]], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Let only those in who have signed in; others do so first and come back here."""

        async def answer(request: Request) -> Response:
            entrance = self.entrance(request)
            login = self.login_of(request, entrance)
            if login is None:
                return self._to_login(request, entrance)
            try:
                return await show(request, entrance, login)
            except LoginOver:
                if time.time() - login["at"] < 30:  # noqa: PLR2004 - it would go round in circles
                    return self.problem(request, "problem", 502)
                return self._to_login(request, entrance)
            except NotThere:
                return self.problem(request, "missing", 404)
            except httpx2.HTTPError:
                return self.problem(request, "problem", 502)

        return answer

    def _to_login(self, request: Request, entrance: Entrance) -> Response:
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/{entrance.key}/login?to={quote(wanted, safe='')}", 303)

    def _own_path(self, entrance: Entrance, wanted: str) -> str:
        """Return the page that was wanted, if it is one of this entrance's; else its first."""
        home = f"/{entrance.key}"
        path = wanted.removeprefix(self.origin)
        is_odd = any(part in path for part in ("\\", "/../", "//"))
        is_plain = path.isascii() and path.isprintable() and not is_odd
        is_a_page = path.startswith(f"{home}/") and not path.startswith(f"{home}/log")
        return path if is_plain and is_a_page else home

    # Signing out.

    async def logout(self, request: Request) -> Response:
        """Forget the person here, then go and ask the broker to do so."""
        entrance = self.entrance(request)
        if request.headers.get("origin", self.origin) != self.origin:
            return self.problem(request, "problem", 403)
        login = request.session.get(f"login {entrance.key}")
        if login is None:
            return RedirectResponse(f"/{entrance.key}", 303)
        sid = login["claims"].get("sid")
        for key in self.entrances:  # the broker ends them together
            if request.session.get(f"login {key}", login)["claims"].get("sid") == sid:
                request.session.pop(f"login {key}", None)
        request.scope["session"].renewed = True
        client = self.oauth.create_client(entrance.key)
        answer: Response = await client.logout_redirect(
            request,
            post_logout_redirect_uri=f"{self.origin}/{entrance.key}/signed-out",
            id_token_hint=login["id_token"],
            ui_locales=self.language(request),
        )
        return answer

    async def signed_out(self, request: Request) -> Response:
        """Back from the broker; nothing rests on whether this really came from there."""
        self.entrance(request)
        return self.page(request, "signed_out.html")

    # Pages.

    async def front(self, request: Request) -> Response:
        """All entrances."""
        return self.page(request, "front.html")

    async def home(self, request: Request) -> Response:
        """An entrance; whoever is signed in next door is let in without a question."""
        entrance = self.entrance(request)
        if self.login_of(request, entrance) is not None:
            return await self.signed_in(self.overview)(request)
        if f"login {entrance.key}" in request.session:  # its token has ended, perhaps no more
            return self._to_login(request, entrance)
        knows_somebody = any(self.login_of(request, each) for each in self.entrances.values())
        if knows_somebody and entrance.key not in request.session.get("tried", []):
            return RedirectResponse(f"/{entrance.key}/login?silent", 303)
        return self.page(request, "entrance.html")

    async def overview(
        self, request: Request, entrance: Entrance, login: dict[str, Any]
    ) -> Response:
        """Which customers the person is or helps, and what is newest of each."""
        invoices = (await self.ask(entrance, login, "invoices"))["invoices"]
        newest: dict[str, Any] = {}
        for invoice in invoices:
            newest.setdefault(invoice["customer"], invoice)
        return self.page(request, "overview.html", newest=newest)

    async def invoices(
        self, request: Request, entrance: Entrance, login: dict[str, Any]
    ) -> Response:
        """Every invoice, customer by customer."""
        found = await self.ask(entrance, login, "invoices")
        return self.page(request, "invoices.html", invoices=found["invoices"])

    async def invoice(
        self, request: Request, entrance: Entrance, login: dict[str, Any]
    ) -> Response:
        """One invoice: an address that can be sent in an e-mail."""
        path = f"invoices/{quote(request.path_params['id'], safe='')}"
        return self.page(request, "invoice.html", invoice=await self.ask(entrance, login, path))

    async def consumption(
        self, request: Request, entrance: Entrance, login: dict[str, Any]
    ) -> Response:
        """Months for everybody, days for those who may see them."""
        by = "day" if request.query_params.get("by") == "day" else "month"
        found = await self.ask(entrance, login, f"consumption?granularity={by}")
        series: dict[str, dict[str, list[Any]]] = {}
        for row in found["consumption"]:
            places = series.setdefault(row["customer"], {})
            places.setdefault(row["place"], []).append(row)
        return self.page(request, "consumption.html", series=series, by=by)

    async def claims(
        self, request: Request, _entrance: Entrance, login: dict[str, Any]
    ) -> Response:
        """What the broker told us. Only this example reads its access token: it is the API's."""
        told = {
            "id-token": login["claims"],
            "userinfo": login["userinfo"],
            "access-token": _unverified_claims(login["access_token"]),
        }
        shown = {name: json.dumps(one, indent=2, ensure_ascii=False) for name, one in told.items()}
        return self.page(request, "claims.html", told=shown)

    # What the pages stand on.

    def entrance(self, request: Request) -> Entrance:
        """Return the entrance that the address names, or raise NotThere."""
        found = self.entrances.get(request.path_params["entrance"])
        if found is None:
            raise NotThere
        return found

    def login_of(self, request: Request, entrance: Entrance) -> dict[str, Any] | None:
        """Return the login at this entrance, while its access token lives."""
        login: dict[str, Any] | None = request.session.get(f"login {entrance.key}")
        return login if login and login["until"] > time.time() else None

    async def ask(self, entrance: Entrance, login: dict[str, Any], path: str) -> Any:
        """Ask the company's API on behalf of the person."""
        headers = {"Authorization": f"Bearer {login['access_token']}"}
        answer = await self.http.get(f"{entrance.api}/{path}", headers=headers)
        if answer.status_code == httpx2.codes.UNAUTHORIZED:
            raise LoginOver
        if answer.status_code == httpx2.codes.NOT_FOUND:
            raise NotThere
        return answer.raise_for_status().json()

    def language(self, request: Request) -> str:
        """Swedish, unless English was chosen here or is what the browser wants first."""
        accepted = request.headers.get("accept-language", "").lower().replace("-", ",").split(",")
        chosen = request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)
        return next((one for one in (*chosen, *accepted) if one in WORDS), "sv")

    def problem(self, request: Request, what: str, status: int) -> Response:
        """Say what went wrong, and where to go on."""
        return self.page(request, "problem.html", status=status, what=what)

    def page(self, request: Request, template: str, *, status: int = 200, **more: Any) -> Response:
        """Render a page in the reader's language."""
        entrance = self.entrances.get(request.path_params.get("entrance", ""))
        login = self.login_of(request, entrance) if entrance else None
        language = self.language(request)
        context = {
            "entrances": list(self.entrances.values()),
            "entrance": entrance,
            "login": login,
            "customers": login["userinfo"]["authorization_details"] if login else [],
            "words": WORDS[language],
            "language": language,
            "path": request.url.path,
            **more,
        }
        response = self.templates.TemplateResponse(request, template, context, status_code=status)
        if request.query_params.get("lang") in WORDS:
            response.set_cookie(LANGUAGE_COOKIE, language, httponly=True, samesite="lax")
        response.headers["Cache-Control"] = "no-store"
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
            f"frame-ancestors 'none'; form-action 'self' {self.issuer}"
        )
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def build(
    origin: str,
    issuer: str,
    entrances: Iterable[Entrance],
    *,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> Starlette:
    """Return the portal as an application; `transport` is for tests without a network."""
    outgoing: dict[str, Any] = {"transport": transport, "trust_env": False, "timeout": 10}
    known = {each.key: each for each in entrances}
    oauth = OAuth()
    for each in known.values():
        oauth.register(
            name=each.key,
            client_id=each.client_id,
            client_secret=each.client_secret,
            server_metadata_url=f"{issuer}/.well-known/openid-configuration",
            client_kwargs={"scope": SCOPES, "code_challenge_method": "S256", **outgoing},
        )
    portal = Portal(origin, issuer, known, oauth, httpx2.AsyncClient(**outgoing), _templates())

    async def not_there(request: Request, _error: Exception) -> Response:
        return portal.problem(request, "missing", 404)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with portal.http:
            yield

    return Starlette(
        routes=portal.routes(),
        middleware=[Middleware(Sessions, is_secure=origin.startswith("https:"))],
        exception_handlers={NotThere: not_there, 404: not_there},
        lifespan=lifespan,
    )


def _templates() -> Jinja2Templates:
    templates = Jinja2Templates(directory=PAGES)
    templates.env.trim_blocks = templates.env.lstrip_blocks = True
    templates.env.filters |= {"day": _day, "moment": _moment, "money": _money}
    return templates


def _file(name: str, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_request: Request) -> Response:
        return FileResponse(PAGES / name, media_type=media_type)

    return answer


def _unverified_claims(token: str) -> Any:
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def _day(value: str, months: list[str]) -> str:
    """`2026-11-14` → `14 november 2026`; without a day or month, so much less."""
    parts = value.split("-")
    named = [months[int(parts[1]) - 1]] if len(parts) > 1 else []
    numbered = [str(date.fromisoformat(value).day)] if len(parts) > 2 else []  # noqa: PLR2004
    return " ".join([*numbered, *named, parts[0]])


def _moment(seconds: int) -> str:
    """POSIX seconds → the day in Sweden as `2026-11-14`."""
    return datetime.fromtimestamp(seconds, ZoneInfo("Europe/Stockholm")).date().isoformat()


def _money(value: str, language: str) -> str:
    """`1234.50` → `1 234,50 kr`, or `SEK 1,234.50`."""
    text = f"{float(value):,.2f}"
    if language == "en":
        return f"SEK {text}"
    return text.replace(",", "\u00a0").replace(".", ",") + "\u00a0kr"
