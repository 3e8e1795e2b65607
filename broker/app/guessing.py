"""At the start: does guessing pay under the rules in force? Told in the log, or a reason to stop.

Only kept audits are read; where there is none, `farstu doctor` says so and nothing happens here.
"""

from collections.abc import Sequence

from broker.registers.audit.judging import Judged, judged
from broker.settings.problem import Problem, SettingsInvalid
from broker.settings.schema import Settings
from broker.storage import Storage
from broker.telemetry.log import Log
from broker.telemetry.process import GuessingPays, SecondItemMissing
from broker.upkeep.guessing import told
from broker.wiring.guessing import kept_bearings, policies, rules


async def see_that_guessing_does_not_pay(settings: Settings, storage: Storage, log: Log) -> None:
    """Warn in the log where a company's target is missed; raises as `seen` does."""
    for each in await seen(settings, storage):
        log.write(GuessingPays(each.company, each.bound.configured.takeovers, each.policy.target))


async def see_that_more_can_be_asked_for(settings: Settings, storage: Storage, log: Log) -> None:
    """Warn in the log where failures by others can ask for nothing more; never a reason to stop."""
    for each in await kept_bearings(settings, storage):
        if not each.is_everywhere:
            log.write(SecondItemMissing(each.company, each.item, each.missing))


async def seen(settings: Settings, storage: Storage) -> Sequence[Judged]:
    """The companies whose target is missed.

    Raises SettingsInvalid where one of them wants no broker then.
    """
    found = await judged(storage.audits, policies(settings), rules(settings))
    missing = [each for each in found.values() if each is not None and each.misses]
    if refused := [_problem(each) for each in missing if each.policy.refuses]:
        raise SettingsInvalid(refused)
    return missing


def _problem(each: Judged) -> Problem:
    return Problem(
        f"companies.{each.company}.ladder.refuse_above_target",
        f"Guessing pays: {told(each)}.",
        "Change what is asked for (docs/audit.md), measure anew with `farstu register audit … "
        "--save`, or set it to false.",
    )
