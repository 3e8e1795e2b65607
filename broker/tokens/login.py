"""The facts of a login that tokens tell about."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Login:
    """Who signed in, how and when. `auth_time` in POSIX seconds; `sid` names the session."""

    person: str
    sid: str
    provider: str
    auth_time: int
    acr: str = ""
    amr: tuple[str, ...] = ()
