"""The reference of the log: every event of ours, made from the events themselves."""

from dataclasses import fields
from inspect import cleandoc

from broker.telemetry.events import GROUPS
from broker.telemetry.log import Event

_HEAD = """\
# The log

`farstu serve` writes one JSON object a line on standard output. What keeps it from serving, it says
in words on standard error as well.

Every line has

- `event`: what happened, one of those below; `library` or `python_warning` when it was not we who
  said it
- `level`: `info`, `warning` (look when it happens often) or `error` (look now)
- `timestamp`: in UTC
- `pid`: the process

and, when it is about a request,

- `request_id`: as the answer's `X-Request-Id`, and as the page shows it to whoever calls you
- `proxy_request_id`: as a proxy that is trusted sent it

A login is several requests, of the browser and of the client. `login_id` joins their lines: random,
new for each login, nobody's name, and to be found nowhere but in the log.

A request that went well has no line of its own: [metrics](metrics.md) count and time them. No line
holds a person's e-mail or IP address, a customer or invoice number, a token, a code or a secret.

This page is made from the program by `farstu config reference --write`.
"""


def log_page() -> str:
    """Return the page of all events, in Markdown."""
    return "\n".join([_HEAD, *(_group(title, events) for title, events in GROUPS)])


def _group(title: str, events: tuple[type[Event], ...]) -> str:
    return "\n".join([f"## {title}", "", *map(_section, events)])


def _section(event: type[Event]) -> str:
    told = ", ".join(f"`{each.name}`" for each in fields(event))
    lines = [f"### `{event.kind}`", "", f"{event.level}. {cleandoc(event.__doc__ or '')}"]
    return "\n".join([*lines, *(["", f"With {told}."] if told else []), ""])
