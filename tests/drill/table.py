"""The drill's tables, in Markdown: for the terminal and for the page."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tests.bench.report import table
from tests.drill.emergency import PATIENCE, Refusals
from tests.drill.ledger import Ledger, Verdicts
from tests.drill.pace import Cache
from tests.drill.services import Service

REVOKED: Final = """\
After that, with workers that look as often as in every installation: the key that signs ES256 is
taken for stolen (`key`), then all that the database holds (`store`). Seconds are real ones, since
the revocation began. Services are shown an old token and a new one fifty times a second; what a
library does in *here* seconds it does in as many as *usually* says where nobody configures it."""

LIMIT: Final = 5.0
"""Seconds within which every worker refuses what was revoked."""
SLACK: Final = 1.5
"""Until the workers know of it a service may be shown the old keys: added to its cache's life."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that a drill found. `untimely`: signatures out of their key's time."""

    ledger: Ledger
    untimely: Counter[str]
    activated: int
    removed: int
    seconds: float
    emergencies: Sequence[Refusals]
    services: Sequence[Service]
    left_out: Sequence[str]

    @property
    def is_good(self) -> bool:
        """Whether nobody noticed what they should not, and everybody what they should."""
        late = any(_is_late(each, self.caches) for each in self.emergencies)
        return not (self.ledger.wrong or self.untimely or late)

    @property
    def caches(self) -> Mapping[str, Cache]:
        """Of each service."""
        return {each.name: each.library.cache for each in self.services}


def text(found: Outcome, how: str) -> str:
    """The whole part of the page."""
    parts = ["## Keys under fire", how, _happened(found), _verdicts(found.ledger)]
    parts += ["### Revoked", REVOKED, _workers(found.emergencies), _services(found)]
    if found.left_out:
        parts.append("Left out: " + "; ".join(found.left_out) + ".")
    return "\n\n".join(parts)


def _happened(found: Outcome) -> str:
    ledger = found.ledger
    rows = [
        ["keys that began to sign", f"{found.activated:,}"],
        ["keys removed", f"{found.removed:,}"],
        ["tokens minted", f"{ledger.tokens:,}"],
        *([name, f"{count:,}"] for name, count in sorted(ledger.mischief.items())),
        ["ready though its clock was off", f"{ledger.unready_missed:,}"],
        ["signed though its clock was off", f"{ledger.signed_when_off:,}"],
        ["keys that signed before their time", f"{found.untimely['before it signs']:,}"],
        ["keys that signed after it, lease included", f"{found.untimely['after it signed']:,}"],
    ]
    return table([f"in {found.seconds:.0f} s", "times"], rows)


def _verdicts(ledger: Ledger) -> str:
    head = ["verified by", "good tokens", "of these rejected", "bad tokens", "of these accepted"]
    rows = [_verdict(name, each) for name, each in ledger.services.items()]
    total = Verdicts()
    for each in ledger.services.values():
        total.good += each.good
        total.bad += each.bad
        total.rejected += each.rejected
        total.accepted += each.accepted
    rows += [_verdict("**all services**", total)]
    rows += [_verdict("the broker itself, at `/userinfo`", ledger.by_broker)]
    return table(head, rows)


def _verdict(name: str, each: Verdicts) -> list[str]:
    return [name, f"{each.good:,}", _count(each.rejected), f"{each.bad:,}", _count(each.accepted)]


def _count(wrong: Counter[str]) -> str:
    if not wrong:
        return "0"
    why = ", ".join(f"{word} {count:,}" for word, count in wrong.most_common(4))
    return f"**{wrong.total():,}** ({why})"


def _workers(emergencies: Sequence[Refusals]) -> str:
    head = ["scope", "keys revoked", "refused by the first worker after", "by the last",
            "the first signs with another key after", "the last"]  # fmt: skip
    rows = [
        [
            f"`{each.scope}`", f"{len(each.gone)}", *_ends(each.by_worker),
            *_ends(each.signs_again),
        ]
        for each in emergencies
    ]  # fmt: skip
    return table(head, rows)


def _ends(seconds: Sequence[float | None]) -> list[str]:
    known = [each for each in seconds if each is not None]
    if len(known) < len(seconds):
        return [_seconds(min(known, default=None)), _seconds(None)]
    return [_seconds(min(known)), _seconds(max(known))]


def _seconds(each: float | None) -> str:
    return f"not within {PATIENCE:.0f} s" if each is None else f"{each:.2f} s"


def _services(found: Outcome) -> str:
    head = ["service", "keeps keys, usually", "here"]
    for each in found.emergencies:
        head += [f"`{each.scope}`: refused after", "takes new ones after"]
    rows = [
        [name, _life(cache.usual), _life(cache.here), *_of_service(name, found.emergencies)]
        for name, cache in found.caches.items()
    ]
    return table(head, rows)


def _life(seconds: float | None) -> str:
    return "until a `kid` that it does not know" if seconds is None else f"{seconds:g} s"


def _of_service(name: str, emergencies: Sequence[Refusals]) -> list[str]:
    cells = []
    for each in emergencies:
        if name not in each.by_service:
            cells += ["not its algorithm"] * 2
        else:
            cells += [_seconds(each.by_service[name]), _seconds(each.takes_new[name])]
    return cells


def _is_late(each: Refusals, caches: Mapping[str, Cache]) -> bool:
    """A library that keeps keys for ever has no time within which it should refuse."""
    if each.old_kids_signed or each.stolen_taken:
        return True
    if any(seconds is None or seconds > LIMIT for seconds in each.by_worker):
        return True
    lives = {name: cache.here for name, cache in caches.items() if cache.here is not None}
    return any(
        seconds is None or seconds > lives[name] + SLACK
        for name, seconds in each.by_service.items()
        if name in lives
    )
