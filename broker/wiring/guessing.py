"""What an installation's settings say about guessing: its rules, its policies, its audit."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from broker.registers.audit.bounds import Policy, Rules
from broker.registers.bearing import Bearing, bearings
from broker.settings.schema import Settings
from broker.storage import Storage
from broker.wiring.clients import companies_of
from broker.wiring.companies import companies, with_ways_out
from broker.wiring.verification import own_waits, thresholds

if TYPE_CHECKING:
    from broker.registers.audit.auditing import RegisterAudit


def rules(settings: Settings, *, identities: int | None = None) -> Rules:
    """Return the rules that bound guessing; `identities` in place of the configured number."""
    chosen = settings.verification
    return Rules(
        partial(thresholds, chosen), own_waits(chosen), identities or chosen.attacker_identities
    )


def policies(settings: Settings) -> Mapping[str, Policy]:
    """Return what each company puts up with."""
    known = companies(settings)
    return {
        name: Policy(
            known[name].ladder,
            each.ladder.target,
            refuses=each.ladder.refuse_above_target,
            beside=_beside(settings, name),
        )
        for name, each in settings.companies.items()
    }


def _beside(settings: Settings, company: str) -> frozenset[str]:
    """Who stands on a form with this company, by the clients of the configuration."""
    forms = (frozenset(companies_of(each)) for each in settings.clients.values())
    return frozenset().union(*(each for each in forms if company in each)) - {company}


async def kept_bearings(settings: Settings, storage: Storage) -> Sequence[Bearing]:
    """Return what the registers said last of the companies' second items."""
    imported = [name for name, each in settings.companies.items() if not each.customer_register]
    return await bearings(companies(settings), imported, storage.index, storage.copies)


def register_audit(settings: Settings, *, today: date) -> "RegisterAudit":
    """Return the audit of a register, for every configured company.

    Whom a code can reach is counted by the ways that have a way out.
    """
    # Imported here: numpy takes a tenth of a second and 25 MB, which only an audit is to pay.
    from broker.registers.audit.auditing import RegisterAudit  # noqa: PLC0415

    known = {name: with_ways_out(settings, each) for name, each in companies(settings).items()}
    return RegisterAudit(known, today)
