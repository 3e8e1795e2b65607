"""What the teams of other services must do after a revocation, and by when it is over without."""

from collections.abc import Sequence
from datetime import timedelta

from broker.cli.keyring.asked import day_of
from broker.cli.keyring.consumers import SHOWN
from broker.cli.keyring.listing import span
from broker.cli.speaking import say
from broker.endpoints.well_known import JWKS_SECONDS
from broker.storage.key_ports import Fetches
from keys import Aftermath


def say_advice(done: Aftermath, fetches: Sequence[Fetches]) -> None:
    """Print it, to be sent on as it is; those of `fetches` that matter most come first."""
    say()
    say("Every broker refuses tokens of these keys within seconds. For whoever checks our tokens:")
    for each in done.revoked:
        say(f"  - kid {each.kid} ({each.algorithm})")
    say("Restart your service, or empty its cache of our keys: then it refuses those tokens too.")
    say("Until then it may take forged tokens for good ones. Look for what was done with tokens of")
    say("these kids since the key leaked. New tokens work at once: fetch the keys when you meet a")
    say("kid that you do not know.")
    say(
        "A library that fetches keys only for an unknown kid keeps the old ones until then: with it"
    )
    say("only a restart helps.")
    say()
    if not fetches:
        say(f"Nobody is known to have fetched keys. Caches may hold them for {JWKS_SECONDS} s.")
        return
    say("Who has fetched our keys, and for how long each seems to keep them:")
    for consumer in fetches[:SHOWN]:
        say(f"  {consumer.consumer}: {_kept(consumer)}")
    if rest := fetches[SHOWN:]:
        say(f"  and {len(rest)} more, after those that matter most.")


def _kept(fetches: Fetches) -> str:
    """By what was measured: the longest time between two fetches is how long they may be kept.

    At least: one name may be many processes, each with a cache of its own, and a cache between us.
    """
    if fetches.longest is None:
        return f"fetched once, {day_of(fetches.last_at)}: it may keep them until it is restarted"
    kept = max(fetches.longest, timedelta(seconds=JWKS_SECONDS))
    apart = f"fetched {day_of(fetches.last_at)}, up to {span(fetches.longest)} apart"
    return f"{apart}: keeps the old ones for {span(kept)} from now, or longer"
