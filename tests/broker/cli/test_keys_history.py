"""`farstu keys history`: the report of what was done to keys."""

import asyncio
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from typer.testing import Result

from broker.cli.configuration import read_settings
from broker.cli.database import opened
from broker.storage.ports import AuditEvent
from broker.wiring.keys import workshop
from keys import Algorithm, State, ensure_keys

Run = Callable[..., Result]
MADE = datetime(2026, 3, 2, 7, 5, tzinfo=UTC)
ONE_LINE = re.compile(r"(\S+ \S+ UTC)  (\w+) +(\w+) +(\S+)  by (.+)")


@pytest.fixture
def ring(installed: Run) -> Run:
    """With keys of one algorithm, and something in the audit trail that is not about keys."""

    async def make() -> None:
        settings = read_settings(None)
        async with opened(settings) as storage:
            await ensure_keys(workshop(settings, storage), [Algorithm.ES256], now=MADE)
            await storage.audit.append(AuditEvent("link_ended", MADE, "operator", "l_astrid"))

    asyncio.run(make())
    return installed


def kid_in(state: State) -> str:
    """The only key in this state."""

    async def read() -> str:
        async with opened(read_settings(None)) as storage:
            [found] = [each.kid for each in await storage.keys.all() if each.state is state]
            return found

    return asyncio.run(read())


def revoked(ring: Run) -> str:
    """Take the key out that signs; its kid."""
    kid = kid_in(State.SIGNING)
    why = ("--reason", "it was in a ticket", "--by", "anna", "--yes")
    assert ring("keys", "revoke", "--scope", "key", "--kid", kid, *why).exit_code == 0
    return kid


def test_each_line_says_when_what_which_who_and_why(ring: Run) -> None:
    """Oldest first; what is not about keys is left out."""
    kid = revoked(ring)
    lines = ring("keys", "history").stdout.splitlines()
    found = [match.groups() for line in lines if (match := ONE_LINE.fullmatch(line))]
    assert len(found) == len(lines)
    assert {at for at, *_ in found[:3]} == {"2026-03-02 07:05 UTC"}
    [revocation] = [each[1:] for each in found if each[1] == "revoked"]
    assert revocation == ("revoked", "ES256", kid, "operator:anna: it was in a ticket")
    assert found[0][4] == "broker"


def test_for_machines(ring: Run) -> None:
    """The same, of one key."""
    kid = revoked(ring)
    told = json.loads(ring("keys", "history", "--kid", kid[:8], "--json").stdout)
    assert [(each["what"], each["by"]) for each in told] == [
        ("announced", "broker"), ("signing", "broker"), ("revoked", "operator:anna"),
    ]  # fmt: skip
    assert {each["kid"] for each in told} == {kid}
    assert told[0]["at"] == MADE.isoformat()
    assert (told[-1]["algorithm"], told[-1]["why"]) == ("ES256", "it was in a ticket")


def test_what_concerns_all_keys_is_told_too(ring: Run) -> None:
    """A backup that came back brings keys back; another salt changes every `sub`."""

    async def note() -> None:
        async with opened(read_settings(None)) as storage:
            facts = {"by": "root", "taken_at": "2026-03-01T02:00:00+00:00"}
            await storage.audit.append(AuditEvent("restored", MADE, "operator", facts=facts))
            lost = {"reason": "it was lost"}
            await storage.audit.append(
                AuditEvent("pairwise_salt_changed", MADE, "operator:anna", facts=lost)
            )

    asyncio.run(note())
    restored, salt = ring("keys", "history").stdout.splitlines()[-2:]
    assert "restored" in restored
    assert restored.endswith("by operator:root: a backup of 2026-03-01T02:00:00+00:00")
    assert "pairwise salt changed" in salt
    assert salt.endswith("by operator:anna: it was lost")


def test_before_there_are_keys(installed: Run) -> None:
    """It says that there is nothing."""
    assert installed("keys", "history").stdout == "The audit trail says nothing of keys.\n"
    assert json.loads(installed("keys", "history", "--json").stdout) == []
