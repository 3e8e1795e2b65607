"""`farstu keys verify` and `export-public`: proofs, and what the world sees."""

import asyncio
import sys
from typing import Annotated

import typer

from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.keyring.asked import chosen, opened_ring
from broker.cli.keyring.whose import say_whose
from broker.cli.speaking import CommandFailed, say
from broker.settings.schema import Settings
from keys import Algorithm, OpenRing, State, jwks_document, load_ring
from keys.jwk import public_pem
from keys.ring import PUBLISHED


def verify(
    *,
    token: Annotated[
        bool,
        typer.Option("--token", help="Read a token from standard input, and say if it is ours."),
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Prove that every key that is published opens, and is what its record says."""
    settings = read_settings(config)
    opened, alive, behind = asyncio.run(_open(settings))
    if token:
        say_whose(opened, sys.stdin.read().strip())
        return
    if not opened.records:
        say("There is no key yet: the broker makes them when it first starts.")
        return
    say(f"All {len(opened.by_kid)} keys that are published open, and are what they say.")
    missing = _missing(opened)
    if missing:
        raise CommandFailed("\n".join(missing), "`farstu keys plan` says when there will be.")
    if behind:
        raise CommandFailed(
            f"Some workers do not publish the newest keys: {', '.join(behind)}.",
            "They follow within seconds; if one does not, its log says why (`following_failed`).",
        )
    if not alive:
        say("No broker publishes them now: none runs, or none can follow.", style="yellow")
        return
    say(f"{len(alive)} workers publish them." if len(alive) > 1 else "One worker publishes them.")


def export_public(
    kid: Annotated[
        str, typer.Argument(help="Only this key, or the beginning of its `kid`; as PEM.")
    ] = "",
    *,
    config: ConfigOption = None,
) -> None:
    """Print the public keys as a JWK Set, as `/jwks` does; or one of them as PEM.

    For who cannot fetch them. What is printed here is followed by nobody: it has to be given anew
    after each rotation.
    """
    opened, _, _ = asyncio.run(_open(read_settings(config)))
    if not kid:
        say(jwks_document(opened.records).decode())
        return
    key = chosen(opened.records, kid)
    if key.state not in PUBLISHED:
        raise CommandFailed(f"This key is {key.state}: nobody may trust it any more.")
    say(public_pem(key).rstrip())


def _missing(opened: OpenRing) -> list[str]:
    """Which ring has no key that signs, or none that comes next."""
    return [
        f"{algorithm}: no key is {state}."
        for algorithm in Algorithm
        for state, there in ((State.SIGNING, opened.signing), (State.ANNOUNCED, opened.next))
        if algorithm not in there
    ]


async def _open(settings: Settings) -> tuple[OpenRing, list[str], list[str]]:
    """The ring; the workers that are alive, and those of them that are behind."""
    async with opened_ring(settings) as ring:
        workers = ring.storage.workers
        alive, behind = list(await workers.alive()), list(await workers.behind())
        return await load_ring(ring.storage.keys, (), ring.shop.seal), alive, behind
