"""`farstu links`: what customer service sees of a connection, and how a person is erased."""

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from typer.testing import Result

from broker.cli.clock import now
from broker.cli.configuration import read_settings
from broker.cli.database import opened
from broker.storage import Storage
from linking.model import CustomerId, Identity
from tests.contracts.samples import delegation, identity, link, session

Run = Callable[..., Result]
COMPANY = "exempel-elnat"
SUBJECT = "subject-of-astrid"
OTHER = "subject-of-bertil"
ASTRID = replace(identity(SUBJECT, person="p_astrid"), label="a•••@example.se")
BERTIL = replace(identity(OTHER, person="p_bertil"), label="b•••@example.se")
LIST = ("links", "list", COMPANY, "100423")
WHY = ("--reason", "asked by telephone")
ERASE = ("links", "erase", "l_astrid", *WHY)


async def connect(storage: Storage) -> None:
    """Astrid is 100423 and helps 100977, signed in; Bertil is 100423 too."""
    for one in (ASTRID, BERTIL):
        await storage.persons.admit(one)
    own = await storage.links.customer(COMPANY, "100423", proposed=CustomerId("c1"))
    helped = await storage.links.customer(COMPANY, "100977", proposed=CustomerId("c2"))
    for name, one in (("astrid", ASTRID), ("bertil", BERTIL)):
        of_them = link(own, id=f"l_{name}", person=one.person)
        await storage.links.create(replace(of_them, proved_with=one.key))
    helping = delegation(helped, id="d_astrid", delegate=ASTRID.person)
    await storage.delegations.create(replace(helping, expires_at=now() + timedelta(days=30)))
    signed_in = replace(
        session("s_astrid", person=ASTRID.person),
        seen_at=now(),
        expires_at=now() + timedelta(hours=8),
    )
    await storage.sessions.create(signed_in, secret_hash=b"hash")


async def admit_again(storage: Storage) -> Identity:
    """Sign in with Astrid's account once more."""
    return await storage.persons.admit(replace(ASTRID, person=BERTIL.person))


def on_storage(work: Callable[..., object]) -> object:
    """Do this on the storage, as the broker would."""

    async def do() -> object:
        async with opened(read_settings(None)) as storage:
            return await work(storage)  # type: ignore[misc]

    return asyncio.run(do())


def stored() -> str:
    """Everything in the database, as SQL."""
    database = sqlite3.connect("farstu.db")
    dump = "\n".join(database.iterdump())
    database.close()
    return dump


@pytest.fixture
def connected(installed: Run) -> Run:
    """`farstu` where Astrid and Bertil are connected."""
    on_storage(connect)
    return installed


def test_list_shows_who_it_is_and_not_too_much(connected: Run) -> None:
    """Id, relation, provider, masked address, day and proof; no subject, no person."""
    lines = connected(*LIST).stdout.splitlines()
    assert lines == [
        f"l_{name}  {COMPANY}  holder  google {name[0]}•••@example.se  since 2026-03-02, by invoice"
        for name in ("astrid", "bertil")
    ]


def test_list_shows_who_helps(connected: Run) -> None:
    """A delegation has an id of its own."""
    assert connected("links", "list", COMPANY, "100977").stdout.startswith("d_astrid  ")


def test_list_reads_a_number_as_people_say_it(connected: Run) -> None:
    """Spaces do not matter; nobody is said to be nobody."""
    assert connected("links", "list", COMPANY, "100 423").stdout == connected(*LIST).stdout
    assert "Nobody is connected" in connected("links", "list", COMPANY, "100111").stdout


def test_list_of_an_unknown_company(connected: Run) -> None:
    """It is a usage error that names those there are."""
    result = connected("links", "list", "nowhere", "100423")
    assert result.exit_code == 2
    assert COMPANY in result.stderr


def test_erase_says_what_it_did(connected: Run) -> None:
    """Each count, and that the contract is not affected."""
    result = connected(*ERASE, "--yes")
    assert result.exit_code == 0
    for line in ("links ended          1", "delegations ended    1", "sessions ended       1"):
        assert line in result.stdout
    assert "identities deleted   1" in result.stdout
    assert "contract with the company is not affected" in result.stdout


def test_erased_is_gone_from_the_database(connected: Run) -> None:
    """Neither id nor address is anywhere, the ended session included."""
    assert SUBJECT in stored()
    connected(*ERASE, "--yes")
    assert SUBJECT not in stored()
    assert ASTRID.label not in stored()


def test_history_stays(connected: Run) -> None:
    """That there were a link and a delegation is known, with the person's opaque id."""
    connected(*ERASE, "--yes")
    assert "l_astrid" in stored()
    assert "d_astrid" in stored()


def test_nobody_else_is_erased(connected: Run) -> None:
    """The other holder of the same contract stays connected."""
    connected(*ERASE, "--yes")
    assert [line.split()[0] for line in connected(*LIST).stdout.splitlines()] == ["l_bertil"]


def test_the_account_may_come_back(connected: Run) -> None:
    """As somebody else than before."""
    connected(*ERASE, "--yes")
    assert on_storage(admit_again) == replace(ASTRID, person=BERTIL.person)


def test_it_asks_first_and_shows_all_that_ends(connected: Run) -> None:
    """Everything of the person is named; a no changes nothing."""
    before = stored()
    result = connected(*ERASE, answers="n\n")
    assert result.exit_code == 1
    assert "l_astrid" in result.stdout
    assert "d_astrid" in result.stdout
    assert "l_bertil" not in result.stdout
    assert stored() == before


def test_a_yes_erases(connected: Run) -> None:
    """Also by the delegation's id."""
    assert "Erased." in connected("links", "erase", "d_astrid", *WHY, answers="y\n").stdout


@pytest.mark.parametrize("more", [(), ("--yes",)])
def test_erasing_nobody_is_said(connected: Run, more: tuple[str, ...]) -> None:
    """An unknown id, and one that has ended, exit with 1 and say where ids are."""
    connected(*ERASE, "--yes")
    for name in ("l_astrid", "l_unknown"):
        result = connected("links", "erase", name, *WHY, *more)
        assert result.exit_code == 1
        assert "farstu links list" in result.stderr


def test_the_trail_has_it(connected: Run) -> None:
    """Who did it, to which opaque id and why; and the trail is whole."""
    connected(*ERASE, "--yes")
    database = sqlite3.connect("farstu.db")
    (event,) = database.execute("SELECT kind, actor, subject, customer, facts FROM audit")
    database.close()
    reason = '{"reason":"asked by telephone"}'
    assert event == ("person_erased", "operator", "p_astrid", "", reason)
    assert connected("audit", "verify").exit_code == 0


@pytest.mark.parametrize("reason", ["", "a@example.se", "0701234567", "kund 100423", "x" * 61])
def test_a_reason_that_could_name_somebody(connected: Run, reason: str) -> None:
    """It is refused before anything is done: the trail is never erased."""
    assert connected(*ERASE, "--yes", "--reason", reason).exit_code == 2
    assert SUBJECT in stored()


def test_a_number_that_nobody_can_have(installed: Run) -> None:
    """A mistyped number is told apart from one to which nobody is connected."""
    assert "form" not in installed(*LIST).stdout
    assert "It does not have the form" in installed("links", "list", COMPANY, "10").stdout
