"""`farstu links`, for the telephone: found, ended, cleared and asked for, and written down."""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from datetime import timedelta

import pytest
from typer.testing import Result

from broker.cli.clock import now
from broker.cli.configuration import read_settings
from broker.cli.database import opened
from broker.storage import Storage
from broker.wiring.verification import own_waits, wait_references
from linking.ladder import Ladder, Level
from linking.model import CustomerId, IdentityKey, PersonId
from linking.ports import Reservation, Tags
from linking.tries.pressure import Thresholds
from linking.tries.reserving import TryRule, Wait
from tests.broker.cli.test_links import ASTRID, COMPANY, connect, on_storage, stored

Run = Callable[..., Result]
STRANGER = IdentityKey("https://accounts.google.com", "subject-of-a-stranger")
WHY = ("--reason", "asked by telephone")
UNLINK = ("links", "unlink", "l_astrid", *WHY)
RESUME = ("links", "resume", COMPANY, "100423", *WHY)
ISSUE = ("links", "issue-code", COMPANY, "100423", *WHY)

CHANGING = (UNLINK[:3], ISSUE[:4], RESUME[:4], ("links", "clear-wait", "p_astrid"))
"""Without a reason."""


async def fail(storage: Storage, who: IdentityKey, times: int = 6) -> Wait | Reservation:
    """Try so often, and once more."""
    rule = TryRule(
        own_waits(read_settings(None).verification),
        Thresholds(daily=1000, on_customer=1000),
        (Ladder(),),
        Level.INVOICE,
        now() - timedelta(hours=1),
    )
    for _ in range(times + 1):
        outcome = await storage.tries.reserve(who, Tags(b"tag"), rule, now=now())
    assert isinstance(outcome, Wait | Reservation)
    return outcome


def failing(who: IdentityKey, times: int = 6) -> object:
    """The same, as the broker would."""

    async def do(storage: Storage) -> object:
        return await fail(storage, who, times)

    return on_storage(do)


def trail() -> list[tuple[str, ...]]:
    """What the audit trail holds: kind, actor, subject, customer, facts."""
    database = sqlite3.connect("farstu.db")
    found = database.execute("SELECT kind, actor, subject, customer, facts FROM audit").fetchall()
    database.close()
    return found


def wishes() -> list[tuple[str, ...]]:
    """Company and medium of each code that is wished for."""
    database = sqlite3.connect("farstu.db")
    found = database.execute("SELECT company, medium FROM code_wishes").fetchall()
    database.close()
    return found


@pytest.fixture
def connected(installed: Run) -> Run:
    """`farstu` where Astrid is 100423 and helps 100977, and Bertil is 100423."""
    on_storage(connect)
    return installed


def test_find_shows_who_it_is(connected: Run) -> None:
    """Two lines each: the connection, and the person with masked account and last use."""
    result = connected("links", "find", COMPANY, "100423")
    assert result.stdout.splitlines() == [
        f"l_astrid  {COMPANY}  holder, by invoice, since 2026-03-02",
        "    p_astrid  google a•••@example.se, last used 2026-03-02",
        f"l_bertil  {COMPANY}  holder, by invoice, since 2026-03-02",
        "    p_bertil  google b•••@example.se, last used 2026-03-02",
    ]


def test_find_shows_until_when_somebody_helps(connected: Run) -> None:
    """A delegation has an end."""
    (first, _) = connected("links", "find", COMPANY, "100977").stdout.splitlines()
    assert first.startswith("d_astrid  ")
    assert f"until {now() + timedelta(days=30):%Y-%m-%d}" in first


def test_find_by_person_shows_all_of_theirs(connected: Run) -> None:
    """Both connections, at whichever company; no customer number."""
    result = connected("links", "find", "--person", "p_astrid", "--json")
    found = json.loads(result.stdout)["connections"]
    assert {each["id"] for each in found} == {"l_astrid", "d_astrid"}
    assert {each["customer"] for each in found} == {"c1", "c2"}
    assert "1004" not in result.stdout


def test_a_number_may_be_typed_apart_or_be_asked_for(connected: Run) -> None:
    """As it is read aloud; and without leaving it in the shell's history."""
    whole = connected("links", "find", COMPANY, "100423").stdout
    assert connected("links", "find", COMPANY, "100", "423").stdout == whole
    asked = connected("links", "find", COMPANY, answers="100 423\n")
    assert "Customer number" in asked.stderr
    assert asked.stdout.endswith(whole)


