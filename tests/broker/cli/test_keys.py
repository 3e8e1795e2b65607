"""`farstu keys`: to look at the keys, and to change them."""

import asyncio
import json
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from broker.cli.clock import now
from broker.cli.configuration import read_settings
from broker.cli.database import opened
from broker.settings.fresh import new_key
from broker.storage.key_ports import Fetches
from broker.storage.ports import StoredClient
from broker.wiring.storage import storage_urls
from keys import Algorithm, State
from tests.broker.cli.keyring import DAY, WHY, Run, kept, kid_in, trail

RESOURCE = """
[resources.zz-api]
audience = "https://api.example.se"
companies = ["exempel-elnat"]
"""


def test_the_plan_says_when_which_key_signs(ring: Run) -> None:
    """And from when on it may be made to."""
    said = ring("keys", "plan").stdout
    for algorithm in Algorithm:
        spare = kid_in(State.ANNOUNCED, algorithm)
        assert f"{algorithm} {spare} begins to sign; " in said
        assert f"{algorithm} {spare}, announced " in said
    told = json.loads(ring("keys", "plan", "--json").stdout)
    assert {each["do"] for each in told["steps"]} == {"activate"}
    assert (told["consumers"], told["behind"], told["without_master_key"]) == ([], [], [])


def test_the_plan_says_who_has_fetched_the_next_key(ring: Run) -> None:
    """By the names that they gave, and how often they come."""

    async def note() -> None:
        async with opened(read_settings(None)) as storage:
            old, fresh = now() - 8 * DAY, now()
            await storage.key_fetches.note(
                [Fetches("invoices", 1, old, old), Fetches("billing", 3, old, fresh, 5 * DAY)]
            )

    asyncio.run(note())
    lines = ring("keys", "plan").stdout.splitlines()
    assert any("has the next keys" in line and "billing" in line for line in lines)
    assert any(
        "has NOT fetched since they were announced" in line and "invoices" in line for line in lines
    )
    assert any("at most 5 d apart" in line for line in lines)


@pytest.fixture
def crowd(ring: Run) -> Run:
    """Thirty names that come every day, and a client and a resource that have come once."""
    path = Path("farstu.toml")
    path.write_text(path.read_text() + RESOURCE)

    async def note() -> None:
        async with opened(read_settings(None)) as storage:
            await storage.clients.add(StoredClient("zz-portal", "{}", now()))
            old, fresh = now() - 8 * DAY, now()
            daily = [Fetches(f"c{n:02}", 100 + n, old, fresh, DAY) for n in range(30)]
            once = [Fetches(name, 1, old, old) for name in ("zz-portal", "zz-api", "stranger")]
            await storage.key_fetches.note([*daily, *once])

    asyncio.run(note())
    return ring


def shown(lines: Sequence[str]) -> list[str]:
    """The names, in their order."""
    found = (re.search(r"^  ([cz][\w-]+)[: ]", each) for each in lines)
    return [each[1] for each in found if each]


MOST_TELLING = ["zz-api", "zz-portal", *(f"c{n:02}" for n in range(29, 11, -1))]


def test_a_crowd_hides_nobody_in_the_plan(crowd: Run) -> None:
    """Registered services first, then the most regular; twenty, and how many more there are."""
    said = crowd("keys", "plan").stdout.split("\n\n")[-1].splitlines()
    assert shown(said) == MOST_TELLING
    assert "  and 13 more, of whom 12 have them all" in said
    told = json.loads(crowd("keys", "plan", "--json").stdout)
    assert len(told["consumers"]) == 33


def test_a_crowd_hides_nobody_in_an_emergency(crowd: Run) -> None:
    """The same twenty."""
    kid = kid_in(State.SIGNING)
    said = crowd("keys", "revoke", "--scope", "key", "--kid", kid, *WHY).stdout
    lines = said.split("for how long each seems to keep them:\n")[1].splitlines()
    assert shown(lines) == MOST_TELLING
    assert "  and 13 more, after those that matter most." in lines


