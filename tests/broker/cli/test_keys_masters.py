"""`farstu keys` with master keys that are not the brokers': nothing is changed that stops them."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from typer.testing import Result

from broker.cli.clock import now
from broker.cli.configuration import read_settings
from broker.cli.database import opened
from broker.settings.fresh import new_key
from broker.storage import Storage
from broker.wiring.keys import workshop
from broker.wiring.secret_prints import master_marks
from keys import Algorithm, KeyRecord, State, ensure_keys
from keys.generate import new_record

Run = Callable[..., Result]
T = TypeVar("T")
DAY = timedelta(days=1)
WHY = ("--reason", "a yearly exercise")
WORKER = "machine-b/7"
CONFIGURATION = Path("farstu.toml")


@pytest.fixture
def ring(installed: Run) -> Run:
    """With keys that were made a week ago, and a broker that has the master keys of then."""

    async def make(storage: Storage) -> None:
        settings = read_settings(None)
        await ensure_keys(workshop(settings, storage), list(Algorithm), now=now() - 7 * DAY)
        await tell(storage)

    with_storage(make)
    return installed


async def tell(storage: Storage) -> None:
    """The worker has read the configuration as it is now, and publishes the ring."""
    ring, marks = (await storage.revisions.read()).keys, master_marks(read_settings(None))
    await storage.workers.show(WORKER, ring, marks)


def with_storage(do: Callable[[Storage], Coroutine[Any, Any, T]]) -> T:
    """Do it with the installation's storage."""

    async def run() -> T:
        async with opened(read_settings(None)) as storage:
            return await do(storage)

    return asyncio.run(run())


def kept() -> Sequence[KeyRecord]:
    """The records as they are stored."""
    return with_storage(lambda storage: storage.keys.all())


def write(before: str, after: str) -> None:
    """Change the configuration that commands read."""
    text = CONFIGURATION.read_text()
    assert before in text
    CONFIGURATION.write_text(text.replace(before, after))


def add_a_master_key() -> None:
    """A newer one, beside the older."""
    write("{ k01 =", f'{{ k02 = "{new_key()}", k01 =')


def other_bytes() -> None:
    """Under the name of the one that there is."""
    old = CONFIGURATION.read_text().split("{ k01 = ")[1].split(" }")[0]
    write(old, f'"{new_key()}"')


def changes(records: Sequence[KeyRecord]) -> list[tuple[str, ...]]:
    """Every command that would seal anew, but an emergency's."""
    of = {each.state: each.kid for each in records if each.algorithm is Algorithm.ES256}
    return [
        ("rotate", "--algorithm", "ES256", "--yes"),
        ("activate", of[State.ANNOUNCED], "--yes"),
        ("retire", of[State.SIGNING], "--yes"),
        ("rewrap",),
    ]


def test_a_master_key_that_a_broker_has_not_seals_nothing(ring: Run) -> None:
    """Which broker, which key, and what to do, is said; once it has it, all is done."""
    add_a_master_key()
    before = kept()
    for command in changes(before):
        result = ring("keys", *command, *WHY)
        assert result.exit_code == 1, command
        assert f"'k02', which seals here, is missing or another one at {WORKER}" in result.stderr
        assert "Give 'k02' to every broker" in result.stderr
    assert kept() == before
    with_storage(tell)
    assert ring("keys", "rewrap", *WHY).exit_code == 0
    assert {each.master_key for each in kept()} == {"k02"}


def test_another_master_key_of_the_same_name_seals_nothing(ring: Run) -> None:
    """No broker could open that: it would open under its own."""
    other_bytes()
    before = kept()
    for command in changes(before):
        result = ring("keys", *command, *WHY)
        assert result.exit_code == 1, command
        assert "the master key 'k01' is another one than sealed this" in result.stderr
        assert "with the master keys that the brokers have" in result.stderr
    assert kept() == before


