"""Why the broker cannot serve: in words for who started it, in the log for who gathers lines."""

from broker.app.same_salt import CHANGED
from broker.cli.speaking import CommandFailed, tell_failure, tell_problems
from broker.settings.problem import SettingsInvalid
from broker.telemetry.instruments import only_a_log
from broker.telemetry.process import CannotServe


def tell_end(failed: CommandFailed | SettingsInvalid) -> None:
    """Both ways."""
    tell_end_in_log(failed)
    if isinstance(failed, SettingsInvalid):
        tell_problems(failed.problems)
    else:
        tell_failure(failed)


def tell_end_in_log(failed: CommandFailed | SettingsInvalid) -> None:
    """One line, however many problems a configuration has; the words on the screen name all."""
    if isinstance(failed, CommandFailed):
        event = CannotServe(one_line(failed.reason), failed.remedy)
    else:
        problems = "; ".join(f"{each.path}: {each.reason}" for each in failed.problems)
        event = CannotServe(problems, _remedy(failed))
    only_a_log().log.write(event)


def one_line(text: str) -> str:
    """As the log takes it: keys that do not open are a line for each reason on a screen."""
    return " ".join(text.split())


def _remedy(invalid: SettingsInvalid) -> str:
    """`config check` has no database: it cannot know that the salt was another one."""
    if invalid.problems == (CHANGED,):
        return CHANGED.remedy
    return "`farstu config check` tells all of it."
