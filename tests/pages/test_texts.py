"""Times, days and lists as people write them."""

from datetime import UTC, datetime, timedelta

from broker.pages import texts


def test_the_clock_is_swedens_in_summer_and_winter() -> None:
    """UTC is shown as Europe/Stockholm, daylight saving included."""
    assert texts.clock(datetime(2026, 7, 1, 12, 5, tzinfo=UTC), "sv") == "14.05"
    assert texts.clock(datetime(2026, 1, 1, 12, 5, tzinfo=UTC), "sv") == "13.05"
    assert texts.clock(datetime(2026, 7, 1, 12, 5, tzinfo=UTC), "en") == "14:05"


def test_a_day_is_the_one_in_sweden() -> None:
    """Late in the evening UTC it is tomorrow in Sweden."""
    late = datetime(2026, 5, 3, 22, 30, tzinfo=UTC)
    assert texts.day(late, "sv") == "4 maj 2026"
    assert texts.day(late, "en") == "4 May 2026"


def test_names_are_listed_as_in_a_sentence() -> None:
    """One, two or three names, with and or or, without a comma before it."""
    assert texts.listed(["A"], language="sv") == "A"
    assert texts.listed(["A", "B", "C"], language="sv") == "A, B och C"
    assert texts.listed(["A", "B", "C"], "or", language="sv") == "A, B eller C"
    assert texts.listed(["A", "B", "C"], language="en") == "A, B and C"


def test_durations_are_words() -> None:
    """An hour stays 60 minutes, as the pages say it."""
    assert texts.duration(timedelta(minutes=60), "sv") == "60 minuter"
    assert texts.duration(timedelta(days=180), "en") == "6 months"
