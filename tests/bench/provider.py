"""`python -m tests.bench.provider PORT BROKER…`: emulated Google as a server of its own.

It knows every broker that is measured, by one client id with a secret that is not the demo's.
"""

import sys
from dataclasses import replace

import uvicorn

from providers.emulated.app import build
from providers.emulated.config import Config, demo_config
from tests.bench.installation import PROVIDER_SECRET


def config(origin: str, brokers: list[str]) -> Config:
    """Return the demo's providers, Google's registration widened to all brokers."""
    demo = demo_config(origin, brokers[0])
    addresses = tuple(f"{broker}/callback/google" for broker in brokers)
    (google,) = demo.registrations["google"]
    widened = replace(google, secrets=(PROVIDER_SECRET,), redirect_uris=addresses)
    return Config(demo.bases, {**demo.registrations, "google": (widened,)})


def main() -> None:
    """Serve until stopped."""
    port, *brokers = sys.argv[1:]
    app = build(config(f"http://localhost:{port}", brokers))
    uvicorn.run(app, host="127.0.0.1", port=int(port), access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
