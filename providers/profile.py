"""What a provider tells of a person for display, cleaned: never a key, never proof of anything."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from providers.id_token import is_subject

Claims = Mapping[str, Any]
EmailRule = Callable[[Claims], bool]

_MAX_NAME = 256
_MAX_EMAIL = 254
_NAMES = ("name", "given_name", "family_name")


@dataclass(frozen=True, slots=True)
class Profile:
    """Names and e-mail as far as they are usable."""

    email: str | None = None
    email_verified: bool = False
    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None


def read_profile(claims: Claims, userinfo: Claims, *, email_is_verified: EmailRule) -> Profile:
    """Names from the ID token first, then userinfo; the e-mail and its flag from one of the two.

    An e-mail of one source is never judged by the flag of the other.
    """
    source = claims if read_email(claims.get("email")) else userinfo
    email = read_email(source.get("email"))
    names = {key: read_name(claims.get(key)) or read_name(userinfo.get(key)) for key in _NAMES}
    return Profile(email, email is not None and email_is_verified(source), **names)


def read_name(value: object) -> str | None:
    """A name that can be shown and stored, or None: text without control characters."""
    if not isinstance(value, str):
        return None
    name = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    return name[:_MAX_NAME] or None


def read_email(value: object) -> str | None:
    """An address as the provider wrote it, or None when it has not the shape of one."""
    if not isinstance(value, str) or len(value) > _MAX_EMAIL or not value.isprintable():
        return None
    local, at, domain = value.rpartition("@")
    return value if local and at and domain and " " not in value else None


def domain_of(email: object) -> str:
    """The part after the last @, in lower case, or empty."""
    return email.rpartition("@")[2].lower() if isinstance(email, str) else ""


def read_word(value: object) -> str | None:
    """A short word such as `acr` or `sid`: visible ASCII, at most 255 characters, or None."""
    return str(value) if is_subject(value) else None
