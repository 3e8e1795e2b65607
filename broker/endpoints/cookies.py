"""Our cookies: their names, how they are read, how they are set.

`__Host-` on https; plain names only when the issuer is http on localhost, where browsers refuse the
prefix. A name that comes twice (cookie tossing) counts as absent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from broker.flow.slots import SLOTS

SESSION = "session"
LAST_USED = "last"
SIGNED_OUT = "out"
NAMES = (*SLOTS, SESSION, LAST_USED, SIGNED_OUT)
REMEMBER_PROVIDER = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Cookies:
    """Reads and sets cookies by their plain names."""

    is_secure: bool

    def full_name(self, plain: str) -> str:
        """As the browser knows it."""
        return f"__Host-farstu-{plain}" if self.is_secure else f"farstu-{plain}"

    def read(self, request: Request) -> Mapping[str, str]:
        """Our cookies by plain name; one that is sent twice is left out."""
        plain = {self.full_name(name): name for name in NAMES}
        found: dict[str, str] = {}
        twice: set[str] = set()
        header = "; ".join(request.headers.getlist("cookie"))
        for pair in header.split(";"):
            full, _, value = pair.strip().partition("=")
            name = plain.get(full)
            if name is None:
                continue
            if name in found:
                twice.add(name)
            found[name] = value
        return {name: value for name, value in found.items() if name not in twice}

    def set(
        self, response: Response, plain: str, value: str, *, lasts: timedelta | None = None
    ) -> None:
        """Set a cookie until the browser closes or for `lasts`; an empty value deletes it."""
        response.set_cookie(
            self.full_name(plain),
            value,
            max_age=0 if not value else (int(lasts.total_seconds()) if lasts else None),
            path="/",
            secure=self.is_secure,
            httponly=True,
            samesite="lax",
        )

    def clearing_headers(self) -> tuple[str, ...]:
        """`Set-Cookie` values that delete the flow cookies blind, when headers were too large."""
        secure = "; Secure" if self.is_secure else ""
        return tuple(
            f"{self.full_name(name)}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax{secure}"
            for name in SLOTS
        )
