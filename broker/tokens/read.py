"""Our own tokens, when they come back to us: as a bearer token or as a hint."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from broker.oauth.errors import InvalidToken
from broker.tokens.mint import ACCESS_TOKEN, CANARY, ID_TOKEN
from keys import Signer, TokenRefused


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A live access token of ours; whether its grant still lives is asked elsewhere."""

    grant: str
    client_id: str
    subject: str
    sid: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hint:
    """What an ID token of ours says of a login, expired or not (Core section 3.1.2.1)."""

    subject: str
    client_id: str
    sid: str


@dataclass(frozen=True, slots=True)
class TokenReader:
    """Reads tokens that we signed; an ID token is never taken for an access token."""

    signer: Signer
    issuer: str
    clock: Callable[[], datetime]

    def read_access_token(self, token: str) -> AccessToken:
        """Any audience of ours (DESIGN: `/userinfo` takes them all); InvalidToken otherwise."""
        claims = self._claims(token, ACCESS_TOKEN)
        if claims is None or claims["exp"] <= self.clock().timestamp():
            raise InvalidToken("the access token is not valid any more")
        if claims["sub"] == CANARY:
            raise InvalidToken("a canary opens nothing")
        return AccessToken(
            grant=str(claims["jti"]).partition(".")[0],
            client_id=claims["client_id"],
            subject=claims["sub"],
            sid=claims["sid"],
            scopes=tuple(claims["scope"].split(" ")),
        )

    def read_hint(self, token: str) -> Hint | None:
        """None when it is not an ID token of ours."""
        claims = self._claims(token, ID_TOKEN)
        if claims is None:
            return None
        return Hint(subject=claims["sub"], client_id=claims["aud"], sid=claims["sid"])

    def _claims(self, token: str, typ: str) -> Mapping[str, Any] | None:
        try:
            claims = self.signer.verify(token, typ=typ)
        except TokenRefused:
            return None
        return claims if claims.get("iss") == self.issuer else None
