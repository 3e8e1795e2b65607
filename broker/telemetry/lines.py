"""One JSON object a line on standard output, whoever writes: our events, libraries, warnings.

Of what libraries and Python say, only who said it and where is kept: their messages are not ours,
and an exception's message may hold anything. uvicorn's own sentences hold no values and stay.
"""

import logging
import os
import sys
import warnings
from collections.abc import Callable, MutableMapping
from typing import Any, TextIO

import structlog
from structlog.stdlib import ProcessorFormatter

from broker.telemetry.places import place_of, short

SPEAKS_PLAINLY = "uvicorn.error"
"""The one library logger whose sentences are kept: they name processes and protocol faults."""

_OWN_HANDLERS = ("uvicorn", SPEAKS_PLAINLY, "uvicorn.access")
_KEPT = ("request_id", "proxy_request_id", "level", "timestamp", "pid")
Fields = MutableMapping[str, Any]


def write_json_lines(stream: TextIO | None = None) -> None:
    """From now on this process writes so."""
    out = stream or sys.stdout  # a line is one write: several processes share it
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
