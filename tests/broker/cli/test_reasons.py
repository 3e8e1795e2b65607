"""`--reason`: what is refused is refused with the rule that it breaks, and nothing is repeated."""

import re
from pathlib import Path

import pytest
import typer

from broker.cli.desk.asked import checked_reason

DOCUMENTS = sorted((Path(__file__).parents[3] / "docs").rglob("*.md"))
GIVEN = re.compile(r"--reason\s+'([^']*)'")


@pytest.mark.parametrize(
    ("reason", "rule"),
    [
        ("", "has fewer than two words"),
        ("asked", "has fewer than two words"),
        ("a b c d e f g h i j k l m", "has more than twelve words"),
        ("kund 100423", "has a figure"),
        ("asked by a@example.se", "has an address"),
        ("see https://example.se", "has an address"),
        ("asked by telephone.", "has the sign ."),
        ("asked_by telephone", "has the sign _"),
        ("…", "has the sign …"),
        ("ord " * 10 + "o" * 60, "is longer than 80 characters"),
        ("asked  by telephone", "not parted by a space"),
        ("asked by telephone,", "not parted by a space"),
    ],
)
def test_the_rule_that_is_broken_is_said(reason: str, rule: str) -> None:
    """So that nobody has to guess which."""
    with pytest.raises(typer.BadParameter) as refused:
        checked_reason(reason)
    assert rule in refused.value.message


@pytest.mark.parametrize("told", ["100423", "a@example.se"])
def test_what_was_given_is_not_repeated(told: str) -> None:
    """It may be a customer's number or address."""
    with pytest.raises(typer.BadParameter) as refused:
        checked_reason(f"asked by {told}")
    assert told not in refused.value.message


@pytest.mark.parametrize("reason", ["asked by telephone", "re-issued, by telephone", "på begäran"])
def test_words_are_taken(reason: str) -> None:
    """Letters of any language, commas and hyphens."""
    assert checked_reason(reason) == reason


def test_a_command_of_the_documents_can_be_pasted() -> None:
    """Every reason that they give is one."""
    given = [each for path in DOCUMENTS for each in GIVEN.findall(path.read_text())]
    assert given
    assert [checked_reason(" ".join(each.split())) for each in given]