def test_before_a_rotation_it_is_shown_who_would_notice(ring: Run) -> None:
    """The key, and who has fetched it; what cannot be done is said before anybody is asked."""

    async def note() -> None:
        async with opened(read_settings(None)) as storage:
            old = now() - 8 * DAY
            await storage.key_fetches.note([Fetches("invoices", 1, old, old)])

    asyncio.run(note())
    spare = kid_in(State.ANNOUNCED)
    for command in (("rotate", "--algorithm", "ES256"), ("activate", spare)):
        result = ring("keys", *command, *WHY[:-1], answers="n\n")
        assert result.exit_code == 1
        assert f"ES256 {spare}, announced" in result.stdout
        assert "invoices  has NOT fetched since it was announced" in result.stdout
        assert "Nothing was changed." in result.stderr
        assert "--yes" in ring("keys", *command, *WHY[:-1]).stderr
    assert ring("keys", "rotate", "--algorithm", "ES256", *WHY).exit_code == 0
    early = ring("keys", "rotate", "--algorithm", "ES256", *WHY[:-1], answers="y\n")
    assert (early.exit_code, "sign from now on?" in early.output) == (1, False)
    assert "may sign from" in early.stderr


def test_rotating(ring: Run) -> None:
    """One algorithm or all; the trail says who and why."""
    spare = kid_in(State.ANNOUNCED)
    result = ring("keys", "rotate", "--algorithm", "ES256", *WHY)
    assert result.exit_code == 0, result.output
    assert f"ES256: {spare} signs from now on." in result.stdout
    assert kid_in(State.SIGNING) == spare
    assert trail() == [
        (f"key_{each}", "operator:anna", "a yearly exercise")
        for each in ("retiring", "signing", "announced")
    ]


def test_rotating_too_soon_says_when(ring: Run) -> None:
    """The new spare is in nobody's cache yet."""
    ring("keys", "rotate", "--algorithm", "ES256", *WHY)
    result = ring("keys", "rotate", "--algorithm", "ES256", *WHY)
    assert result.exit_code == 1
    assert "may sign from" in result.stderr
    assert "caches" in result.stderr


def test_nothing_is_done_without_a_yes(ring: Run) -> None:
    """Each of them asks; a reason is needed too."""
    kid = kid_in(State.SIGNING)
    for command in (
        ("rotate",),
        ("activate", kid_in(State.ANNOUNCED)),
        ("retire", kid),
        ("revoke", "--scope", "store"),
    ):
        refused = ring("keys", *command, "--reason", "a yearly exercise", answers="n\n")
        assert refused.exit_code == 1, command
        assert ring("keys", *command, "--yes").exit_code == 2, command
    assert kid_in(State.SIGNING) == kid


def test_a_key_is_named_by_the_beginning_of_its_kid(ring: Run) -> None:
    """Of at least six characters."""
    spare = kid_in(State.ANNOUNCED)
    assert ring("keys", "retire", spare[:5], *WHY).exit_code == 1
    assert ring("keys", "retire", spare[:12], *WHY).exit_code == 0
    assert kid_in(State.RETIRING) == spare
    assert ring("keys", "activate", spare[:12], *WHY).exit_code == 1


def change_behind_our_back(statement: str) -> None:
    """As a newer release would write it, or damage."""
    url = storage_urls(read_settings(None))[0]
    path = url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute(statement)


def test_what_only_a_newer_release_knows_is_left_out_and_said(ring: Run) -> None:
    """To look and to revoke; those that are known are listed and revoked."""
    change_behind_our_back("UPDATE signing_keys SET algorithm = 'new' WHERE algorithm = 'PS256'")
    for command in (("list",), ("revoke", "--scope", "store", *WHY)):
        result = ring("keys", *command)
        assert result.exit_code == 0, result.output
        assert "Left out: 2 keys of an algorithm that this release does not know (new)." in (
            result.stderr
        )
    assert ring("keys", "list", "--all").stdout.count("revoked ") == 2 * (len(Algorithm) - 1)


@pytest.mark.parametrize("command", [("list",), ("revoke", "--scope", "store", *WHY)])
def test_a_state_that_is_not_known_is_told_with_what_to_do(
    command: tuple[str, ...], ring: Run
) -> None:
    """Nothing is done, and nothing is shown that might not be so."""
    change_behind_our_back("UPDATE signing_keys SET state = 'new' WHERE algorithm = 'PS256'")
    result = ring("keys", *command)
    assert result.exit_code == 1
    assert "'new', which this release does not know: use the program" in result.stderr


def test_rewrapping(ring: Run) -> None:
    """Under a new master key; then the old one is not needed any more."""
    path = Path("farstu.toml")
    path.write_text(path.read_text().replace("{ k01 =", f'{{ k02 = "{new_key()}", k01 ='))
    result = ring("keys", "rewrap", "--reason", "a new master key")
    assert result.exit_code == 0, result.output
    assert {each.master_key for each in kept()} == {"k02"}
    assert "already" in ring("keys", "rewrap", "--reason", "a new master key").stdout
