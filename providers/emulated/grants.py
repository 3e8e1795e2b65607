"""Authorization codes and the tokens given for them: single use, with a life, opaque.

Redeeming says exactly what was wrong, because each provider answers each case in its own words.
"""

import hashlib
import hmac
from dataclasses import dataclass

from providers.emulated.encoding import encode
from providers.emulated.login import LoginRequest
from providers.emulated.sessions import SignedIn
from providers.emulated.shelf import Shelf

CODE_LIFE = 600


@dataclass(frozen=True, slots=True)
class Authorization:
    """What a person has let a client know; `scopes` are those really granted."""

    login: LoginRequest
    signed_in: SignedIn
    scopes: tuple[str, ...]
    is_first_consent: bool = False

    @property
    def person(self) -> str:
        """The person's key."""
        return self.signed_in.person


@dataclass(frozen=True, slots=True)
class Redeemed:
    """The code was good, and is used up now."""

    authorization: Authorization


@dataclass(frozen=True, slots=True)
class UnknownCode:
    """No such code was ever issued, or it belongs to another client."""


@dataclass(frozen=True, slots=True)
class UsedCode:
    """The code was redeemed before."""


@dataclass(frozen=True, slots=True)
class ExpiredCode:
    """The code is older than ten minutes."""


Redemption = Redeemed | UnknownCode | UsedCode | ExpiredCode


class Codes:
    """Authorization codes that one provider has issued."""

    def __init__(self) -> None:
        self._issued: Shelf[tuple[Authorization, int]] = Shelf()
        self._used: Shelf[bool] = Shelf()

    def issue(self, code: str, authorization: Authorization, now: int) -> str:
        """Remember a code and return it."""
        self._issued.put(code, (authorization, now))
        return code

    def redeem(self, code: str, client_id: str, now: int) -> Redemption:
        """Use a code up for a client that has proved itself."""
        entry = self._issued.get(code)
        if entry is None or entry[0].login.client_id != client_id:
            return UnknownCode()
        if self._used.get(code):
            return UsedCode()
        authorization, issued_at = entry
        if now - issued_at > CODE_LIFE:
            return ExpiredCode()
        self._used.put(code, True)
        return Redeemed(authorization)

    def clear(self) -> None:
        """Forget all codes."""
        self._issued.clear()
        self._used.clear()


class AccessTokens:
    """Opaque tokens that one provider has issued, access and refresh alike."""

    def __init__(self) -> None:
        self._issued: Shelf[tuple[Authorization, int]] = Shelf()

    def issue(self, token: str, authorization: Authorization, expires_at: int) -> str:
        """Remember a token and return it."""
        self._issued.put(token, (authorization, expires_at))
        return token

    def find(self, token: str, now: int) -> Authorization | None:
        """Return what a living token stands for."""
        entry = self._issued.get(token)
        return entry[0] if entry is not None and entry[1] > now else None

    def expiry(self, token: str) -> int | None:
        """Return when a token ends (a NumericDate)."""
        entry = self._issued.get(token)
        return entry[1] if entry is not None else None

    def revoke(self, token: str) -> None:
        """Forget one token."""
        self._issued.drop(token)

    def revoke_all(self, client_id: str, person: str) -> None:
        """Forget every token that one client has for one person."""
        self._issued.drop_where(
            lambda entry: (entry[0].login.client_id, entry[0].person) == (client_id, person)
        )

    def clear(self) -> None:
        """Forget all tokens."""
        self._issued.clear()


def verifier_fits(login: LoginRequest, verifier: str) -> bool:
    """Say whether a PKCE verifier fits the request's challenge (RFC 7636 section 4.6).

    True where the request held no challenge: what these providers do with a stray verifier.
    """
    challenge = login.get("code_challenge")
    if not challenge:
        return True
    if not verifier.isascii():
        return False
    if login.get("code_challenge_method") == "S256":
        verifier = encode(hashlib.sha256(verifier.encode("ascii")).digest())
    return hmac.compare_digest(verifier, challenge)
