"""`farstu keys history`: what was done to keys, when, by whom and why; from the audit trail."""

import asyncio
import json
from typing import Annotated

import typer

from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.database import opened
from broker.cli.desk.asked import JsonOption
from broker.cli.keyring.asked import day_of
from broker.cli.speaking import say
from broker.settings.schema import Settings
from broker.storage.ports import AuditEvent

_OF_A_KEY = "key_"
_OF_ALL = ("pairwise_salt_changed", "restored")
"""A restore brings back the ring of the backup's day."""


def history(
    *,
    kid: Annotated[
        str, typer.Option(help="Only of this key, or of those whose kid begins so.")
    ] = "",
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Tell what was done to the keys, oldest first: when, what, by whom and why; for a report.

    It stands in the audit trail: `farstu audit verify` proves that nobody has changed that. What
    the broker did by itself, by plan, has no reason.
    """
    events = asyncio.run(_read(read_settings(config), kid))
    if as_json:
        say(json.dumps([_members(each) for each in events]))
        return
    for each in events:
        say(_line(each))
    if not events:
        say("The audit trail says nothing of keys.")


async def _read(settings: Settings, kid: str) -> list[AuditEvent]:
    async with opened(settings) as storage:
        return [
            each.event
            async for each in storage.audit.read(after=0)
            if (each.event.kind.startswith(_OF_A_KEY) or (each.event.kind in _OF_ALL and not kid))
            and each.event.subject.startswith(kid)
        ]


def _line(event: AuditEvent) -> str:
    told = _members(event)
    of = f"{told['algorithm']:<5}  {told['kid']}" if told["kid"] else ""
    why = told["why"] and f": {told['why']}"
    by = f"by {told['by']}{why}"
    return "  ".join(part for part in (day_of(event.at), f"{told['what']:<9}", of, by) if part)


def _members(event: AuditEvent) -> dict[str, str]:
    facts = event.facts
    return {
        "at": event.at.isoformat(),
        "what": event.kind.removeprefix(_OF_A_KEY).replace("_", " "),
        "algorithm": facts.get("algorithm", ""),
        "kid": event.subject,
        "by": f"{event.actor}:{facts['by']}" if facts.get("by") else event.actor,
        "why": _why(event),
    }


def _why(event: AuditEvent) -> str:
    if event.kind == "restored":
        return f"a backup of {event.facts.get('taken_at', '')}"
    return event.facts.get("reason", "")
