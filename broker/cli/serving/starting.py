"""What can go wrong with the application, in words for an operator; never as a trace."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from broker.cli.database import telling_failures
from broker.cli.speaking import CommandFailed
from broker.settings.problem import SettingsInvalid
from broker.settings.schema import Settings
from broker.telemetry.instruments import only_a_log
from broker.telemetry.log import Unexpected
from broker.telemetry.places import place_of
from broker.upkeep.losses import NOT_OPENED
from keys.errors import KeysError, KeyStateUnknown, RingNotOpened

_LOOK: Final = "`farstu keys verify` says which and why; docs/rotating-keys.md what to do."


@contextmanager
def telling_what_fails(settings: Settings) -> Iterator[None]:
    """Raise CommandFailed for all that is no problem of the settings.

    A fault of ours is told in the log by its kind and place: its message may hold anything.
    """
    try:
        with telling_failures(settings):
            yield
    except KeyStateUnknown as error:
        raise CommandFailed(
            f"The signing keys cannot be used: {error}.",
            "No master key helps here; `farstu doctor --offline` says what else is not well.",
        ) from None
    except KeysError as error:
        remedy = NOT_OPENED if isinstance(error, RingNotOpened) else _LOOK
        raise CommandFailed(f"The signing keys cannot be used: {error}.", remedy) from None
    except (CommandFailed, SettingsInvalid):
        raise
    except Exception as error:  # noqa: BLE001 - the last net of a process
        only_a_log().log.write(Unexpected("", type(error).__name__, place_of(error)))
        raise CommandFailed(
            "A fault of the broker's own stopped it.", "Its last line in the log says where."
        ) from None
