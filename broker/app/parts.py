"""What everything else stands on: storage, keys, the register, providers, clients."""

import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx2

from broker.app.guessing import see_that_guessing_does_not_pay, see_that_more_can_be_asked_for
from broker.app.pace import EVERYDAY, Pace
from broker.app.presence import present
from broker.app.ring import Ring, open_ring
from broker.app.same_salt import see_that_the_salt_is_the_same
from broker.chores.following import Following
from broker.chores.key_fetches import FetchCounter
from broker.clients.registry import ClientRegistry
from broker.sealed import Sealer, TicketSigner, Vault
from broker.settings.schema import Settings
from broker.storage import Storage, open_storage
from broker.telemetry.instruments import CallWatcher, Instruments, only_a_log
from broker.telemetry.log import ClaimUnknown, Log, UpstreamStale
from broker.wiring.clients import clients, names_of_services, stored_client
from broker.wiring.companies import companies
from broker.wiring.not_me import telling
from broker.wiring.providers import build_providers
from broker.wiring.registers import Registers, opened_registers
from broker.wiring.secret_keys import cookie_keys, master_keys
from broker.wiring.storage import storage_urls
from broker.wiring.verification import by_code, verification
from broker.wiring.verification import codes as wired_codes
from keys import CLOCKS, LocalSigner
from linking import Admission, Codes, Company, CustomerRegister, Linking
from providers.base import Provider

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Parts:
    """Opened and ready; closed together."""

    settings: Settings
    clock: Clock
    log: Log
    vault: Vault
    sealer: Sealer
    storage: Storage
    ring: Ring
    companies: Mapping[str, Company]
    clients: ClientRegistry
    following: Following
    fetches: FetchCounter
    providers: Mapping[str, Provider]
    registers: Registers
    linking: Linking

    @property
    def signer(self) -> LocalSigner:
        """What signs and knows our tokens."""
        return self.ring.signer

    async def missing(self) -> tuple[str, ...]:
        """What this worker needs to serve and has not: storage, or what the others know."""
        missing = (await self.storage.check()).missing
        return missing if self.following.knows else (*missing, "following")

    def ticket_signer(self, purpose: str) -> TicketSigner:
        """Signs tickets of one purpose."""
        return TicketSigner(
            cookie_keys(self.settings), purpose, now=lambda: self.clock().timestamp()
        )


@asynccontextmanager
async def opened_parts(
    settings: Settings,
    *,
    clock: Clock,
    http: httpx2.AsyncClient | None = None,
    instruments: Instruments | None = None,
    clocks: Sequence[Callable[[], float]] = CLOCKS,
    pace: Pace = EVERYDAY,
) -> AsyncIterator[Parts]:
    """Open storage, keys and the outbound client (a test gives its own); close them at the end.

    `clocks` tell how long ago the ring was looked at; `pace`, how often it is.
    """
    vault = Vault(master_keys(settings))
    instruments = instruments or only_a_log()
    log = instruments.log
    async with AsyncExitStack() as stack:
        storage = await stack.enter_async_context(_storage(settings, vault, clock, pace))
        await see_that_the_salt_is_the_same(settings, storage)
        await see_that_guessing_does_not_pay(settings, storage, log)
        await see_that_more_can_be_asked_for(settings, storage, log)
        presence = await stack.enter_async_context(present(settings, storage, clocks, pace))
        ring = await open_ring(settings, storage, presence, max_age=pace.cached_for, log=log)
        watching = _Watching(log, instruments.calls)
        upstreams = build_providers(settings, clock=clock, observer=watching, client=http)
        stack.push_async_callback(upstreams.client.aclose)
        known = companies(settings)
        registry = ClientRegistry(clients(settings), storage.clients, stored_client(settings))
        following = Following(
            storage.revisions,
            presence=presence,
            reload_keys=ring.reload,
            forget_clients=registry.forget,
            clock=clock,
            log=log,
            every=pace.looks_every,
            says_so_every=pace.says_so_every,
        )
        await following.look()
        registers = await stack.enter_async_context(
            opened_registers(settings, storage, clock=clock)
        )
        yield Parts(
            settings=settings,
            clock=clock,
            log=log,
            vault=vault,
            sealer=Sealer(cookie_keys(settings)),
            storage=storage,
            ring=ring,
            companies=known,
            clients=registry,
            following=following,
            fetches=FetchCounter(
                storage.key_fetches, clock, registered=names_of_services(settings)
            ),
            providers=upstreams.providers,
            registers=registers,
            linking=_linking(settings, storage, known, registers.answering),
        )


def _storage(
    settings: Settings, vault: Vault, clock: Clock, pace: Pace
) -> AbstractAsyncContextManager[Storage]:
    database, transient = storage_urls(settings)
    return open_storage(
        database,
        transient,
        seal=vault.seal,
        open_sealed=vault.open,
        new_id=prefixed_id,
        clock=clock,
        connections=settings.storage.connections,
        counted_for=pace.counted_for,
    )


def utc_now() -> datetime:
    """The clock of a real installation."""
    return datetime.now(UTC)


def random_id() -> str:
    """128 random bits, URL-safe: a name that nobody guesses."""
    return secrets.token_urlsafe(16)


def random_secret() -> str:
    """256 random bits, URL-safe: a code, a cookie, a handle."""
    return secrets.token_urlsafe(32)


def prefixed_id(prefix: str) -> str:
    """An opaque id that says what it is of: `c_…` a customer, `p_…` a person."""
    return f"{prefix}_{random_id()}"


@dataclass(frozen=True, slots=True)
class _Watching:
    """Writes down what providers tell in passing."""

    log: Log
    calls: tuple[CallWatcher, ...]

    def unknown_claim(self, provider: str, claim: str) -> None:
        self.log.write(ClaimUnknown(provider, claim))

    def stale(self, provider: str, what: str) -> None:
        self.log.write(UpstreamStale(provider, what))

    def called(self, provider: str, endpoint: str, outcome: str, seconds: float) -> None:
        for each in self.calls:
            each.called(provider, endpoint, outcome, seconds)


def codes(parts: Parts) -> Codes:
    """Sending codes to customers, and asking for them."""
    return wired_codes(parts.settings, parts.storage, parts.linking.register, prefixed_id)


def _linking(
    settings: Settings, storage: Storage, known: Mapping[str, Company], register: CustomerRegister
) -> Linking:
    rule = verification(settings, storage, register)
    return Linking(
        companies=known,
        persons=storage.persons,
        links=storage.links,
        delegations=storage.delegations,
        register=register,
        verification=rule,
        by_code=by_code(settings, storage, rule),
        admission=Admission(
            companies=known,
            persons=storage.persons,
            links=storage.links,
            delegations=storage.delegations,
            journal=storage.journal,
            telling=telling(storage),
            new_id=prefixed_id,
        ),
        transaction=storage.transaction,
    )
