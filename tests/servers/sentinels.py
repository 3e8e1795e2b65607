"""Redis as it is run where it must not be missed: a master, a replica, three sentinels."""

import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.redis import RedisServer, redis_server

_NAME = "main"
_PATIENCE = 60.0


@dataclass
class Watched:
    """`sentinels` look after two servers; which of them is the master changes."""

    servers: list[RedisServer]
    sentinels: list[RedisServer]

    @property
    def url(self) -> str:
        """The address as the storage takes it."""
        nodes = ",".join(f"127.0.0.1:{each.port}" for each in self.sentinels)
        return f"redis+sentinel://{nodes}/{_NAME}/0"

    @property
    def master(self) -> RedisServer:
        """Whom the last sentinel names: that one is never stopped."""
        port = leads_to(self.sentinels[-1])
        return next(each for each in self.servers if each.port == port)

    @property
    def replica(self) -> RedisServer:
        """The other one."""
        master = self.master
        return next(each for each in self.servers if each is not master)

    def cut_off(self) -> None:
        """Let the replica hear nothing more of its master: it begins to lag."""
        self.replica.client().config_set("masterauth", "of-nobody")
        self.master.client().execute_command("CLIENT KILL TYPE replica")

    def kill_master(self) -> None:
        """Kill it, and wait until the other one has taken its place."""
        old, new = self.master, self.replica
        old.stop(signal.SIGKILL)
        wait_for(lambda: self.master is new and _role(new) == "master")
        new.client().config_set("masterauth", "")

    def stop_machine(self) -> None:
        """Let master and first sentinel stop in their tracks, as when their machine hangs."""
        new = self.replica
        for each in (self.master, self.sentinels[0]):
            each.tell(signal.SIGSTOP)
        wait_for(lambda: self.master is new and _role(new) == "master")

    def continue_machine(self) -> None:
        """Let them go on as if nothing had been: for some seconds there are two masters."""
        for each in (self.sentinels[0], self.replica):
            each.tell(signal.SIGCONT)

    def wait_until_one_master(self) -> None:
        """Until the sentinels have made the old master follow the new one."""
        wait_for(lambda: _role(self.replica) == "slave")


@contextmanager
def watched(*, down_after: int = 1000) -> Iterator[Watched]:
    """All of it, while the context lasts. `down_after` is in milliseconds."""
    with ExitStack() as stack:
        master = stack.enter_context(redis_server("--appendonly", "no"))
        replica = stack.enter_context(redis_server("--replicaof", f"127.0.0.1 {master.port}"))
        sentinels = [
            stack.enter_context(sentinel(stack, master, quorum=2, down_after=down_after))
            for _ in range(3)
        ]
        for each in sentinels:
            wait_for(lambda each=each: _knows_all(each))  # type: ignore[misc]
        wait_for(lambda: master.client().info("replication")["slave0"]["state"] == "online")
        yield Watched([master, replica], sentinels)


@contextmanager
def sentinel(
    stack: ExitStack, master: RedisServer, *, quorum: int = 1, down_after: int = 30_000
) -> Iterator[RedisServer]:
    """A sentinel that looks after this master."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    config = folder / "sentinel.conf"
    config.write_text(
        f"sentinel monitor {_NAME} 127.0.0.1 {master.port} {quorum}\n"
        f"sentinel down-after-milliseconds {_NAME} {down_after}\n"
        f"sentinel failover-timeout {_NAME} 10000\n"
    )
    with redis_server(str(config), "--sentinel") as server:
        yield server


def leads_to(server: RedisServer) -> int:
    """The port of the master that this sentinel names."""
    _, port = server.client().execute_command(f"SENTINEL GET-MASTER-ADDR-BY-NAME {_NAME}")
    return int(port)


def wait_for(holds: Callable[[], object]) -> None:
    """Give servers some time among themselves."""
    give_up_at = time.monotonic() + _PATIENCE
    while not holds():
        if time.monotonic() > give_up_at:
            raise RuntimeError("the servers did not come to terms")
        time.sleep(0.05)


def _role(server: RedisServer) -> str:
    role: str = server.client().info("replication")["role"]
    return role


def _knows_all(server: RedisServer) -> bool:
    found = server.client().sentinel_master(_NAME)
    return int(found["num-slaves"]) == 1 and int(found["num-other-sentinels"]) == 2
