"""The login's use-cases, put together."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from secrets import token_bytes

from broker.alarms.guessing import Neighbours
from broker.alarms.raising import Alarms
from broker.alarms.writing import YoungLinks
from broker.app.parts import Parts, codes, random_id, random_secret
from broker.flow.ask import AskForCode
from broker.flow.begin import Begin
from broker.flow.finish import Finish
from broker.flow.keeping import Keeping
from broker.flow.logout import Logout
from broker.flow.look import Look
from broker.flow.networks import Networks
from broker.flow.offers import Offers
from broker.flow.strengthen import Strengthen
from broker.flow.turns import Turns
from broker.flow.upstream import Upstream
from broker.flow.verify import Verify
from broker.grants.authorization_code import AuthorizationCodeGrant
from broker.pages.faces import LANGUAGES
from broker.sessions.sessions import Lifetimes, Sessions
from broker.settings.operating import SessionSettings
from broker.tokens.mint import Mint
from broker.tokens.read import TokenReader
from broker.tokens.subjects import Subjects
from broker.tokens.userinfo import UserInfo
from broker.wiring.not_me import not_me, strangers
from broker.wiring.secret_keys import pairwise_salt
from broker.wiring.verification import neighbour_tags, wait_references
from linking import NotMe, Strangers


@dataclass(frozen=True, slots=True)
class Login:
    """What the endpoints call."""

    sessions: Sessions
    offers: Offers
    begin: Begin
    look: Look
    keeping: Keeping
    upstream: Upstream
    verify: Verify
    ask: AskForCode
    strengthen: Strengthen
    finish: Finish
    mint: Mint
    code_grant: AuthorizationCodeGrant
    userinfo: UserInfo
    logout: Logout
    not_me: NotMe
    strangers: Strangers


def login(parts: Parts) -> Login:
    """Every use-case of a login."""
    storage, clock, issuer = parts.storage, parts.clock, parts.settings.issuer
    subjects = Subjects(pairwise_salt(parts.settings))
    reader = TokenReader(parts.signer, issuer, clock)
    mint = Mint(parts.signer, subjects, issuer, clock, random_id)
    sessions = _sessions(parts)
    offers = Offers(parts.providers)
    networks = Networks(storage.transient, clock, partial(token_bytes, 32))
    turns = Turns()
    return Login(
        sessions=sessions,
        offers=offers,
        begin=Begin(parts.clients, reader, issuer, LANGUAGES, clock, random_id),
        look=Look(parts.linking, sessions, subjects, offers, storage.newcomers, clock),
        keeping=Keeping(storage.transient, clock, random_secret),
        upstream=Upstream(offers, storage.transient, f"{issuer}/callback", clock, random_secret),
        verify=Verify(parts.linking, networks, _neighbours(parts), turns, clock),
        strengthen=Strengthen(parts.linking, networks, turns, clock),
        ask=_ask(parts),
        finish=Finish(
            linking=parts.linking,
            sessions=sessions,
            session_store=storage.sessions,
            audit=storage.audit,
            transaction=storage.transaction,
            store=storage.transient,
            issuer=issuer,
            clock=clock,
            new_secret=random_secret,
        ),
        mint=mint,
        code_grant=_code_grant(parts, mint),
        userinfo=UserInfo(
            reader=reader,
            grants=storage.grants,
            sessions=sessions,
            session_store=storage.sessions,
            clients=parts.clients,
            subjects=subjects,
            linking=parts.linking,
            clock=clock,
        ),
        logout=Logout(
            clients=parts.clients,
            hints=reader,
            sessions=storage.sessions,
            grants=storage.grants,
            audit=storage.audit,
            transaction=storage.transaction,
            clock=clock,
        ),
        not_me=not_me(storage),
        strangers=strangers(storage, parts.linking.register),
    )


def _code_grant(parts: Parts, mint: Mint) -> AuthorizationCodeGrant:
    storage = parts.storage
    return AuthorizationCodeGrant(
        providers=frozenset(parts.providers),
        store=storage.transient,
        grants=storage.grants,
        sessions=storage.sessions,
        linking=parts.linking,
        mint=mint,
        young_links=YoungLinks(Alarms(storage.transient, parts.log)),
        clock=parts.clock,
    )


def _ask(parts: Parts) -> AskForCode:
    chosen = parts.settings.verification
    return AskForCode(
        codes(parts),
        parts.storage.transient,
        parts.clock,
        at_most=chosen.codes_a_day,
        letters=chosen.letters_a_week,
    )


def _neighbours(parts: Parts) -> Neighbours:
    settings, store = parts.settings, parts.storage.transient
    alarms = Alarms(store, parts.log)
    return Neighbours(store, alarms, neighbour_tags(settings), wait_references(settings))


def lifetimes(settings: SessionSettings) -> Lifetimes:
    """How long sessions live."""
    return Lifetimes(
        idle=timedelta(minutes=settings.idle_minutes),
        absolute=timedelta(hours=settings.absolute_hours),
        remembered_idle=timedelta(days=settings.remembered_idle_days),
        remembered_absolute=timedelta(days=settings.remembered_absolute_days),
    )


def _sessions(parts: Parts) -> Sessions:
    return Sessions(
        store=parts.storage.sessions,
        vault=parts.vault,
        lifetimes=lifetimes(parts.settings.session),
        clock=parts.clock,
        new_secret=random_secret,
    )
