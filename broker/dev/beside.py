"""The demo around a broker that runs by itself: an image, a container, a `farstu serve`.

    python -m broker.dev.beside prepare DIRECTORY --port 8000
    python -m broker.dev.beside walk DIRECTORY

The first writes its configuration (`etc/farstu.toml`, with fresh secrets: the demo's are refused)
and a register to import (`export`); the second starts the emulated providers and the portal here,
waits for the broker, and takes the same walks as the demo's check.
"""

import argparse
import asyncio
import sys
import tomllib
import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
from joserfc.errors import SecurityWarning
from rich.console import Console

from broker.dev.check import check
from broker.dev.demo import front, server, serving, today
from broker.dev.fresh import as_toml, fresh_settings
from broker.dev.ports import take_ports
from broker.dev.seed import write_files
from broker.dev.settings import Addresses
from providers.emulated.app import build as build_upstreams
from providers.emulated.config import Config, demo_config

_CONFIG = Path("etc") / "farstu.toml"
_TRIES = 300
_STEP = 0.2


def main() -> int:
    """Run; 0 when all went well, 1 when not."""
    parser = argparse.ArgumentParser(prog="python -m broker.dev.beside")
    parser.add_argument("what", choices=["prepare", "walk"])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--port", type=int, default=8000, help="the broker's, with `prepare`")
    arguments = parser.parse_args()
    if arguments.what == "prepare":
        prepare(arguments.directory, arguments.port)
        return 0
    return 0 if asyncio.run(walk(arguments.directory, Console())) else 1


def prepare(directory: Path, port: int) -> None:
    """Write what a broker on this port of localhost needs, and the register's export."""
    path = directory / _CONFIG
    path.parent.mkdir(parents=True)
    path.write_text(as_toml(fresh_settings(port)), encoding="utf-8")
    (directory / "export").mkdir()
    write_files(directory / "export", today())


async def walk(directory: Path, console: Console) -> bool:
    """Sign in through the broker that serves what `prepare` wrote; return whether all went well."""
    # Clients know Ed25519 by its older name still (RFC 9864 names it anew).
    warnings.filterwarnings("ignore", "EdDSA is deprecated", SecurityWarning)
    with (directory / _CONFIG).open("rb") as file:
        told = tomllib.load(file)
    at = Addresses(int(told["issuer"].rpartition(":")[2]))
    listening = take_ports(at.port + 1, servers=2)
    secrets = {name: client["secrets"][0] for name, client in told["clients"].items()}
    upstreams = build_upstreams(_registered(at, told["providers"]))
    async with serving([server(upstreams), server(front(at, secrets))], listening):
        await _until_ready(at)
        return await check(at, console)


def _registered(at: Addresses, providers: Mapping[str, Any]) -> Config:
    """The demo's registrations, with the secrets that this broker was given."""
    config = demo_config(at.upstreams, at.broker)
    changed = {
        name: tuple(
            replace(each, secrets=tuple(providers[name]["client_secrets"]))
            for each in config.registrations[name]
        )
        for name in providers
    }
    return replace(config, registrations={**config.registrations, **changed})


async def _until_ready(at: Addresses) -> None:
    async with httpx2.AsyncClient(trust_env=False) as http:
        for _ in range(_TRIES):
            if await _is_ready(http, at):
                return
            await asyncio.sleep(_STEP)
    raise TimeoutError(f"no broker is ready at {at.broker}")


async def _is_ready(http: httpx2.AsyncClient, at: Addresses) -> bool:
    try:
        return (await http.get(f"{at.broker}/readyz")).is_success
    except httpx2.TransportError:
        return False


if __name__ == "__main__":
    sys.exit(main())
