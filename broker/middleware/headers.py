"""Headers that every answer has; a page's own policy is set by whoever shows it.

`same-origin` as referrer policy: our forms send an Origin to ourselves, and no address with a code
or state is told to anybody else.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
UNLESS_SET = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
HSTS = "max-age=31536000; includeSubDomains"

RawHeader = tuple[bytes, bytes]
_ALWAYS = {name.lower().encode(): value.encode() for name, value in ALWAYS.items()}
_UNLESS_SET = {name.lower().encode(): value.encode() for name, value in UNLESS_SET.items()}
_HSTS = (b"strict-transport-security", HSTS.encode())


@dataclass(frozen=True, slots=True)
class SecurityHeaders:
    """Adds them on the way out; HSTS on https only (RFC 6797 section 7.2)."""

    app: ASGIApp
    is_secure: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the headers added."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._completed(message["headers"])
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _completed(self, headers: Iterable[RawHeader]) -> list[RawHeader]:
        """As raw bytes, at once: this is done for every answer."""
        kept = [header for header in headers if header[0] not in _ALWAYS]
        names = {name for name, _ in kept}
        kept += _ALWAYS.items()
        kept += [header for header in _UNLESS_SET.items() if header[0] not in names]
        if self.is_secure:
            kept.append(_HSTS)
        return kept
