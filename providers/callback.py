"""What the browser brought back: a code, a refusal by the person, trouble there, or nonsense.

Pure reading. Error texts are the provider's, or anybody's who can write an address: they are never
passed on, and only known words reach the log.
"""

import hmac
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from providers.base import Callback, LoginAttempt
from providers.failed_check import CheckFailed

TROUBLE_ERRORS = frozenset({"server_error", "temporarily_unavailable"})
_MAX_CODE = 8192
_ERROR_WORD = re.compile(r"[a-z_]{1,64}")


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code, to be redeemed once."""

    value: str


@dataclass(frozen=True, slots=True)
class Declined:
    """The person cancelled or said no."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """The provider says that it cannot just now."""

    error: str


Outcome = Code | Declined | Trouble


def require_same_login(attempt: LoginAttempt, callback: Callback, *, provider: str) -> None:
    """The answer belongs to this attempt and this provider, or CheckFailed (RFC 9700, 4.4 and 4.7).

    The broker looks the attempt up by `state` already; checked again, where it is used.
    """
    if attempt.provider != provider:
        raise CheckFailed("provider", detail="the attempt began at another provider")
    state = callback.parameters.get("state", "")
    if not hmac.compare_digest(state.encode(errors="replace"), attempt.state.encode()):
        raise CheckFailed("state")


def require_issuer(
    callback: Callback, *, canonical_issuer: Callable[[object], str], promised: bool
) -> None:
    """RFC 9207 section 2.4: `iss` is the provider's where given, and given where promised."""
    issuer = callback.parameters.get("iss")
    if issuer is None:
        if promised:
            raise CheckFailed("response_issuer", detail="promised in the metadata, but absent")
    elif not canonical_issuer(issuer):
        raise CheckFailed("response_issuer", detail="names another issuer")


def read_outcome(parameters: Mapping[str, str], *, cancel_codes: Collection[str]) -> Outcome:
    """Return what happened, or raise CheckFailed (RFC 6749 section 4.1.2)."""
    error, code = parameters.get("error"), parameters.get("code")
    if error is not None and code is not None:
        raise CheckFailed("response_shape", detail="both code and error")
    if error is not None:
        if error in cancel_codes or parameters.get("error_subcode") == "cancel":
            return Declined()
        if error in TROUBLE_ERRORS:
            return Trouble(error)
        raise CheckFailed("authorization_error", detail=error_word(error))
    if not code or len(code) > _MAX_CODE or not all(" " <= c <= "~" for c in code):
        raise CheckFailed("code", detail="absent, too long or not visible ASCII")
    return Code(code)


def error_word(error: object) -> str:
    """An OAuth error code for the log; anything else is not repeated."""
    known = isinstance(error, str) and _ERROR_WORD.fullmatch(error)
    return str(error) if known else "an error code of unknown form"
