"""Our own events: what a line holds, and that the reference has them all."""

from typing import Any

from broker.telemetry.events import GROUPS
from broker.telemetry.log import ChoreDone, Event, RequestRefused, StructuredLog
from broker.telemetry.log_page import log_page


class _Kept:
    """Keeps what is written, in place of structlog's logger."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    def info(self, event: str, **fields: str | int) -> None:
        self.lines.append({"event": event, **fields})

    warning = error = info


def test_numbers_are_numbers() -> None:
    """Whoever asks the log for `done > 0` compares numbers."""
    kept = _Kept()
    StructuredLog(kept).write(ChoreDone("purge", 12))
    assert kept.lines == [{"event": "chore_done", "chore": "purge", "done": 12}]


def test_text_is_one_short_line() -> None:
    """What others sent can neither begin a line nor fill the disk."""
    kept = _Kept()
    StructuredLog(kept).write(RequestRefused("/authorize", "invalid_request", "a\n" * 1_000))
    detail = kept.lines[0]["detail"]
    assert detail.startswith("a?a?")
    assert len(detail) == 400


def test_the_page_has_every_event() -> None:
    """One that is added to the program and to no group of the page is found here."""
    there = {each.kind for each in Event.__subclasses__() if each.__module__.startswith("broker.")}
    assert {event.kind for _, events in GROUPS for event in events} == there
    assert all(f"\n### `{kind}`\n" in log_page() for kind in there)
