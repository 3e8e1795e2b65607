"""`python -m providers.emulated`: the emulated providers as a server of their own, on loopback."""

import argparse
import sys

import uvicorn

from providers.emulated.app import build
from providers.emulated.config import (
    BadAddressError,
    Config,
    NotLoopbackError,
    demo_config,
    is_loopback,
)
from providers.emulated.people import CAST

DEFAULT_PORT = 8001
DEFAULT_BROKER = "http://localhost:8000"


def read_arguments(arguments: list[str]) -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m providers.emulated",
        description="Emulated Microsoft, Google, Facebook, Yahoo and a plain OpenID Provider. "
        "For development only: listens on loopback, and everybody can sign in as anybody.",
    )
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="default: %(default)s")
    parser.add_argument("--host", default="127.0.0.1", help="loopback; default: %(default)s")
    parser.add_argument(
        "--origin", default="", help="what browsers call us; default: http://localhost:PORT"
    )
    parser.add_argument(
        "--broker",
        default=DEFAULT_BROKER,
        help="origin whose /callback/… addresses are registered; default: %(default)s",
    )
    return parser.parse_args(arguments)


def describe(config: Config) -> str:
    """Return where things are, for a person at a terminal."""
    bases = "\n".join(f"  {name:10} {base}" for name, base in config.bases.items())
    people = ", ".join(person.key for person in CAST)
    origin = next(iter(config.bases.values())).rpartition("/")[0]
    return f"Emulated providers:\n{bases}\n  control    {origin}/__control\nPeople: {people}"


def main() -> int:
    """Serve until stopped; exit code 2 where an address is not acceptable."""
    arguments = read_arguments(sys.argv[1:])
    if not is_loopback(arguments.host):
        sys.stderr.write(f"{arguments.host}: emulated providers listen on loopback only\n")
        return 2
    try:
        config = demo_config(
            arguments.origin or f"http://localhost:{arguments.port}", arguments.broker
        )
    except (BadAddressError, NotLoopbackError) as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 2
    sys.stdout.write(f"{describe(config)}\n")
    sys.stdout.flush()
    uvicorn.run(
        build(config),
        host=arguments.host,
        port=arguments.port,
        access_log=False,
        proxy_headers=False,
        log_level="warning",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
