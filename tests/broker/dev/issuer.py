"""A broker that does as it is told: right answers, and wrong ones on demand."""

import base64
import hashlib
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import httpx2
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

ISSUER = "http://localhost:8000"
AUDIENCE = "http://localhost:8002/api/elnat"
KAI = {
    "type": "customer_account",
    "customer": "c_kai",
    "customer_number": "100423",
    "company": "elnat",
    "relation": "holder",
    "actions": ["invoices:read", "consumption:read", "consumption.interval:read"],
}
METADATA = {
    "issuer": ISSUER,
    "jwks_uri": f"{ISSUER}/jwks",
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "userinfo_endpoint": f"{ISSUER}/userinfo",
    "end_session_endpoint": f"{ISSUER}/logout",
    "id_token_signing_alg_values_supported": ["ES256"],
}
INVOICE = {
    "id": "i_1",
    "customer": "c_kai",
    "number": "4100",
    "ocr": "41008",
    "issued_on": "2026-02-01",
    "due_on": "2026-03-01",
    "amount": "1234.50",
    "paid": False,
}


@dataclass
class Issuer:
    """Publishes keys, redeems codes and signs; `asked` counts who asks for keys.

    `nonce` is what the portal asked for, `id_token` and `userinfo` change what it is told.
    """

    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "k1"}))
    published: list[ECKey] = field(default_factory=list)
    asked: int = 0
    is_down: bool = False
    now: float = field(default_factory=time.time)
    nonce: str = ""
    id_token: dict[str, Any] | None = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    redeemed: dict[str, list[str]] = field(default_factory=dict)
    api_status: int = 200

    def __post_init__(self) -> None:
        self.published.append(self.key)

    @property
    def transport(self) -> httpx2.MockTransport:
        """For whoever wants to talk to it."""
        return httpx2.MockTransport(self.answer)

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """Answer as a broker does, and as an API."""
        if self.is_down:
            raise httpx2.ConnectError("down")
        status, body = self._page(request)
        return httpx2.Response(status, json=body)

    def _page(self, request: httpx2.Request) -> tuple[int, dict[str, Any]]:
        match request.url.path:
            case "/.well-known/openid-configuration":
                found: dict[str, Any] = METADATA
            case "/jwks":
                self.asked += 1
                found = KeySet(self.published).as_dict(private=False)
            case "/token":
                self.redeemed = parse_qs(request.content.decode())
                found = self._tokens()
            case "/userinfo":
                told = {"sub": "p_kai", "name": "Kai Test", "authorization_details": [KAI]}
                found = told | self.userinfo
            case "/api/elnat/invoices/i_1":
                return self.api_status, INVOICE
            case "/api/elnat/invoices":
                return self.api_status, {"invoices": [INVOICE]}
            case _:
                return 404, {}
        return 200, found

    def token(
        self, *, header: dict[str, Any] | None = None, key: ECKey | None = None, **claims: Any
    ) -> str:
        """Sign an access token, sound but for what is given; None leaves a claim out."""
        told = {
            "aud": AUDIENCE,
            "scope": "openid invoices:read consumption:read consumption.interval:read",
            "authorization_details": [KAI],
        } | claims
        return self._sign(told, {"typ": "at+jwt"} | (header or {}), key or self.key)

    def _tokens(self) -> dict[str, Any]:
        access = self.token()
        tokens = {"access_token": access, "token_type": "Bearer", "expires_in": 600}
        if self.id_token is not None:
            half = hashlib.sha256(access.encode()).digest()[:16]
            claims = {
                "aud": "mina-sidor-elnat",
                "sub": "p_kai",
                "sid": "s1",
                "nonce": self.nonce,
                "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
            }
            tokens["id_token"] = self._sign(claims | self.id_token, {"typ": "JWT"}, self.key)
        return tokens

    def _sign(self, claims: dict[str, Any], header: dict[str, Any], key: ECKey) -> str:
        told = {"iss": ISSUER, "iat": int(self.now), "exp": int(self.now) + 600} | claims
        told = {name: value for name, value in told.items() if value is not None}
        return jwt.encode({"alg": "ES256", "kid": key.kid} | header, told, key)
