"""The workers as processes: started, killed, suspended, woken, and asked."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx2
import msgspec

from tests.drill.place import Place
from tests.servers.ports import free_port

ROOT = Path(__file__).parents[2]
_PATIENCE = 60.0


class Member:
    """One worker, which comes back at the same port after it was killed."""

    def __init__(self, place: Place, pace: str, log: Path) -> None:
        self.port = free_port()
        self.is_asleep = False
        self._place, self._pace, self._log = place, pace, log
        self._process: subprocess.Popen[bytes] | None = None
        host = place.issuer.removeprefix("http://")
        self.http = httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}", headers={"Host": host}, trust_env=False,
            timeout=httpx2.Timeout(5),
        )  # fmt: skip

    def start(self) -> None:
        """Begin; it answers some seconds later."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable, "-m", "tests.drill.worker", str(self.port), self._pace,
                    msgspec.json.encode(self._place).decode(),
                ],
                cwd=ROOT, stdout=log, stderr=log,
            )  # fmt: skip

    def tell(self, what: signal.Signals) -> None:
        """Send a signal to it alone."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(what)

    def kill(self) -> None:
        """As a machine without power: nothing is given back."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def sleep(self) -> None:
        """Stand still where it is."""
        self.is_asleep = True
        self.tell(signal.SIGSTOP)

    def wake(self) -> None:
        """Go on as if nothing had been."""
        self.tell(signal.SIGCONT)
        self.is_asleep = False

    def end(self) -> None:
        """As an operator ends it."""
        if self._process is None:
            return
        self.tell(signal.SIGCONT)
        self.tell(signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()

    async def is_ready(self) -> bool:
        """What a balancer would be told."""
        try:
            answer = await self.http.get("/readyz", timeout=1)
        except httpx2.TransportError:
            return False
        return answer.status_code == 200

    async def mint(self, count: int) -> list[str]:
        """Tokens; none where this worker must not sign now, or is not there."""
        try:
            answer = await self.http.get("/drill/mint", params={"count": count})
        except httpx2.TransportError:
            return []
        return answer.text.split() if answer.status_code == 200 else []

    async def turn_clock(self, off: float) -> None:
        """Set its clock wrong."""
        await self.http.get("/drill/clock", params={"off": off})

    async def takes(self, token: str) -> bool | None:
        """Whether `/userinfo` answers to this token; None: nobody says."""
        try:
            answer = await self.http.get("/userinfo", headers={"Authorization": f"Bearer {token}"})
        except httpx2.TransportError:
            return None
        return {200: True, 401: False}.get(answer.status_code)


@contextmanager
def running(place: Place, pace: str, *, count: int, log: Path) -> Iterator[Sequence[Member]]:
    """So many workers, all of them ready."""
    members = [Member(place, pace, log) for _ in range(count)]
    try:
        for each in members:
            each.start()
        for each in members:
            _wait(each, log)
        yield members
    finally:
        for each in members:
            each.end()


def _wait(member: Member, log: Path) -> None:
    give_up_at = time.monotonic() + _PATIENCE
    with httpx2.Client(trust_env=False) as client:
        while True:
            try:
                address = f"http://127.0.0.1:{member.port}/readyz"
                if client.get(address, headers=dict(member.http.headers)).status_code == 200:
                    return
            except httpx2.TransportError:
                pass
            if time.monotonic() > give_up_at:
                raise RuntimeError(f"a worker did not start:\n{log.read_text()[-4000:]}")
            time.sleep(0.1)
