"""One process: it answers itself, and takes a changed configuration without letting go of anybody.

On SIGHUP a second application is opened beside the first; from then on it answers what comes, and
the first is closed when it has answered what it had.
"""

import asyncio
import signal
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from socket import socket

from starlette.types import ASGIApp, Receive, Scope, Send

from broker.app import opened
from broker.cli.serving.answering import outlive_signals, server
from broker.cli.serving.ending import one_line
from broker.cli.serving.reading import AT_START_ALONE, Reading, refuse
from broker.cli.serving.starting import telling_what_fails
from broker.cli.serving.tls import renew, tls_context
from broker.cli.speaking import CommandFailed
from broker.middleware.leaving import Departure
from broker.settings.problem import SettingsInvalid
from broker.settings.schema import Settings
from broker.telemetry.instruments import Instruments
from broker.telemetry.process import (
    Reloaded,
    WorkerCannotStart,
    WorkerStarted,
    WorkerStopped,
)

_ONLY = 1


async def serve_alone(
    settings: Settings, reading: Reading, sockets: list[socket], instruments: Instruments
) -> None:
    """Serve until a signal. Raises CommandFailed or SettingsInvalid when it cannot begin."""
    departure, tls = Departure(), tls_context(settings.server)
    async with _Generations(settings, reading, instruments, tls).beginning() as generations:
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, generations.hasten)
        outlive_signals()
        leave_seconds = settings.server.leave_seconds
        serving = server(generations, settings, departure, tls, leave_seconds=leave_seconds)
        instruments.log.write(WorkerStarted(_ONLY))
        await serving.serve(sockets)
    instruments.log.write(WorkerStopped(_ONLY))


@dataclass(eq=False)
class _Generation:
    """An open application, and how many requests are in it."""

    app: ASGIApp
    inside: int = 0
    is_over: bool = False
    empty: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.inside += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.inside -= 1
            self._look()

    def end(self) -> None:
        """Nothing new comes."""
        self.is_over = True
        self._look()

    def _look(self) -> None:
        if self.is_over and not self.inside:
            self.empty.set()


class _Generations:
    """The application that answers, and those before it that have not ended yet."""

    def __init__(
        self,
        settings: Settings,
        reading: Reading,
        instruments: Instruments,
        tls: ssl.SSLContext | None,
    ) -> None:
        self._began_with = settings
        self._reading = reading
        self._tls = tls
        self._instruments = instruments
        self._asked = asyncio.Event()
        self._now: _Generation | None = None
        self._living: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._now is None:
            raise RuntimeError("nothing has been opened")
        await self._now(scope, receive, send)

    def hasten(self) -> None:
        """Somebody asks for the configuration to be read again."""
        self._asked.set()

    @asynccontextmanager
    async def beginning(self) -> AsyncIterator["_Generations"]:
        """Open the first; at the end, close all."""
        await self._succeed(self._began_with)
        following = asyncio.create_task(self._follow())
        try:
            yield self
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following
            self._end()
            await asyncio.gather(*self._living)

    async def _follow(self) -> None:
        while True:
            await self._asked.wait()
            self._asked.clear()
            await self._reload()

    async def _reload(self) -> None:
        log = self._instruments.log
        settings = self._reading.read_again(self._began_with, log, fixed=AT_START_ALONE)
        if settings is None:
            return
        try:
            await self._succeed(settings)
        except SettingsInvalid as invalid:
            refuse(invalid, log)
        except CommandFailed as failed:
            log.write(WorkerCannotStart(_ONLY, one_line(failed.reason), failed.remedy))
        else:
            if self._tls is not None:
                renew(self._tls, settings.server)
            log.write(Reloaded())

    async def _succeed(self, settings: Settings) -> None:
        """Open another; when it is open, it answers, and the one before it ends."""
        is_open: asyncio.Future[_Generation] = asyncio.get_running_loop().create_future()
        life = asyncio.create_task(self._live(settings, is_open))
        self._living.add(life)
        life.add_done_callback(self._living.discard)
        generation = await is_open
        self._end()
        self._now = generation

    def _end(self) -> None:
        if self._now is not None:
            self._now.end()

    async def _live(self, settings: Settings, is_open: "asyncio.Future[_Generation]") -> None:
        """One generation from its opening to its close, in one task, as contexts want it."""
        try:
            with telling_what_fails(settings):
                async with opened(settings, instruments=self._instruments) as app:
                    generation = _Generation(app)
                    is_open.set_result(generation)
                    await generation.empty.wait()
        except BaseException as error:
            if is_open.done():
                raise
            is_open.set_exception(error)