@pytest.mark.parametrize(
    "arguments",
    [
        ("find", "100423", COMPANY),
        ("find", COMPANY, "100423", "--person", "p_astrid"),
        ("find", "--person", "100423"),
        ("unlink", "100423", *WHY, "--yes"),
        ("clear-wait", "100423", *WHY, "--yes"),
        ("issue-code", "100423", COMPANY, *WHY, "--yes"),
        ("issue-code", COMPANY, "100423100423100423", *WHY, "--yes"),
        ("list", "100423", COMPANY),
    ],
)
def test_a_number_in_the_wrong_place_is_not_repeated(
    connected: Run, arguments: tuple[str, ...]
) -> None:
    """What is said of it has the number neither on the screen nor in an error."""
    result = connected("links", *arguments)
    assert result.exit_code in {1, 2}
    assert "100423" not in result.output


def test_unlink_ends_one_connection(connected: Run) -> None:
    """That one and the sessions; what the person has besides stays, and others do."""
    result = connected(*UNLINK, "--yes", "--json")
    assert json.loads(result.stdout) == {"ended": "l_astrid", "person": "p_astrid", "sessions": 1}
    left = connected("links", "find", "--person", "p_astrid").stdout
    assert left.startswith("d_astrid")
    assert "l_bertil" in connected("links", "find", COMPANY, "100423").stdout


def test_unlink_ends_a_delegation_too(connected: Run) -> None:
    """By its own id."""
    assert connected("links", "unlink", "d_astrid", *WHY, "--yes").exit_code == 0
    assert "Nobody" in connected("links", "find", COMPANY, "100977").stdout


def test_unlink_says_before_what_ends(connected: Run) -> None:
    """On standard error, so that the answer stays one; a no changes nothing."""
    before = stored()
    result = connected(*UNLINK, answers="n\n")
    assert result.exit_code == 1
    assert "signs the person out everywhere" in result.stderr
    assert "l_astrid" in result.stderr
    assert stored() == before


@pytest.mark.parametrize("more", [(), ("--yes",)])
def test_unlink_is_done_once(connected: Run, more: tuple[str, ...]) -> None:
    """An id that has ended, or never was, exits with 1 and says where ids are."""
    connected(*UNLINK, "--yes")
    for name in ("l_astrid", "l_unknown"):
        result = connected("links", "unlink", name, *WHY, *more)
        assert result.exit_code == 1
        assert "farstu links find" in result.stderr


def test_the_trail_has_who_ended_it(connected: Run) -> None:
    """Actor, person, customer, connection and reason; and it is whole."""
    connected(*UNLINK, "--yes", "--by", "kt-12")
    facts = '{"connection":"l_astrid","reason":"asked by telephone"}'
    assert trail() == [("link_ended", "operator:kt-12", "p_astrid", "c1", facts)]
    assert connected("audit", "verify").exit_code == 0


@pytest.mark.parametrize(
    "reason", ["", "asked", "a@example.se", "ring 0701234567", "kund 100423", "x y" * 30]
)
@pytest.mark.parametrize(
    "command", [UNLINK[:3], ISSUE[:4], RESUME[:4], ("links", "clear-wait", "p_astrid")]
)
def test_a_reason_that_could_name_somebody(
    connected: Run, command: tuple[str, ...], reason: str
) -> None:
    """It is refused before anything is done: the trail is never erased."""
    before = stored()
    result = connected(*command, "--yes", "--reason", reason)
    assert result.exit_code == 2
    assert stored() == before


@pytest.mark.parametrize(
    "command", [UNLINK[:3], ISSUE[:4], RESUME[:4], ("links", "clear-wait", "p_astrid")]
)
def test_a_reason_is_needed(connected: Run, command: tuple[str, ...]) -> None:
    """Nothing is done for no reason."""
    assert connected(*command, "--yes").exit_code == 2


@pytest.mark.parametrize("command", ["unlink", "issue-code", "resume", "clear-wait", "erase"])
def test_what_a_reason_may_be_is_said_beforehand(connected: Run, command: str) -> None:
    """In the help, not only when one was refused."""
    told = " ".join(connected("links", command, "--help").stdout.replace("│", " ").split())
    assert "in two to twelve words without figures" in told


