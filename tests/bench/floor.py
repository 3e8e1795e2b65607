"""`python -m tests.bench.floor`: the least that an operation can cost on the same libraries.

Bare Starlette routes under the broker's own server settings. For each operation the same number of
requests and of round trips to the same stores (by the driver alone, of small rows by their key) and
the same cryptography; no checks, no rules, no pages, no errors.
"""

import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import httpx2
import msgspec
import uvicorn
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tests.bench.floor_stores import Stores, open_stores
from tests.bench.trips import Trips


class Work(msgspec.Struct, frozen=True):
    """What one request does."""

    trips: Trips = Trips()
    seals: int = 0
    opens: int = 0
    signs: tuple[str, ...] = ()
    verifies: str = ""
    asks_provider: bool = False
    answers_json: bool = False


class Plan(msgspec.Struct, frozen=True):
    """The floor of an installation: its stores, the requests by name, the fixed documents."""

    port: int
    database: str
    redis: str
    provider: str
    requests: dict[str, Work]
    documents: dict[str, int]


@dataclass
class Floor:
    """What every request may need, made once."""

    plan: Plan
    stores: Stores
    http: httpx2.AsyncClient

    def __post_init__(self) -> None:
        self.keys: dict[str, RSAKey | ECKey] = {
            "RS256": RSAKey.generate_key(2048, private=True),
            "ES256": ECKey.generate_key("P-256", private=True),
        }
        self.cipher = AESGCM(secrets.token_bytes(32))
        self.sealed = self.seal()
        self.tokens = {name: self.sign(name) for name in self.keys}

    def seal(self) -> bytes:
        """Seal what a login's cookie holds."""
        nonce = secrets.token_bytes(12)
        return nonce + self.cipher.encrypt(nonce, _STATE, b"")

    def sign(self, algorithm: str) -> str:
        """Sign a token of the usual size."""
        return jwt.encode({"alg": algorithm, "kid": "k1"}, _CLAIMS, self.keys[algorithm])

    async def do(self, work: Work) -> Response:
        """Everything that the request needs, in an order that is as good as any."""
        await self.stores.visit(work.trips)
        for _ in range(work.opens):
            self.cipher.decrypt(self.sealed[:12], self.sealed[12:], b"")
        if work.asks_provider:
            await self.http.post(self.plan.provider, data=_TOKEN_REQUEST)
        if work.verifies:
            jwt.decode(self.tokens[work.verifies], self.keys[work.verifies])
        cookies = [self.seal().hex() for _ in range(work.seals)]
        tokens = [self.sign(algorithm) for algorithm in work.signs]
        if work.answers_json:
            return Response(msgspec.json.encode({"tokens": tokens}), media_type="application/json")
        response = RedirectResponse(f"/next?{urlencode(_TOKEN_REQUEST)}", 303)
        for place, cookie in enumerate(cookies):
            response.set_cookie(f"slot{place}", cookie, httponly=True)
        return response


def build(plan: Plan) -> Starlette:
    """The application."""
    floors: list[Floor] = []

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with (
            open_stores(plan.database, plan.redis) as stores,
            httpx2.AsyncClient(trust_env=False) as http,
        ):
            floors.append(Floor(plan, stores, http))
            yield

    def working(work: Work) -> Route:
        async def answer(request: Request) -> Response:
            await request.body()
            _ = dict(request.query_params), request.cookies
            return await floors[0].do(work)

        return answer  # type: ignore[return-value]

    def fixed(size: int) -> Response:
        return Response(b"x" * size, media_type="application/json")

    documents = {f"/{name}": fixed(size) for name, size in plan.documents.items()}

    async def document(request: Request) -> Response:
        return documents[request.url.path]

    return Starlette(
        routes=[
            *(Route(path, document) for path in documents),
            *(
                Route(f"/{name}", working(work), methods=["GET", "POST"])
                for name, work in plan.requests.items()
            ),
        ],
        lifespan=lifespan,
    )


def main() -> None:
    """Serve the plan in the file that is named, until stopped."""
    plan = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Plan)
    uvicorn.run(
        build(plan), host="127.0.0.1", port=plan.port, access_log=False, proxy_headers=False,
        server_header=False, log_level="warning", ws="none",
    )  # fmt: skip


_STATE = secrets.token_bytes(600)
_TOKEN_REQUEST = {"grant_type": "authorization_code", "code": "c" * 43, "state": "s" * 43}
_CLAIMS = {
    "iss": "http://localhost:8000",
    "aud": "https://api.example",
    "sub": "p_" + "x" * 22,
    "iat": 1_700_000_000,
    "exp": 4_000_000_000,
    "jti": "j" * 40,
    "scope": "openid profile email invoices:read",
    "authorization_details": [{"type": "customer_account", "customer": "c_" + "x" * 200}],
}

if __name__ == "__main__":
    main()
