"""The rules of `farstu doctor` as tables: where a figure turns into a warning or an error."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broker.storage import Check
from broker.storage.sql.file_facts import FileFacts
from broker.upkeep.certificates import judge_end
from broker.upkeep.clocks import judge_clock, stated_date
from broker.upkeep.finding import Outcome
from broker.upkeep.storage_checks import MEGABYTE, judge_file, judge_storage

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "outcome"),
    [
        (-1, Outcome.ERROR),
        (0, Outcome.ERROR),
        (6, Outcome.ERROR),
        (7, Outcome.WARNING),
        (20, Outcome.WARNING),
        (21, Outcome.OK),
    ],
)
def test_days_that_a_certificate_has_left(days: int, outcome: Outcome) -> None:
    """Three weeks are enough to find out why it is not renewed."""
    finding = judge_end("it", NOW + timedelta(days=days), NOW, remedy="renew")
    assert finding.outcome is outcome


@pytest.mark.parametrize(
    ("seconds", "outcome"),
    [
        (5, Outcome.OK),
        (5.1, Outcome.WARNING),
        (60, Outcome.WARNING),
        (60.1, Outcome.ERROR),
        (-5.1, Outcome.WARNING),
        (-60.1, Outcome.ERROR),
    ],
)
def test_seconds_that_a_clock_is_wrong(seconds: float, outcome: Outcome) -> None:
    """Either way."""
    finding = judge_clock("it", NOW, NOW + timedelta(seconds=seconds))
    assert finding.outcome is outcome
    if outcome is not Outcome.OK:
        assert ("ahead" if seconds > 0 else "behind") in finding.what


@pytest.mark.parametrize("said", ["", "yesterday", "Mon, 99 Nov 2026 09:00:00 GMT"])
def test_a_date_that_is_none(said: str) -> None:
    """Nothing is concluded from it."""
    assert stated_date({"date": said}) is None
    assert stated_date({}) is None


def test_a_date() -> None:
    """As every server writes it."""
    assert stated_date({"date": "Mon, 23 Nov 2026 09:00:00 GMT"}) == NOW


def facts(**changes: int) -> FileFacts:
    """A file in order."""
    sizes = {"size": 1_000 * MEGABYTE, "log_size": 4 * MEGABYTE, "free": 9_000 * MEGABYTE} | changes
    return FileFacts(Path("farstu.db"), modes={"farstu.db": 0o600}, **sizes)


@pytest.mark.parametrize(
    ("changes", "outcomes"),
    [
        ({}, [Outcome.OK]),
        ({"free": 999 * MEGABYTE}, [Outcome.WARNING]),
        ({"free": 255 * MEGABYTE, "size": MEGABYTE}, [Outcome.ERROR]),
        ({"log_size": 1_001 * MEGABYTE}, [Outcome.OK, Outcome.WARNING]),
        ({"log_size": 200 * MEGABYTE, "size": MEGABYTE}, [Outcome.OK]),
    ],
)
def test_room_for_a_file(changes: dict[str, int], outcomes: list[Outcome]) -> None:
    """An import needs as much as there is; a log as long as the file waits for a reader."""
    assert [each.outcome for each in judge_file(facts(**changes))] == outcomes


@pytest.mark.parametrize(
    ("fault", "names"),
    [
        ({"database": False, "schema": False}, {"storage"}),
        ({"schema": False}, {"storage"}),
        ({"transient": False}, {"transient store"}),
        ({"clock": False}, set()),
    ],
)
def test_what_does_not_answer(fault: dict[str, bool], names: set[str]) -> None:
    """One finding for each; the clock has a check of its own."""
    check = Check(**{"database": True, "schema": True, "transient": True, "clock": True} | fault)
    found = [each for each in judge_storage(check) if each.outcome is not Outcome.OK]
    assert {each.name for each in found} == names


@pytest.mark.parametrize(
    ("said", "told", "remedy"),
    [
        ("disk I/O error", "cannot be read: disk I/O error", "room"),
        ("unable to open database file", "cannot be read: unable to open", "the broker's user"),
        ("database disk image is malformed", "damaged: database disk image", "newest backup"),
        ("row 7 missing from index", "damaged: row 7 missing", "newest backup"),
    ],
)
def test_a_full_disk_is_not_called_damage(said: str, told: str, remedy: str) -> None:
    """A backup is put back only over pages that were looked at and are wrong."""
    *_, found = judge_file(replace(facts(), damage=said))
    assert found.outcome is Outcome.ERROR
    assert found.what.startswith(told)
    assert remedy in found.remedy
