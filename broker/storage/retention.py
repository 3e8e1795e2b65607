"""How long what is over stays, per kind: the table that the configuration gives."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Retention:
    """Times are counted from the end of each: a session's, a grant's, a link's, a delivery's.

    `unconnected` is counted from the last use of an account whose person never had a customer.
    """

    ended_sessions: timedelta = timedelta(hours=24)
    grants: timedelta = timedelta(hours=24)
    unconnected: timedelta = timedelta(days=30)
    delivered_messages: timedelta = timedelta(days=90)
    ended_links: timedelta = timedelta(days=730)
