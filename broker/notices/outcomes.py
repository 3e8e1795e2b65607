"""What comes of one try to send one message by one channel.

Reasons are short stable words (`smtp_450`, `timeout`): what a server said in its own words may name
the recipient, and goes no further than the channel.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sent:
    """The next program has taken it over."""


@dataclass(frozen=True, slots=True)
class Refused:
    """This recipient will never be reached this way."""

    reason: str


@dataclass(frozen=True, slots=True)
class Later:
    """It may go another time; `unreachable` when the channel itself does not answer, to nobody."""

    reason: str
    unreachable: bool = False


Outcome = Sent | Refused | Later
