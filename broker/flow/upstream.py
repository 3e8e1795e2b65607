"""Leaving for a provider and coming back: where *what they said* becomes *what we believe*.

The mapping is by hand and in the open. E-mail and names are for display; the identity is (issuer,
subject) alone.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from broker.flow.auth_request import FLOW_SECONDS, Authenticated, Outbound, Progress
from broker.flow.offers import Offers
from broker.oauth.client import Client
from broker.storage.ports import Shelf, TransientStore
from providers.base import Callback, ExternalIdentity, LoginAttempt
from providers.errors import UpstreamInvalid

CLOCK_LEEWAY = 120
"""Seconds that a provider's clock may differ from ours, as for its ID tokens."""


class NotOffered(Exception):
    """No such provider here, or not for this client or this request."""


class StateUsed(Exception):
    """This return has been used before: a reload, or a replay."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """The two ways over the threshold."""

    offers: Offers
    store: TransientStore
    callback_base: str
    clock: Callable[[], datetime]
    new_secret: Callable[[], str]

    async def leave(
        self, outbound: Outbound, client: Client, name: str, *, needs_fresh: bool
    ) -> tuple[Outbound, str]:
        """What to remember and the address to send the browser to, or a ProviderError."""
        offers = {o.name: o for o in self.offers.of(client, needs_fresh=needs_fresh)}
        if name not in offers or not offers[name].fits:
            raise NotOffered(name)
        request = outbound.request
        attempt = LoginAttempt(
            provider=name,
            redirect_uri=f"{self.callback_base}/{name}",
            state=self.new_secret(),
            nonce=self.new_secret(),
            code_verifier=self.new_secret(),
            started_at=self.clock(),
            reauthenticate=needs_fresh,
            choose_account=outbound.choose_account or request.select_account,
            max_age=request.max_age,
            login_hint=request.login_hint,
            ui_locales=(request.language,),
        )
        url = await offers[name].provider.start(attempt)
        # The request has the hint already, and a cookie has little room.
        kept = replace(attempt, login_hint="")
        left = msgspec.structs.replace(
            outbound, attempt=kept, notice="", notice_provider="", reference=""
        )
        return left, url

    async def return_(
        self, outbound: Outbound, client: Client, parameters: Mapping[str, str]
    ) -> Progress:
        """Who came back, or a ProviderError. The state is spent whatever the answer is."""
        attempt = outbound.attempt
        if attempt is None or not self.offers.includes(client, attempt.provider):
            raise NotOffered
        await self._spend(attempt.state)
        provider = self.offers.providers[attempt.provider]
        external = await provider.finish(attempt, Callback(parameters))
        return Progress(outbound.request, self._believe(external, outbound, attempt))

    async def _spend(self, state: str) -> None:
        """Mark the state as used, for as long as its cookie could come back."""
        ttl = timedelta(seconds=FLOW_SECONDS)
        if not await self.store.add(Shelf.USED_STATE, spent_key(state), b"1", ttl=ttl):
            raise StateUsed

    def _believe(
        self, external: ExternalIdentity, outbound: Outbound, attempt: LoginAttempt
    ) -> Authenticated:
        now = self.clock()
        auth_time = external.auth_time or now
        if _is_stale(auth_time, attempt, now):
            raise UpstreamInvalid(attempt.provider, "auth_time")
        profile: dict[str, str | bool] = {}
        for name in ("name", "given_name", "family_name", "email"):
            value = getattr(external, name)
            if value:
                profile[name] = value
        if external.email:
            profile["email_verified"] = external.email_verified
        return Authenticated(
            provider=external.provider,
            issuer=external.issuer,
            subject=external.subject,
            label=masked(external.email or ""),
            profile=profile,
            auth_time=int(min(auth_time, now).timestamp()),
            acr=external.acr or "",
            amr=external.amr,
            upstream_sid=external.upstream_sid or "",
            stay=outbound.stay,
        )


def _is_stale(auth_time: datetime, attempt: LoginAttempt, now: datetime) -> bool:
    """A forced login that was not one, or one older than the client's `max_age` allows."""
    leeway = timedelta(seconds=CLOCK_LEEWAY)
    if attempt.reauthenticate:
        return auth_time < attempt.started_at - leeway
    if attempt.max_age is None:
        return False
    return auth_time < now - timedelta(seconds=attempt.max_age) - leeway


def spent_key(state: str) -> bytes:
    """What a used state is remembered by."""
    return hashlib.sha256(state.encode()).digest()


def masked(email: str) -> str:
    """`mia@example.se` → `m•••@example.se`: enough to tell one's own accounts apart."""
    local, at, domain = email.rpartition("@")
    return f"{local[:1]}•••@{domain}" if at and local else ""
