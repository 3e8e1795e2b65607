"""Every line is JSON, and holds no more than it may, whoever writes it."""

import errno
import io
import json
import logging
import os
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from broker.telemetry.lines import write_json_lines

SECRET = "s3cr3t-100245"


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    """What is written; everything of the process is put back afterwards."""
    root, before, shown = logging.root, structlog.get_config(), warnings.showwarning
    handlers, level = root.handlers, root.level
    stream = io.StringIO()
    write_json_lines(stream)
    yield stream
    root.handlers, warnings.showwarning = handlers, shown
    root.setLevel(level)
    structlog.configure(**before)


def _lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_library_says_who_and_where_and_nothing_else(out: io.StringIO) -> None:
    """Its message, its arguments and its exception's message stay out of the log."""
    try:
        int(SECRET)
    except ValueError:
        logging.getLogger("some.library").exception("failed with %s", SECRET)
    [line] = _lines(out)
    assert SECRET not in out.getvalue()
    assert (line["event"], line["logger"], line["error"]) == (
        "library",
        "some.library",
        "ValueError",
    )
    assert "test_lines.py" in line["where"]
    assert line["level"] == "error"
    assert line["pid"]


def test_uvicorns_own_handlers_are_taken_over(capfd: pytest.CaptureFixture[str]) -> None:
    """Whoever set them up before, and to whatever level: no line passes us by."""
    uvicorn = logging.getLogger("uvicorn")
    uvicorn.addHandler(logging.StreamHandler())
    uvicorn.propagate = False
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    stream = io.StringIO()
    root, before, shown = logging.root, structlog.get_config(), warnings.showwarning
    handlers, level = root.handlers, root.level
    try:
        write_json_lines(stream)
        logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    finally:
        root.handlers, warnings.showwarning = handlers, shown
        root.setLevel(level)
        structlog.configure(**before)
    assert len(_lines(stream)) == 1
    assert "Invalid" not in capfd.readouterr().err


def test_uvicorns_sentences_stay(out: io.StringIO) -> None:
    """They are about protocol faults, and an operator needs them."""
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    [line] = _lines(out)
    assert line["message"] == "Invalid HTTP request received."


def test_what_is_not_important_is_not_written(out: io.StringIO) -> None:
    """Libraries begin to speak at warning."""
    logging.getLogger("some.library").info("hello")
    assert _lines(out) == []


def test_a_python_warning_is_a_line(out: io.StringIO) -> None:
    """Its kind and place; its text stands where it was raised."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning(DeprecationWarning(SECRET), DeprecationWarning, "/a/b/c.py", 7)
    [line] = _lines(out)
    assert (line["event"], line["category"]) == ("python_warning", "DeprecationWarning")
    assert line["where"] == "b/c.py:7"
    assert SECRET not in out.getvalue()


def test_the_requests_name_stands_in_every_line(out: io.StringIO) -> None:
    """In ours and in a library's."""
    with structlog.contextvars.bound_contextvars(request_id="AB12-CD34"):
        structlog.get_logger().info("ours")
        logging.getLogger("some.library").warning("theirs")
    assert [line["request_id"] for line in _lines(out)] == ["AB12-CD34"] * 2


class _Full(io.StringIO):
    """A stream whose disk is full: at once, or when what it has kept must go."""

    def __init__(self, *, notices: str) -> None:
        super().__init__()
        self._notices = notices
        self.is_full = True

    def write(self, text: str) -> int:
        if self.is_full and self._notices == "write":
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(text)

    def flush(self) -> None:
        if self.is_full and self._notices == "flush":
            raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("notices", ["write", "flush"])
@pytest.mark.usefixtures("out")
def test_a_line_that_cannot_be_written_stops_nobody(
    notices: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who reads the log may be gone: people sign in all the same, and somebody is told, once."""
    stream = _Full(notices=notices)
    write_json_lines(stream)
    for _ in range(3):
        structlog.get_logger().info("something")
        logging.getLogger("some.library").error("as well")
    [told] = capsys.readouterr().err.splitlines()
    assert told == "The log cannot be written (No space left on device): lines are lost."

    stream.is_full = False
    structlog.get_logger().info("again")
    assert _lines(stream)[-1]["event"] == "again"
    stream.is_full = True
    structlog.get_logger().info("lost")
    assert "lines are lost" in capsys.readouterr().err


@pytest.mark.usefixtures("out")
def test_a_reader_that_stands_still_stops_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    """What does not fit into the pipe is lost, and the first line after that is there again."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as stream:
        write_json_lines(stream)
        for _ in range(2_000):  # some 200 bytes each: thrice as much as a pipe holds
            structlog.get_logger().info("something", much="x" * 100)
        [told] = capsys.readouterr().err.splitlines()
        assert told == "The log cannot be written (nobody reads it): lines are lost."

        kept = os.read(reading, 1 << 20).decode()
        assert kept.endswith("\n")
        structlog.get_logger().info("again")
        assert json.loads(os.read(reading, 1 << 20))["event"] == "again"
    os.close(reading)
