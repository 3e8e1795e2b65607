"""One JSON object a line on standard output, whoever writes: our events, libraries, warnings.

Of what libraries and Python say, only who said it and where is kept: their messages are not ours,
and an exception's message may hold anything. uvicorn's own sentences hold no values and stay.

A line that cannot be written is lost, and nothing else is: who reads the log may be gone or stand
still, and its disk be full, while people sign in.
"""

import errno
import io
import logging
import os
import select
import sys
import warnings
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog
from structlog.stdlib import ProcessorFormatter

from broker.telemetry.places import place_of, short

SPEAKS_PLAINLY = "uvicorn.error"
"""The one library logger whose sentences are kept: they name processes and protocol faults."""

_PATIENCE = 100
"""Milliseconds; a reader that is merely slow loses nothing."""

_OWN_HANDLERS = ("uvicorn", SPEAKS_PLAINLY, "uvicorn.access")
_KEPT = ("request_id", "proxy_request_id", "level", "timestamp", "pid")
Fields = MutableMapping[str, Any]


def write_json_lines(stream: TextIO | None = None) -> None:
    """From now on this process writes so."""
    # A line is one write: several processes share it.
    out = cast("TextIO", _Losing(stream or sys.stdout))
    shared: list[Callable[[Any, str, Fields], Any]] = [
        structlog.contextvars.merge_contextvars,  # the request's names
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_pid,
    ]
    as_json = structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*shared, as_json],
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=shared, processors=[_of_library, as_json], use_get_message=True
        )
    )
    logging.root.handlers = [handler]
    logging.root.setLevel(logging.WARNING)
    for name in _OWN_HANDLERS:  # whoever set up uvicorn's own ones: no line is to pass us by
        library = logging.getLogger(name)
        library.handlers, library.propagate = [], True
        library.setLevel(logging.NOTSET)
    warnings.showwarning = _warned


class _Losing(io.TextIOBase):
    """Loses what the stream does not take; standard error is told when that begins.

    Whoever reads a pipe is waited for once, a moment; not again until it reads on.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._has_room = _room_of(stream)
        self._is_losing = False
        self._is_whole = True

    def write(self, text: str) -> int:
        """All of it, or nothing that anybody need know of."""
        self._is_whole = True
        try:
            if not self._has_room(0 if self._is_losing else _PATIENCE):
                raise BlockingIOError(errno.EAGAIN, "nobody reads it")
            self._stream.write(text)
        except OSError as error:
            self._tell(error)
        return len(text)

    def flush(self) -> None:
        """What is written is there, from here on."""
        try:
            self._stream.flush()
        except OSError as error:
            self._tell(error)
        else:
            self._is_losing = self._is_losing and not self._is_whole

    def _tell(self, error: OSError) -> None:
        self._is_whole = False
        if self._is_losing:
            return
        self._is_losing = True
        with suppress(OSError):
            if not _room_of(sys.stderr)(0):  # the same reader, it may be
                return
            sys.stderr.write(f"The log cannot be written ({error.strerror}): lines are lost.\n")


def _room_of(stream: TextIO) -> Callable[[int], bool]:
    """Whether the stream takes a line within so many ms; one that is no file always does."""
    try:
        number = stream.fileno()
    except OSError:  # io.UnsupportedOperation is one
        return lambda _patience: True
    poll = select.poll()
    poll.register(number, select.POLLOUT)
    # A pipe that has room at all has room for a line: PIPE_BUF is 4,096 bytes.
    return lambda patience: bool(poll.poll(patience))


def _with_pid(_logger: Any, _name: str, fields: Fields) -> Fields:
    fields["pid"] = os.getpid()
    return fields


def _of_library(_logger: Any, _name: str, fields: Fields) -> Fields:
    record: logging.LogRecord = fields["_record"]
    told: dict[str, Any] = {"event": "library", "logger": record.name}
    if record.name == SPEAKS_PLAINLY:
        told["message"] = str(fields["event"]).strip()
    else:
        told["where"] = f"{short(record.pathname)}:{record.lineno} {record.funcName}"
    error = (fields.get("exc_info") or (None, None, None))[1]
    if isinstance(error, BaseException):
        told |= {"error": type(error).__name__, "where": place_of(error)}
    return told | {name: fields[name] for name in _KEPT if name in fields}


def _warned(  # noqa: PLR0917 - the form of `warnings.showwarning`
    message: Warning | str,  # noqa: ARG001 - Python gives them by name
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001
    line: str | None = None,  # noqa: ARG001
) -> None:
    """A Python warning; its text stands where it was raised."""
    structlog.get_logger().warning(
        "python_warning", category=category.__name__, where=f"{short(filename)}:{lineno}"
    )
