"""Where a login stands: the facts that `next_step` decides upon, gathered in one place."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from broker.flow.auth_request import Authenticated, AuthRequest, Progress
from broker.flow.offers import Offers, is_too_old, needs_fresh_login
from broker.flow.steps import Facts, Step, next_step
from broker.flow.upstream import masked
from broker.oauth.client import Client
from broker.sessions.sessions import Sessions
from broker.storage.ports import Session
from broker.tokens.subjects import Subjects
from linking import Entry, IdentityKey, Linking, PersonId
from linking.newcomers.ports import Newcomer, NewcomerStore


@dataclass(frozen=True, slots=True)
class Standpoint:
    """The decision and what it rests on. `progress` is None until somebody suitable is known."""

    step: Step
    progress: Progress | None = None
    person: PersonId | None = None
    entries: tuple[Entry, ...] = ()
    newcomers: tuple[Newcomer, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """Gathers facts; changes nothing."""

    linking: Linking
    sessions: Sessions
    subjects: Subjects
    offers: Offers
    newcomers: NewcomerStore
    clock: Callable[[], datetime]

    async def before_sign_in(
        self, request: AuthRequest, client: Client, session: Session | None
    ) -> Standpoint:
        """Nobody has come back from a provider in this login: the browser's session may do."""
        if session is not None and self._is_suitable(request, client, session):
            return await self.after_sign_in(
                Progress(request, _who(session, self.sessions.profile(session))), client, session
            )
        needs_fresh = needs_fresh_login(request, session, self.clock())
        offers = self.offers.of(client, needs_fresh=needs_fresh)
        facts = Facts(
            is_known=False,
            silent=request.silent,
            can_sign_in=any(offer.fits for offer in offers),
            is_provider_named=any(
                offer.fits and offer.provider.is_up and offer.name == request.idp_hint
                for offer in offers
            ),
        )
        return Standpoint(next_step(facts))

    async def after_sign_in(
        self, progress: Progress, client: Client, session: Session | None
    ) -> Standpoint:
        """Somebody has signed in: who are they to this client's companies?"""
        who, request = progress.who, progress.request
        identity = await self.linking.identity(IdentityKey(who.issuer, who.subject))
        person = identity.person if identity else None
        entries = (
            await self.linking.entries_of(person, client.companies, now=self.clock())
            if person
            else ()
        )
        newcomers = await self._newcomers(request, person, entries)
        facts = Facts(
            is_known=True,
            silent=request.silent,
            is_right_person=self._is_hinted(request, client, person),
            customer_required=client.customer_required,
            customers=len(entries),
            by_code_alone=self._by_code_alone(client),
            answer=progress.answer,
            whose=progress.whose,
            has_news=bool(progress.connected) and not progress.told,
            has_newcomers=bool(newcomers),
            needs_consent=not progress.agreed
            and _needs_consent(request, client, _own(session, who)),
        )
        return Standpoint(next_step(facts), progress, person, tuple(entries), newcomers)

    async def _newcomers(
        self, request: AuthRequest, person: PersonId | None, entries: tuple[Entry, ...]
    ) -> tuple[Newcomer, ...]:
        """Who else was connected to the person's own customers here, and is news to them.

        A login without pages tells of nobody: it is kept for the next one.
        """
        own = {each.customer.id for each in entries if each.delegation is None}
        if person is None or request.silent or not own:
            return ()
        unseen = await self.newcomers.unseen(person)
        return tuple(each for each in unseen if each.customer.id in own)

    def _by_code_alone(self, client: Client) -> bool:
        ladders = [self.linking.companies[company].ladder for company in client.companies]
        return not any(ladder.takes_invoices for ladder in ladders)

    def _is_suitable(self, request: AuthRequest, client: Client, session: Session) -> bool:
        """Whether this session answers this request without another login."""
        asks_anew = request.reauthenticate or request.select_account
        return (
            not asks_anew
            and not is_too_old(request, session, self.clock())
            and self.offers.includes(client, session.provider)
            and self._is_hinted(request, client, PersonId(session.person))
        )

    def _is_hinted(self, request: AuthRequest, client: Client, person: PersonId | None) -> bool:
        """Whether the person is whom `id_token_hint` names (Core section 3.1.2.1)."""
        if not request.hinted_subject:
            return True
        return person is not None and (self.subjects.of(person, client) == request.hinted_subject)


def _needs_consent(request: AuthRequest, client: Client, session: Session | None) -> bool:
    """A client that asks for consent gets it once a session, for the scopes agreed to.

    An app on the person's own machine is asked for every time: any other app there can claim its
    address and its name, and nothing proves which one it is (RFC 8252 section 8.6).
    """
    if request.ask_consent or client.can_be_impersonated(request.redirect_uri):
        return True
    if not client.asks_consent:
        return False
    known = session.clients.get(client.client_id) if session else None
    return known is None or not set(request.scopes) <= set(known.consented)


def _own(session: Session | None, who: Authenticated) -> Session | None:
    """The browser's session if this login stands on it: another person's says nothing of them."""
    return session if session is not None and session.id == who.sid else None


def _who(session: Session, profile: dict[str, str | bool]) -> Authenticated:
    return Authenticated(
        provider=session.provider,
        issuer=session.issuer,
        subject=session.subject,
        label=masked(str(profile.get("email", ""))),
        profile=profile,
        auth_time=int(session.auth_time.astimezone(UTC).timestamp()),
        acr=session.acr,
        amr=session.amr,
        upstream_sid=session.upstream_sid,
        sid=session.id,
    )
