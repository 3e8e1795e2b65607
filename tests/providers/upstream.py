"""An emulated upstream and one login at it, for tests to bend: real keys, real HTTP client."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import httpx2
import respx
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from providers import (
    AnyProvider,
    Callback,
    ExternalIdentity,
    LoginAttempt,
    Registration,
    UpstreamInvalid,
    build,
)

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ISSUER = "https://id.example.org"
CLIENT_ID = "farstu-at-upstream"
REDIRECT_URI = "https://login.example.se/callback/upstream"

ATTEMPT = LoginAttempt(
    provider="upstream",
    redirect_uri=REDIRECT_URI,
    state="state-of-this-login",
    nonce="nonce-of-this-login-at-least-43-characters-x",
    code_verifier="verifier-of-this-login-at-least-43-characters",
    started_at=START,
)
REGISTRATION = Registration(
    name="upstream",
    kind="oidc",
    client_id=CLIENT_ID,
    client_secrets=("first-secret",),
    issuer=ISSUER,
)


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


class Heard:
    """An observer that remembers."""

    def __init__(self) -> None:
        self.claims: list[str] = []
        self.stales: list[str] = []

    def unknown_claim(self, provider: str, claim: str) -> None:
        self.claims.append(claim)

    def stale(self, provider: str, what: str) -> None:
        self.stales.append(what)

    def called(self, provider: str, endpoint: str, outcome: str, seconds: float) -> None:
        """How long calls take is told to metrics, not here."""


@dataclass(frozen=True)
class Keys:
    """Keys that the upstreams of these tests sign with."""

    rsa: RSAKey
    other_rsa: RSAKey
    weak_rsa: RSAKey
    ec: ECKey


def public(key: RSAKey | ECKey, **members: Any) -> dict[str, Any]:
    """A JWK as an upstream publishes it."""
    return {**key.as_dict(private=False), "use": "sig", **members}


@dataclass
class Upstream:
    """What the emulated provider answers; a test changes a field to make it misbehave."""

    router: respx.Router
    keys: Keys
    clock: Clock
    issuer: str = ISSUER
    metadata: dict[str, Any] = field(default_factory=dict)
    jwks: list[dict[str, Any]] = field(default_factory=list)
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "one"})
    signing_key: Any = None
    token_fields: dict[str, Any] = field(default_factory=dict)
    token_status: int = 200
    userinfo: Any = None
    broken: set[str] = field(default_factory=set)

    def serve(self) -> None:
        """Answer at the addresses that the metadata names."""
        metadata = self.metadata
        document = self.issuer.rstrip("/") + "/.well-known/openid-configuration"
        self.route("discovery", "GET", document, lambda: (200, metadata))
        self.route("jwks", "GET", metadata["jwks_uri"], lambda: (200, {"keys": self.jwks}))
        self.route("token", "POST", metadata["token_endpoint"], self.token_answer)
        if "userinfo_endpoint" in metadata:
            answer = lambda: (200, self.userinfo)  # noqa: E731
            self.route("userinfo", "GET", metadata["userinfo_endpoint"], answer)

    def route(
        self, name: str, method: str, url: str, answer: Callable[[], tuple[int, Any]]
    ) -> None:
        def respond(_: httpx.Request) -> httpx.Response:
            if name in self.broken:
                return httpx.Response(503, text="down")
            status, body = answer()
            return httpx.Response(status, json=body)

        self.router.route(method=method, url=url, name=name).mock(side_effect=respond)

    def token_answer(self) -> tuple[int, Any]:
        if self.token_status != 200:
            return self.token_status, self.token_fields
        answer = {"access_token": "opaque-access-token", "token_type": "Bearer", "expires_in": 3599}
        answer |= {"id_token": self.id_token()} | self.token_fields
        return 200, {name: value for name, value in answer.items() if value is not None}

    def id_token(self) -> str:
        claims = {name: value for name, value in self.claims.items() if value is not None}
        key = self.signing_key or self.keys.rsa
        registry = jws.JWSRegistry(algorithms=[self.header["alg"]], strict_check_header=False)
        payload = json.dumps(claims).encode()
        return jws.serialize_compact(self.header, payload, key, registry=registry)

    def calls(self, name: str) -> int:
        """How often an endpoint was asked."""
        return self.router.routes[name].call_count

    def last_form(self, name: str = "token") -> dict[str, str]:
        """The form of the latest request there."""
        request = self.router.routes[name].calls.last.request
        return dict(httpx.QueryParams(request.content.decode()))


def standard_metadata(issuer: str) -> dict[str, Any]:
    """Discovery of a provider that does everything by the book."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/keys",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "profile", "email"],
    }


def standard_claims(issuer: str) -> dict[str, Any]:
    """Claims in which every check holds."""
    now = int(START.timestamp())
    return {
        "iss": issuer,
        "sub": "00abc-o",
        "aud": CLIENT_ID,
        "exp": now + 3600,
        "iat": now,
        "nonce": ATTEMPT.nonce,
        "email": "maja.lind@example.org",
        "email_verified": True,
        "name": "Maja Lind",
        "given_name": "Maja",
        "family_name": "Lind",
    }


@dataclass
class Login:
    """One login at the emulated upstream."""

    upstream: Upstream
    client: httpx2.AsyncClient
    clock: Clock
    heard: Heard
    registration: Registration = REGISTRATION
    attempt: LoginAttempt = ATTEMPT

    def provider(self, **settings: Any) -> AnyProvider:
        """A new provider of the registration, with some settings changed."""
        changed = replace(self.registration, **settings)
        return build(changed, client=self.client, clock=self.clock, observer=self.heard)

    def returned(self, **changes: str | None) -> Callback:
        """A good return of the browser with some parameters changed; None leaves one out."""
        parameters = {"code": "4/0Acode", "state": self.attempt.state, **changes}
        return Callback({name: value for name, value in parameters.items() if value is not None})

    async def finish(self, provider: AnyProvider | None = None) -> ExternalIdentity:
        """Come back with a good answer."""
        return await (provider or self.provider()).finish(self.attempt, self.returned())

    async def failed_check(self, provider: AnyProvider | None = None) -> str:
        """Come back with a good answer, and the name of the check that refuses it, or empty."""
        try:
            await self.finish(provider)
        except UpstreamInvalid as failure:
            return failure.check
        return ""

    async def asked(self, provider: AnyProvider | None = None) -> dict[str, str]:
        """The parameters that the browser is sent away with."""
        return query_of(await (provider or self.provider()).start(self.attempt))


def query_of(url: str) -> dict[str, str]:
    """The query of an address, each parameter once."""
    return {name: value for name, [value] in parse_qs(urlsplit(url).query).items()}
