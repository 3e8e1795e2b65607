"""`farstu keys verify` and `export-public`: proofs, and what the world sees."""

import asyncio
import json
import sys
from typing import Annotated

import typer

from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.keyring.asked import Ring, chosen, opened_ring
from broker.cli.speaking import CommandFailed, say
from broker.settings.schema import Settings
from broker.tokens.mint import ACCESS_TOKEN, ID_TOKEN
from keys import LocalSigner, OpenRing, State, TokenRefused, jwks_document, load_ring
from keys.jwk import public_pem
from keys.ring import CAN_SIGN, PUBLISHED


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
    opened, behind = asyncio.run(_open(settings))
    if token:
        _say_whose(opened, sys.stdin.read().strip())
        return
    ready = [each for each in opened.records if each.state in CAN_SIGN]
    used = sum(each.state in PUBLISHED for each in opened.records)
    say(f"All {used} keys that are published open, and are what they say.")
    for algorithm in {each.algorithm for each in ready}:
        states = {each.state for each in ready if each.algorithm is algorithm}
        for state in (State.SIGNING, State.ANNOUNCED):
            if state not in states:
                say(
                    f"{algorithm}: no key is {state}; `farstu keys plan` says when.", style="yellow"
                )
    if behind:
        raise CommandFailed(
            f"Some workers do not publish the newest keys: {', '.join(behind)}.",
            "They follow within seconds; if one does not, its log says why (`following_failed`).",
        )


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
    ring = asyncio.run(_read(read_settings(config)))
    if not kid:
        say(jwks_document(ring.records).decode())
        return
    say(public_pem(chosen(ring.records, kid)).rstrip())


def _say_whose(ring: OpenRing, token: str) -> None:
    signer = LocalSigner(ring, holds=lambda: True)
    why = ""
    for typ in (ACCESS_TOKEN, ID_TOKEN):
        try:
            claims = signer.verify(token, typ=typ)
        except TokenRefused as refused:
            why = refused.check
            continue
        shown = {name: claims[name] for name in ("iss", "aud", "iat", "exp") if name in claims}
        say(f"It is ours ({typ}): {json.dumps(shown)}", style="bold green")
        return
    raise CommandFailed(f"It is no token of ours that a key in use has signed ({why}).")


async def _open(settings: Settings) -> tuple[OpenRing, list[str]]:
    async with opened_ring(settings) as ring:
        behind = list(await ring.storage.workers.behind())
        return await load_ring(ring.storage.keys, (), ring.shop.seal), behind


async def _read(settings: Settings) -> Ring:
    async with opened_ring(settings) as ring:
        return ring
