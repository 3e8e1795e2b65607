"""A service that takes our access tokens, with a sound verifier, or with the faults ordered.

Built as a service team would, from joserfc and what `docs/tokens.md` says; it fetches
metadata and keys over HTTP, from wherever it is told that the issuer is.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx2
import uvicorn
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.servers.ports import free_port


class Refused(Exception):
    """The token is not good enough; `status` says whether at all or for here."""

    def __init__(self, why: str, status: int = 401) -> None:
        super().__init__(why)
        self.status = status


@dataclass
class ResourceServer:
    """`faults` are words, looked for where the check stands. Seconds: `keeps`, `cooldown`."""

    issuer: str
    audience: str
    faults: frozenset[str] = frozenset()
    algorithm: str = "ES256"
    scope: str = "openid"
    leeway: float = 60
    keeps: float = 300
    cooldown: float = 30
    port: int = field(default_factory=free_port)
    clock: Callable[[], float] = time.time
    _keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    _fetched_at: float = float("-inf")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/me"

    def has(self, fault: str) -> bool:
        return fault in self.faults

    async def me(self, request: Request) -> Response:
        """The path that needs a token."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer":
            if self.has("open"):
                return Response("everybody")
            return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
        try:
            claims = await self.verified(token)
        except Refused as refused:
            said = f'Bearer error="invalid_token", error_description="{refused}"'
            return Response(status_code=refused.status, headers={"WWW-Authenticate": said})
        except (JoseError, ValueError, KeyError):
            if self.has("falls over"):
                raise
            return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
        return Response(str(claims.get("sub")))

    async def verified(self, token: str) -> dict[str, Any]:
        header, claims = _read(token)
        if not self.has("signature"):
            await self._check_signature(token, header)
        self._check_header(header)
        self._check_claims(claims)
        return claims

    def _check_header(self, header: dict[str, Any]) -> None:
        if not self.has("typ") and header.get("typ", "").lower() != "at+jwt":
            raise Refused("typ")

    def _check_claims(self, claims: dict[str, Any]) -> None:
        now = self.clock()
        if not self.has("iss") and claims.get("iss") != self.issuer:
            raise Refused("iss")
        aud = claims.get("aud")
        if not self.has("aud") and self.audience not in (aud if isinstance(aud, list) else [aud]):
            raise Refused("aud")
        if "exp" not in claims and not self.has("no exp"):
            raise Refused("exp")
        if claims.get("exp", now) + self.leeway < now and not self.has("exp"):
            raise Refused("exp")
        if claims.get("nbf", now) - self.leeway > now and not self.has("nbf"):
            raise Refused("nbf")
        if self.scope not in claims["scope"].split() and not self.has("any scope"):
            raise Refused("scope", 401 if self.has("scope 401") else 403)

    async def _check_signature(self, token: str, header: dict[str, Any]) -> None:
        if self.has("alg none") and header["alg"].lower() == "none":
            return
        if self.has("hmac") and header["alg"] == "HS256":
            await self._check_hmac(token, header)
            return
        if self.has("no kid") and "kid" not in header:
            self._try_all(token)
            return
        if self.has("jwk") and "jwk" in header:
            key = header["jwk"]
        elif self.has("jku") and "jku" in header:
            key = (await _get(header["jku"]))["keys"][0]
        else:
            key = await self._key(header.get("kid"))
        if header["alg"] != self.algorithm and not self.has("any alg"):
            raise Refused("alg")
        registry = jws.JWSRegistry(algorithms=[key.get("alg", self.algorithm)])
        if self.has("crit"):
            registry = _Careless(algorithms=[self.algorithm])
        jws.deserialize_compact(token, _imported(key), registry=registry)

    async def _check_hmac(self, token: str, header: dict[str, Any]) -> None:
        key = _imported(await self._key(header["kid"]))
        pem = key.as_pem(private=False)
        signed, _, signature = token.rpartition(".")
        made = base64.urlsafe_b64encode(hmac.digest(pem, signed.encode(), hashlib.sha256))
        if made.rstrip(b"=").decode() != signature:
            raise Refused("signature")

    def _try_all(self, token: str) -> None:
        """Whichever key fits."""
        registry = jws.JWSRegistry(algorithms=[self.algorithm])
        for key in self._keys.values():
            with suppress(JoseError, ValueError):
                jws.deserialize_compact(token, _imported(key), registry=registry)
                return
        raise Refused("signature")

    async def _key(self, kid: str | None) -> dict[str, Any]:
        now = self.clock()
        old = now - self._fetched_at > self.keeps and not self.has("never refetches")
        if not self._keys or old or self.has("fetches always"):
            await self._fetch()
        if self.has("one key") and kid in self._keys:
            self._keys = {kid: self._keys[kid]}
        if kid not in self._keys and self._may_fetch(now):
            await self._fetch()
        if kid not in self._keys:
            raise Refused("kid")
        return self._keys[kid]

    def _may_fetch(self, now: float) -> bool:
        if self.has("never refetches"):
            return False
        return self.has("no cooldown") or now - self._fetched_at > self.cooldown

    async def _fetch(self) -> None:
        metadata = await _get(f"{self.issuer}/.well-known/openid-configuration")
        fetched = {each["kid"]: each for each in (await _get(metadata["jwks_uri"]))["keys"]}
        self._keys = self._keys | fetched if self.has("never forgets") else fetched
        self._fetched_at = self.clock()


class _Careless(jws.JWSRegistry):
    """Does not look at what a header demands."""

    def check_header(self, header: Any) -> None:
        """All is fine."""


def _imported(key: dict[str, Any]) -> Key:
    return KeySet.import_key_set({"keys": [key]}).keys[0]


def _read(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    parts = [
        json.loads(base64.urlsafe_b64decode(each + "=" * (-len(each) % 4)))
        for each in token.split(".")[:2]
    ]
    header, claims = parts
    return header, claims


async def _get(url: str) -> dict[str, Any]:
    async with httpx2.AsyncClient(trust_env=False, verify=False) as http:
        found: dict[str, Any] = (await http.get(url)).raise_for_status().json()
        return found


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield


@asynccontextmanager
async def resource_server(service: ResourceServer) -> AsyncIterator[ResourceServer]:
    """Answering on its port of loopback."""
    async with answering(Starlette(routes=[Route("/me", service.me)]), service.port):
        yield service


@asynccontextmanager
async def answering(app: Starlette, port: int) -> AsyncIterator[None]:
    """Any application, on this port of loopback."""
    server = _Server(
        uvicorn.Config(
            app, port=port, lifespan="off", ws="none", log_config=None, log_level="critical"
        )
    )
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        await task
