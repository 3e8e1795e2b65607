"""`python -m broker.dev`: the demo, or with `--check` a walk through it without a browser."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from broker.dev.ports import (
    EVERY_ADDRESS,
    LOOPBACK,
    Listening,
    PortBusy,
    take_free_ports,
    take_ports,
)

DEFAULT_PORT = 8000
_HIGHEST = 65_533
_LOWEST = 1024  # below, a port is for the system, and 80 stands in no address


def read_arguments(arguments: list[str]) -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m broker.dev",
        description="Broker, emulated providers and an example portal on three ports of localhost.",
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=DEFAULT_PORT,
        help="the first of the three ports; 0: any that are free; default: %(default)s",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="sign in through each provider, show the tokens, and stop; 1 if something failed",
    )
    parser.add_argument(
        "--every-address",
        action="store_true",
        help="in a container: listen on all of its addresses; browsers say localhost all the same",
    )
    return parser.parse_args(arguments)


def main() -> int:
    """Run; the exit code is 0 when all went well, 1 when not, 2 when a port is taken."""
    arguments = read_arguments(sys.argv[1:])
    try:
        base, listening = _take(arguments.port, is_open=arguments.every_address)
    except PortBusy as busy:
        sys.stderr.write(
            f"Port {busy.port} is taken, perhaps by another demo. Stop that program, or choose "
            f"three other ports: PORT={_elsewhere(busy.port)} make demo\n"
        )
        return 2
    with tempfile.TemporaryDirectory(prefix="farstu-demo-") as directory:
        run = _check if arguments.check else _demo
        return asyncio.run(run(base, listening, Path(directory)))


def _take(port: int, *, is_open: bool) -> tuple[int, Listening]:
    if not port:
        return take_free_ports()
    return port, take_ports(port, EVERY_ADDRESS if is_open else LOOPBACK)


def _elsewhere(port: int) -> int:
    return port - port % 1000 + (1000 if port < _HIGHEST - 2000 else -1000)


def _port(text: str) -> int:
    port = int(text) if text.isascii() and text.isdigit() else -1
    if port and not _LOWEST <= port <= _HIGHEST:
        raise argparse.ArgumentTypeError(
            f"write a number from {_LOWEST} to {_HIGHEST} (three ports are taken), or 0"
        )
    return port


async def _demo(base: int, listening: Listening, directory: Path) -> int:
    # Imported once the ports are ours: a taken port is told at once.
    from rich.console import Console  # noqa: PLC0415

    from broker.dev.demo import listen_for_signals, running, today  # noqa: PLC0415
    from broker.dev.welcome import show  # noqa: PLC0415

    told = listen_for_signals()
    async with running(base, listening, directory) as at:
        show(Console(), at, directory, today())
        await told.wait()
    return 0


async def _check(base: int, listening: Listening, directory: Path) -> int:
    from rich.console import Console  # noqa: PLC0415

    from broker.dev.check import check  # noqa: PLC0415
    from broker.dev.demo import running  # noqa: PLC0415

    async with running(base, listening, directory) as at:
        return 0 if await check(at, Console()) else 1


if __name__ == "__main__":
    sys.exit(main())