def test_who_decides_is_one_word(connected: Run) -> None:
    """Not a sentence, and not an address."""
    for by in ("Karin Test", "karin@example.se"):
        assert connected(*UNLINK, "--yes", "--by", by).exit_code == 2


def test_somebody_who_is_not_connected_need_not_wait(connected: Run) -> None:
    """They read aloud what their page says; however it is typed."""
    assert isinstance(failing(STRANGER), Wait)
    reference = wait_references(read_settings(None)).of(STRANGER)
    typed = reference.removeprefix("V-").lower().replace("-", " ")
    result = connected("links", "clear-wait", typed, *WHY, "--yes", "--json")
    assert json.loads(result.stdout) == {"failures": 6, "person": None}
    assert isinstance(failing(STRANGER, 0), Reservation)


def test_a_person_need_not_wait(connected: Run) -> None:
    """By their id; nobody else is let off."""
    failing(ASTRID.key)
    failing(STRANGER)
    assert connected("links", "clear-wait", "p_astrid", *WHY, "--yes").exit_code == 0
    assert isinstance(failing(ASTRID.key, 0), Reservation)
    assert isinstance(failing(STRANGER, 0), Wait)


def test_what_everybody_failed_still_counts(connected: Run) -> None:
    """A cleared wait is no cleared pressure: the number asks for more as before."""
    failing(ASTRID.key)
    connected("links", "clear-wait", "p_astrid", *WHY, "--yes")

    async def look(storage: Storage) -> int:
        return (await storage.tries.of_everybody(now=now())).of_all

    assert on_storage(look) == 6


def test_clear_wait_says_before_what_it_forgets(connected: Run) -> None:
    """How many failures, until when, and whether anybody is known; a no changes nothing."""
    failing(ASTRID.key)
    result = connected("links", "clear-wait", "p_astrid", *WHY, answers="n\n")
    assert result.exit_code == 1
    assert "p_astrid, connected already) has failed 6 times and waits until" in result.stderr
    assert isinstance(failing(ASTRID.key, 0), Wait)


def test_who_does_not_wait_has_nothing_to_be_forgotten(connected: Run) -> None:
    """It says so, asks nothing, and leaves no trace of having done something."""
    result = connected("links", "clear-wait", "p_astrid", *WHY)
    assert result.exit_code == 0
    assert "They were not waiting" in result.stdout
    assert trail() == []
    result = connected("links", "clear-wait", "p_astrid", *WHY, "--json")
    assert json.loads(result.stdout) == {"failures": 0, "person": "p_astrid"}


def test_a_reference_that_leads_nowhere(connected: Run) -> None:
    """It may have been misheard."""
    result = connected("links", "clear-wait", "V-0000-0000", *WHY, "--yes")
    assert result.exit_code == 1
    assert "read it once more" in result.stderr


def test_the_trail_has_whose_wait_was_cleared(connected: Run) -> None:
    """The account by its reference: there may be no person."""
    failing(STRANGER)
    reference = wait_references(read_settings(None)).of(STRANGER)
    connected("links", "clear-wait", reference, *WHY, "--yes")
    [(kind, actor, subject, customer, facts)] = trail()
    assert (kind, actor, subject, customer) == ("wait_cleared", "operator", "", "")
    assert json.loads(facts) == {
        "accounts": reference,
        "failures": "6",
        "reason": "asked by telephone",
    }
    assert STRANGER.subject not in facts


def test_a_code_is_asked_for(connected: Run) -> None:
    """A wish as the page puts one; where and when is said, whether is not."""
    result = connected(*ISSUE, "--yes")
    assert result.exit_code == 0
    assert wishes() == [(COMPANY, "message")]
    assert "that the company's register has" in result.stdout
    assert "holds for 24 hours" in result.stdout


def test_asking_tells_nothing_of_the_number(connected: Run) -> None:
    """The same words for a customer, for a stranger's number, and the second time."""
    said = [
        connected("links", "issue-code", COMPANY, number, *WHY, "--yes").output
        for number in ("100423", "999999", "100423")
    ]
    assert len(set(said)) == 1
    assert len(wishes()) == 2


def test_a_letter_only_where_there_are_letters(connected: Run) -> None:
    """That is configuration, and may be said."""
    result = connected(*ISSUE, "--yes", "--letter")
    assert result.exit_code == 1
    assert "ladder.codes" in result.stderr
    assert wishes() == []


