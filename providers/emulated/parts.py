"""What the application hands to each provider to build itself from."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from jinja2 import Environment
from starlette.responses import Response
from starlette.routing import BaseRoute

from providers.emulated.clock import ShiftedClock
from providers.emulated.consoles import Registration
from providers.emulated.keys import KeyStock
from providers.emulated.outbound import Outbound
from providers.emulated.pages import Pages
from providers.emulated.rings import KeyRing
from providers.emulated.sessions import Sessions
from providers.emulated.tickets import Tickets
from providers.emulated.upstream import Upstream


@dataclass(frozen=True, slots=True)
class Built:
    """One provider, ready to be mounted."""

    upstream: Upstream
    routes: Sequence[BaseRoute]


@dataclass(frozen=True, slots=True)
class Parts:
    """One provider's address and console, and what all providers share."""

    base: str
    registrations: Sequence[Registration]
    clock: ShiftedClock
    sleep: Callable[[float], Awaitable[None]]
    stock: KeyStock
    templates: Environment
    outbound: Outbound

    def assemble(
        self,
        *,
        name: str,
        title: str,
        rings: Mapping[str, KeyRing],
        throttle: Callable[[Upstream], Response],
        old_issuer: str,
        weak_kid: str = "",
    ) -> Upstream:
        """Return the provider's state, empty."""
        address = urlsplit(self.base)
        return Upstream(
            name=name,
            base=self.base,
            registrations={one.client_id: one for one in self.registrations},
            clock=self.clock,
            sleep=self.sleep,
            stock=self.stock,
            pages=Pages(self.templates, provider=name, title=title, base=self.base),
            sessions=Sessions(name, address.path, secure=address.scheme == "https"),
            tickets=Tickets(name),
            rings=rings,
            throttle=throttle,
            old_issuer=old_issuer,
            weak_kid=weak_kid,
        )