def test_the_newest_master_key_may_be_another_one_at_a_broker(ring: Run) -> None:
    """Where nothing is sealed with it yet, only the broker can tell."""
    add_a_master_key()
    with_storage(tell)
    new = CONFIGURATION.read_text().split("{ k02 = ")[1].split(",")[0]
    write(new, f'"{new_key()}"')
    before = kept()
    result = ring("keys", "rotate", "--yes", *WHY)
    assert result.exit_code == 1
    assert f"'k02', which seals here, is missing or another one at {WORKER}" in result.stderr
    assert kept() == before


@pytest.mark.parametrize("scope", [("key", "--kid"), ("store",)])
def test_an_emergency_with_other_master_keys_is_refused(ring: Run, scope: tuple[str, ...]) -> None:
    """No broker could use the fresh keys. What to do instead, in a hurry, is said."""
    before = kept()
    named = [before[0].kid] if "--kid" in scope else []
    other_bytes()
    result = ring("keys", "revoke", "--scope", *scope, *named, "--yes", *WHY)
    assert result.exit_code == 1
    assert "the master key 'k01' is another one than sealed this" in result.stderr
    assert "the configuration of a broker that runs" in result.stderr
    assert "--scope master" in result.stderr
    assert kept() == before


def test_what_an_older_master_key_opens_proves_nothing_of_the_newest(ring: Run) -> None:
    """That one seals the fresh keys."""
    add_a_master_key()
    with_storage(tell)
    assert ring("keys", "rotate", "--algorithm", "ES256", "--yes", *WHY).exit_code == 0
    assert {each.master_key for each in kept()} == {"k01", "k02"}
    before = kept()
    write(CONFIGURATION.read_text().split("{ k02 = ")[1].split(",")[0], f'"{new_key()}"')
    result = ring("keys", "revoke", "--scope", "store", "--yes", *WHY)
    assert result.exit_code == 1
    assert "the master key 'k02' is another one than sealed this" in result.stderr
    assert kept() == before


def test_an_emergency_does_not_wait_for_master_keys(
    ring: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is revoked is gone, though a broker has not the newest one."""
    monkeypatch.setattr("broker.cli.keyring.aftermath._LOOK_FOR", 1.0)
    before = {each.kid for each in kept()}
    add_a_master_key()
    ring("keys", "revoke", "--scope", "store", "--yes", *WHY)
    assert {each.kid for each in kept() if each.state is State.REVOKED} == before


def test_a_lost_master_key_is_no_hindrance(ring: Run) -> None:
    """Another one in its place; what it sealed is revoked."""
    with_storage(lambda storage: storage.workers.leave(WORKER))
    before = {each.kid for each in kept()}
    write("{ k01 =", "{ k02 =")
    other = CONFIGURATION.read_text().split("{ k02 = ")[1].split(" }")[0]
    write(other, f'"{new_key()}"')
    result = ring("keys", "revoke", "--scope", "master", "--master", "k01", "--yes", *WHY)
    assert result.exit_code == 0, result.output
    assert {each.kid for each in kept() if each.state is State.REVOKED} == before


@pytest.mark.parametrize("has_a_newer_one", [False, True])
def test_a_forged_key_can_be_revoked(ring: Run, has_a_newer_one: bool) -> None:
    """It opens with no master key: that must not protect it."""
    with_storage(lambda storage: storage.workers.leave(WORKER))
    good = kept()[0]

    async def forge(storage: Storage) -> str:
        seal = workshop(read_settings(None), storage).seal
        made = new_record(Algorithm.ES256, seal, now=now())
        forged = replace(made, sealed_private=good.sealed_private)
        assert await storage.keys.add(forged)
        return forged.kid

    kid = with_storage(forge)
    assert ring("keys", "verify").exit_code == 1
    if has_a_newer_one:
        add_a_master_key()
    result = ring("keys", "revoke", "--scope", "key", "--kid", kid, "--yes", *WHY)
    assert result.exit_code == 0, result.output
    assert ring("keys", "verify").exit_code == 0
