"""What the teams of other services must do after a revocation, and by when it is over without."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from broker.cli.keyring.asked import day_of
from broker.cli.keyring.consumers import SHOWN, span
from broker.cli.speaking import say
from broker.endpoints.well_known import JWKS_SECONDS
from broker.storage.key_ports import Fetches
from keys import KeyRecord

_ADVICE = """\
Restart your service, or empty its cache of our keys: then it refuses those tokens too. Until then,
whoever has one of these keys can forge tokens that it takes for good ones: look for what was done
with tokens of these kids. New tokens work at once: fetch the keys when you meet a kid that you do
not know. A library that fetches keys only then keeps the old ones until it does: with it only a
restart helps."""


def say_advice(
    issuer: str, revoked: Sequence[KeyRecord], fetches: Sequence[Fetches], *, at: datetime
) -> None:
    """Print it, to be sent on as it is; those of `fetches` that matter most come first."""
    say()
    say("To be sent to the teams of all services that check our tokens:")
    say()
    say(f"From {day_of(at)} on, {issuer} refuses tokens that these keys have signed:")
    for each in revoked:
        say(f"  - kid {each.kid} ({each.algorithm})")
    for line in _ADVICE.splitlines():
        say(line)
    say()
    if not fetches:
        say("Nobody is known to have fetched keys: it is noted once a minute, and not in a backup.")
        say(f"Caches may hold them for {JWKS_SECONDS} s, or until they meet a new kid.")
        return
    say("Who has fetched our keys, and for how long each seems to keep them:")
    for consumer in fetches[:SHOWN]:
        say(f"  {consumer.consumer}: {_kept(consumer, at)}")
    if rest := fetches[SHOWN:]:
        say(f"  and {len(rest)} more, after those that matter most.")


def _kept(fetches: Fetches, now: datetime) -> str:
    """By what was measured: the longest time without a fetch is how long they may be kept.

    At least: one name may be many processes, each with a cache of its own, and a cache between us.
    """
    if fetches.longest is None:
        return f"fetched once, {day_of(fetches.last_at)}: it may keep them until it is restarted"
    longest = max(fetches.longest, now - fetches.last_at)
    kept = max(longest, timedelta(seconds=JWKS_SECONDS))
    since = f"last fetched {day_of(fetches.last_at)}, and was up to {span(longest)} without"
    return f"{since}: it may keep the old ones for {span(kept)} from now, or longer"
