"""At the start: does guessing pay under the rules in force? Told in the log, or a reason to stop.

Only kept audits are read; where there is none, `farstu doctor` says so and nothing happens here.
"""

from broker.registers.audit.judging import judged
from broker.settings.problem import Problem, SettingsInvalid
from broker.settings.schema import Settings
from broker.storage import Storage
from broker.telemetry.log import Log
from broker.telemetry.process import GuessingPays
from broker.upkeep.guessing import told
from broker.wiring.guessing import policies, rules


async def see_that_guessing_does_not_pay(settings: Settings, storage: Storage, log: Log) -> None:
    """Warn where a company's target is missed.

    Raises SettingsInvalid where the company wants no broker then.
    """
    found = await judged(storage.audits, policies(settings), rules(settings))
    missing = [each for each in found.values() if each is not None and each.misses]
    for each in missing:
        log.write(GuessingPays(each.company, each.bound.configured.takeovers, each.policy.target))
    refused = [each for each in missing if each.policy.refuses]
    if refused:
        raise SettingsInvalid(
            [
                Problem(
                    f"companies.{each.company}.ladder.refuse_above_target",
                    f"Guessing pays: {told(each)}.",
                    "Change what is asked for (docs/audit.md), measure anew with `farstu register "
                    "audit … --save`, or set it to false.",
                )
                for each in refused
            ]
        )
