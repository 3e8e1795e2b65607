"""Minting: the one place where our name is put under claims about a person."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from broker.oauth.client import Client
from broker.tokens.claims import about_login, half_hash
from broker.tokens.customers import authorization_details
from broker.tokens.login import Login
from broker.tokens.subjects import Subjects
from keys import Algorithm, Signer
from linking.entries import Entry

ACCESS_TOKEN = "at+jwt"
ID_TOKEN = "JWT"
ID_TOKEN_SECONDS = 600
CANARY_SECONDS = 60
CANARY = "canary"
"""The subject of a token that is good for a test only; no person's."""
CANARY_SCOPE = "farstu:canary"


@dataclass(frozen=True, slots=True)
class Mint:
    """Signs access and ID tokens; `new_id` makes 128-bit random names."""

    signer: Signer
    subjects: Subjects
    issuer: str
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    def can_mint(self, client: Client) -> None:
        """Raise keys.KeysError where tokens for this client could not be signed now.

        To be asked before a code is used up that only a token makes up for.
        """
        self.signer.can_sign(
            (Algorithm(client.resource.algorithm), Algorithm(client.id_token_algorithm))
        )

    def access_token(
        self,
        client: Client,
        login: Login,
        scopes: Sequence[str],
        entries: Sequence[Entry],
        *,
        grant: str,
    ) -> str:
        """RFC 9068; one audience. The grant leads `jti`, for our own endpoints to ask for."""
        resource = client.resource
        now = int(self.clock().timestamp())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": resource.audience,
            "sub": self.subjects.of(login.person, client),
            "client_id": client.client_id,
            "iat": now,
            "exp": now + resource.lifetime,
            "jti": f"{grant}.{self.new_id()}",
            **about_login(login),
            "scope": " ".join(scopes),
            "authorization_details": authorization_details(
                entries,
                companies=resource.companies,
                asked=scopes,
                shows_number=resource.shows_customer_number,
            ),
        }
        return self.signer.sign(claims, typ=ACCESS_TOKEN, algorithm=Algorithm(resource.algorithm))

    def canary(self, client: Client) -> str:
        """An access token for the client's own audience, signed with the announced key.

        Nobody's, for a minute, without any customer: our own endpoints refuse it.
        """
        resource, now = client.resource, int(self.clock().timestamp())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": resource.audience,
            "sub": CANARY,
            "client_id": client.client_id,
            "iat": now,
            "exp": now + CANARY_SECONDS,
            "jti": f"{CANARY}.{self.new_id()}",
            "scope": CANARY_SCOPE,
        }
        return self.signer.canary(claims, typ=ACCESS_TOKEN, algorithm=Algorithm(resource.algorithm))

    def id_token(
        self,
        client: Client,
        login: Login,
        scopes: Sequence[str],
        entries: Sequence[Entry],
        *,
        nonce: str,
        access_token: str,
    ) -> str:
        """OpenID Connect Core section 2; customers only where the client is configured so."""
        now = int(self.clock().timestamp())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": self.subjects.of(login.person, client),
            "aud": client.client_id,
            "iat": now,
            "exp": now + ID_TOKEN_SECONDS,
            **about_login(login),
            "at_hash": half_hash(access_token, client.id_token_algorithm),
        }
        if nonce:
            claims["nonce"] = nonce
        if client.id_token_customers:
            claims["authorization_details"] = authorization_details(
                entries,
                companies=client.companies,
                asked=scopes,
                shows_number=client.resource.shows_customer_number,
            )
        return self.signer.sign(
            claims, typ=ID_TOKEN, algorithm=Algorithm(client.id_token_algorithm)
        )
