"""A real `farstu serve` as processes of its own, with emulated upstreams as another one.

On loopback, on free ports, in a test's folder; every process is ended by its own id.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from broker.dev.fresh import as_toml
from broker.dev.upstreams import emulated_providers
from broker.settings.schema import Settings
from tests.browsing import Browser
from tests.house import (
    ISSUER,
    authorize_url,
    redeem,
    settings_for,
)
from tests.servers.ports import free_port

ROOT = Path(__file__).parents[1]
PROGRAM = """
import functools
from broker.cli import configuration
from broker.cli.serving import reading
# The emulated consoles' secrets are public: only a test's broker takes them.
reading.load = functools.partial(reading.load, refused=frozenset())
configuration.load = functools.partial(configuration.load, refused=frozenset())
from broker.cli.main import main
if __name__ == "__main__":
    main()
"""
PATIENCE = 60.0


class Running:
    """One `farstu serve`; what it writes is read all the time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.written: list[str] = []
        self._readers = [
            threading.Thread(target=self._read, args=(stream,), daemon=True)
            for stream in (process.stdout, process.stderr)
        ]
        for each in self._readers:
            each.start()

    def _read(self, stream: Any) -> None:
        self.written.extend(stream)

    @property
    def events(self) -> list[dict[str, Any]]:
        """Every line that is JSON."""
        return [json.loads(line) for line in list(self.written) if line.startswith("{")]

    def told(self, event: str) -> list[dict[str, Any]]:
        """The lines of one event."""
        return [each for each in self.events if each["event"] == event]

    def wait_for(self, event: str, count: int = 1) -> list[dict[str, Any]]:
        """Wait until this event was told so often."""
        deadline = time.monotonic() + PATIENCE
        while len(found := self.told(event)) < count:
            assert time.monotonic() < deadline, f"no {event}: {''.join(self.written)}"
            assert self.process.poll() is None or self.told(event), "".join(self.written)
            time.sleep(0.02)
        return found

    def workers(self) -> dict[str, int]:
        """The process of each worker that started last under its number."""
        return {each["worker"]: each["pid"] for each in self.told("worker_started")}

    def tell(self, what: signal.Signals) -> None:
        """Send a signal to the process that was started."""
        self.process.send_signal(what)

    def end(self) -> int:
        """Wait for the end, and for the last of what it writes."""
        code = self.process.wait(PATIENCE)
        for each in self._readers:
            each.join(5)
        return code


class Installation:
    """A folder with configuration, database and register; ports for all."""

    def __init__(self, template: Path, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.upstream_port = free_port()
        self.issuer = f"http://localhost:{self.port}"
        self.upstreams = f"http://localhost:{self.upstream_port}"
        shutil.copytree(template, folder, dirs_exist_ok=True)
        self.settings = sound(settings_for(folder)).model_copy(
            update={"issuer": self.issuer, "providers": emulated_providers(self.upstreams)}
        )
        self.configure()

    def configure(self, **server: Any) -> None:
        """Write the configuration, with these keys of `[server]`."""
        merged = self.settings.server.model_copy(update={"port": self.port, **server})
        self.settings = self.settings.model_copy(update={"server": merged})
        self.write()

    def write(self) -> None:
        """Write the configuration as it is."""
        self.path.write_text(as_toml(self.settings))

    @property
    def path(self) -> Path:
        """The configuration file."""
        return self.folder / "farstu.toml"

    def run(self, *command: str) -> str:
        """Run a command of `farstu` beside whatever serves; what it says."""
        program = self.folder / "program.py"
        program.write_text(PROGRAM)
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        whole = [sys.executable, str(program), *command, "--config", str(self.path)]
        return subprocess.run(
            whole, env=environ, check=True, text=True, stdout=subprocess.PIPE
        ).stdout

    @contextmanager
    def serving(self, *options: str, **environ: str) -> Iterator[Running]:
        """Run `farstu serve`, and end it."""
        program = self.folder / "program.py"
        program.write_text(PROGRAM)
        command = [sys.executable, str(program), "serve", "--config", str(self.path), *options]
        with subprocess.Popen(
            command,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            running = Running(process)
            try:
                yield running
            finally:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()

    @contextmanager
    def upstream(self) -> Iterator[None]:
        """Run the emulated providers."""
        command = [sys.executable, "-m", "providers.emulated", "--broker", self.issuer]
        with subprocess.Popen(
            [*command, "--port", str(self.upstream_port)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        ) as process:
            try:
                wait_for_port(self.upstream_port)
                yield
            finally:
                process.terminate()

    def browser(self) -> Browser:
        """A new browser with no cookies."""
        served = {f"localhost:{self.port}", f"localhost:{self.upstream_port}"}
        browser = Browser(httpx2.AsyncHTTPTransport(), served)
        browser.client.timeout = httpx2.Timeout(20)
        return browser

    def authorize_url(self, **changes: str) -> str:
        """An authorization request."""
        return authorize_url(**changes).replace(ISSUER, self.issuer, 1)

    async def sign_in(self, person: str, browser: Browser | None = None) -> dict[str, Any]:
        """A whole first login; the token response."""
        browser = browser or self.browser()
        async with browser.client:
            await browser.go(self.authorize_url())
            await browser.submit("google")
            await browser.submit(person=person)
            await browser.submit(action="/flow/new", answer="first")
            await browser.submit(action="/flow/whose", whose="mine")
            await browser.submit(
                action="/flow/verify", customer_number="100245", invoice_number="1007001"
            )
            await browser.submit(action="/flow/done")
            while browser.query.get("code") is None:  # others were connected in between
                await browser.submit("seen")
        async with httpx2.AsyncClient(base_url=self.issuer, timeout=20) as client:
            answer = await redeem(client, browser.query["code"])
            tokens: dict[str, Any] = answer.raise_for_status().json()
        return tokens


def sound(settings: Settings) -> Settings:
    """One portal, and examples as the rules want them: this configuration is judged."""
    companies = {
        name: each.model_copy(
            update={
                key: getattr(each, key).model_copy(update={"example": ""})
                for key in ("customer_number", "invoice_number")
            }
        )
        for name, each in settings.companies.items()
    }
    clients = {"portal": settings.clients["portal"]}
    return settings.model_copy(update={"companies": companies, "clients": clients})


def wait_for_port(port: int) -> None:
    """Wait until somebody listens."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("localhost", port), 1).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return


def ask(
    port: int, path: str, headers: dict[str, str] | None = None, *, scheme: str = "http"
) -> httpx2.Response:
    """One GET on a connection of its own."""
    return httpx2.get(
        f"{scheme}://localhost:{port}{path}", headers=headers, timeout=10, trust_env=False
    )