def test_issue_code_asks_first(connected: Run) -> None:
    """It says where a code goes; a no changes nothing."""
    before = stored()
    result = connected(*ISSUE, answers="n\n")
    assert result.exit_code == 1
    assert "that the company's register has" in result.stderr
    assert stored() == before


def test_the_trail_has_for_whom_a_code_was_asked(connected: Run) -> None:
    """The opaque customer where one is connected, the number never."""
    connected(*ISSUE, "--yes", "--by", "kt-12")
    connected("links", "issue-code", COMPANY, "999999", *WHY, "--yes")
    facts = json.dumps(
        {"company": COMPANY, "medium": "message", "reason": "asked by telephone"},
        separators=(",", ":"),
    )
    assert trail() == [
        ("code_wished", "operator:kt-12", "", "c1", facts),
        ("code_wished", "operator", "", "", facts),
    ]


async def guard(storage: Storage) -> None:
    """Somebody has said that a connection to 100423 was not they."""
    await storage.guards.guard(CustomerId("c1"), [b"paper"], at=now())


@pytest.fixture
def guarded(connected: Run) -> Run:
    """`farstu` where only a code connects to 100423."""
    on_storage(guard)
    return connected


def test_find_says_that_only_a_code_connects(guarded: Run) -> None:
    """With the day; of nobody else."""
    assert "Only a code connects" in guarded("links", "find", COMPANY, "100423").stdout
    found = json.loads(guarded("links", "find", COMPANY, "100423", "--json").stdout)
    assert found["by_code_only_since"].startswith(f"{now():%Y-%m-%d}")
    assert "Only a code" not in guarded("links", "find", COMPANY, "100977").stdout


def test_resume_lets_invoices_connect_again(guarded: Run) -> None:
    """Once; the paper that was misused stays without use."""
    result = guarded(*RESUME, "--yes", "--json")
    assert json.loads(result.stdout) == {"resumed": True, "company": COMPANY}
    assert "Only a code" not in guarded("links", "find", COMPANY, "100423").stdout

    async def is_burned(storage: Storage) -> bool:
        return (await storage.guards.bar(COMPANY, "100423", [b"paper"])).is_burned

    assert on_storage(is_burned)
    assert guarded(*RESUME, "--yes").exit_code == 1


def test_resume_says_before_what_it_does(guarded: Run) -> None:
    """Since when only a code connects; a no changes nothing."""
    before = stored()
    result = guarded(*RESUME, answers="n\n")
    assert result.exit_code == 1
    assert "only a code connects to them" in result.stderr
    assert stored() == before


@pytest.mark.parametrize("number", ["100977", "999999"])
def test_there_may_be_nothing_to_resume(guarded: Run, number: str) -> None:
    """Alike for a customer and for a number that nobody has; the number is not repeated."""
    for more in ((), ("--yes",)):
        result = guarded("links", "resume", COMPANY, number, *WHY, *more)
        assert result.exit_code == 1
        assert "nothing to resume" in result.stderr
        assert number not in result.output


def test_the_trail_has_who_resumed(guarded: Run) -> None:
    """Actor, opaque customer, reason."""
    guarded(*RESUME, "--yes", "--by", "kt-12")
    facts = '{"reason":"asked by telephone"}'
    assert trail() == [("guard_lifted", "operator:kt-12", "", "c1", facts)]


def test_every_command_says_what_it_does(run: Run) -> None:
    """With an example, and what must not be in a reason."""
    for command in ("unlink", "clear-wait", "issue-code", "resume"):
        said = " ".join(run("links", command, "--help").stdout.split())
        assert "Example: farstu links" in said
        assert "no names, no numbers" in said


def test_the_person_is_known_by_who_waits(connected: Run) -> None:
    """A reference of an account that is connected names the person too."""
    failing(ASTRID.key)

    async def find() -> PersonId | None:
        async with opened(read_settings(None)) as storage:
            identity = await storage.persons.find(ASTRID.key)
            return identity.person if identity else None

    reference = wait_references(read_settings(None)).of(ASTRID.key)
    result = connected("links", "clear-wait", reference, *WHY, "--yes", "--json")
    assert json.loads(result.stdout)["person"] == asyncio.run(find())
