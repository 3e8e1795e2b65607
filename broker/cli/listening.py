"""The application behind uvicorn: opened first, so that what fails is told in words.

uvicorn's own log of requests and its belief in proxy headers are off: query strings hold codes, and
which hops to trust is ours to configure.
"""

import signal

import structlog
import uvicorn
import uvloop
from starlette.types import ASGIApp

from broker.app import opened
from broker.cli.clock import now
from broker.cli.database import telling_failures
from broker.cli.speaking import CommandFailed, say
from broker.endpoints.cookies import Cookies
from broker.middleware.protocol import limited_protocol
from broker.settings.schema import Settings
from broker.wiring.providers import build_providers
from keys.errors import KeysError

_DRAIN_SECONDS = 15
_KEEP_ALIVE_SECONDS = 20


def listen(settings: Settings, *, host: str, port: int) -> None:
    """Serve until a signal. Raises CommandFailed or SettingsInvalid when it cannot begin."""
    _log_as_json_lines()
    build_providers(settings, clock=now)  # what only they know is wrong comes as problems
    try:
        with telling_failures(settings):
            uvloop.run(_serve(settings, host, port))
    except KeysError as error:
        raise CommandFailed(
            f"The signing keys cannot be used: {error}.",
            "Give every master key that was ever used in `secrets.master_keys`.",
        ) from None


def _log_as_json_lines() -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,  # the request's reference
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        cache_logger_on_first_use=True,
    )


async def _serve(settings: Settings, host: str, port: int) -> None:
    async with opened(settings) as app:
        # uvicorn raises the signal again once it has drained; the default action would end the
        # process before the storage is closed.
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, lambda _signal, _frame: None)
        say(f"Serving {settings.issuer} on {host}, port {port}. Ctrl-C stops.")
        try:
            await uvicorn.Server(server_config(app, settings, host=host, port=port)).serve()
        except SystemExit:  # how uvicorn says that it could not bind, after logging why
            raise CommandFailed(
                f"Nothing can listen on {host}, port {port}.",
                "See that no other program does, and that the address is this machine's.",
            ) from None


def server_config(app: ASGIApp, settings: Settings, *, host: str, port: int) -> uvicorn.Config:
    """Return how uvicorn is to serve an open application."""
    cookies = Cookies(is_secure=settings.issuer.startswith("https:"))
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=limited_protocol(cookies.clearing_headers()),
        ws="none",
        lifespan="off",
        proxy_headers=False,
        access_log=False,
        server_header=False,
        date_header=True,
        log_config=None,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
    )
