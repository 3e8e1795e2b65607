"""Nothing starts with another pairwise salt than the first one, unless somebody says so."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from broker.app.same_salt import see_that_the_salt_is_the_same
from broker.cli.configuration import read_settings
from broker.cli.database import opened
from broker.settings.fresh import new_key
from broker.settings.problem import SettingsInvalid

Run = Callable[..., Result]


def start() -> None:
    """As much of a start as matters here."""

    async def see() -> None:
        settings = read_settings(None)
        async with opened(settings) as storage:
            await see_that_the_salt_is_the_same(settings, storage)

    asyncio.run(see())


def change_the_salt() -> None:
    """In the configuration."""
    path = Path("farstu.toml")
    text, count = re.subn(r'(pairwise_salt = )"[^"]+"', rf'\1"{new_key()}"', path.read_text())
    assert count == 1
    path.write_text(text)


def trail() -> list[tuple[str, str]]:
    """What was done, and by whom."""

    async def read() -> list[tuple[str, str]]:
        async with opened(read_settings(None)) as storage:
            events = [each.event async for each in storage.audit.read(after=0)]
            return [(each.kind, each.actor) for each in events]

    return asyncio.run(read())


def test_the_first_one_is_kept_in_mind(installed: Run) -> None:
    """Every start with it is fine; with another one nothing starts, whatever was tried before."""
    start()
    start()
    change_the_salt()
    for _ in range(2):
        with pytest.raises(SettingsInvalid) as refused:
            start()
    [problem] = refused.value.problems
    assert problem.path == "secrets.pairwise_salt"
    assert "farstu keys accept-salt" in problem.remedy
    assert installed("keys", "accept-salt", "--reason", "it was lost", answers="n\n").exit_code == 1
    with pytest.raises(SettingsInvalid):
        start()


def test_somebody_says_so(installed: Run) -> None:
    """It is written down who and why; then it is the one."""
    start()
    change_the_salt()
    result = installed("keys", "accept-salt", "--reason", "it was lost", "--by", "anna", "--yes")
    assert result.exit_code == 0, result.output
    start()
    assert trail() == [("pairwise_salt_changed", "operator:anna")]


def test_the_salt_that_is_in_force_needs_nobodys_word(installed: Run) -> None:
    """Nothing is asked, changed or written down; before the first start there is none in force."""
    accept = ("keys", "accept-salt", "--reason", "it was lost", "--yes")
    start()
    result = installed(*accept)
    assert result.exit_code == 0
    assert "is in force" in result.stdout
    assert trail() == []
    change_the_salt()
    assert "is in force" not in installed(*accept).stdout
    assert "is in force" in installed(*accept).stdout
    assert trail() == [("pairwise_salt_changed", "operator")]
