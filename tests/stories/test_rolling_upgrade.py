"""Two releases at once: the earlier runs on the later's schema, and logins cross between them.

The earlier release is the one before codes and pressure, out of the repository's own history.
"""

import asyncio
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from broker.dev.fresh import as_toml
from broker.settings.operating import StorageSettings
from broker.storage import migrate_storage
from broker.wiring.storage import storage_urls
from tests.faults.aftermath import alive_again, lost_links
from tests.faults.balancer import Balancer
from tests.faults.people import Person, Seen, Town
from tests.faults.stack import ROOT, Machine, emulators, somewhere, wait_until_open

EARLIER = "08cf87c"
LATER = {"verification", "outbound"}  # tables of the configuration that came after it
PREPARE = """
import asyncio, sys
from pathlib import Path
from tests.house import make_template
asyncio.run(make_template(Path(sys.argv[1])))
"""

pytestmark = pytest.mark.processes


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """The earlier release's files."""
    archive = subprocess.run(
        ["git", "archive", EARLIER, "broker", "providers", "linking", "keys", "tests"],
        cwd=ROOT, check=False, capture_output=True,
    )  # fmt: skip
    if archive.returncode != 0:
        pytest.skip("the history is not here: a shallow clone, or no repository")
    folder = tmp_path / "earlier"
    folder.mkdir()
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
    return folder


async def more_logins(seen: Seen, count: int) -> None:
    """Wait until so many more have come to their end."""
    reached = len(seen.linked)
    while len(seen.linked) < reached + count:
        await asyncio.sleep(0.1)


async def test_an_upgrade_costs_no_login(earlier: Path, tmp_path: Path) -> None:
    """Migrate under the earlier release, add the later one, take the earlier away."""
    storage = StorageSettings(database=f"sqlite:///{tmp_path}/farstu.db")
    settings, upstreams = somewhere(tmp_path, storage)
    urls = storage_urls(settings)
    prepare = [sys.executable, "-c", PREPARE, str(tmp_path)]
    await asyncio.to_thread(subprocess.run, prepare, cwd=earlier, check=True)
    file = tmp_path / "settings"
    settings.model_fields_set.difference_update(LATER)
    file.write_text(as_toml(settings))
    before = Machine(file, tmp_path / "log-1", tree=earlier)
    after = Machine(file, tmp_path / "log-2")
    balancer = Balancer(settings.issuer, [before.port, after.port])
    town, seen, over = Town(balancer, settings.issuer, upstreams), Seen(), asyncio.Event()
    with emulators(upstreams, settings.issuer, port=int(upstreams.rpartition(":")[2])):
        try:
            before.start()
            await asyncio.to_thread(wait_until_open, before.port)
            watching = asyncio.create_task(balancer.watch())
            await asyncio.sleep(0.5)
            people = [
                asyncio.create_task(Person(town, seen, provider).live(over))
                for provider in ("google", "microsoft", "yahoo")
            ]
            await asyncio.to_thread(lambda: asyncio.run(migrate_storage(*urls)))
            after.start()
            await asyncio.to_thread(wait_until_open, after.port)
            while not await balancer.is_ready(after.port):
                await asyncio.sleep(0.1)
            await more_logins(seen, 10)
            await asyncio.to_thread(before.stop, signal.SIGTERM)
            await more_logins(seen, 5)
            over.set()
            await asyncio.gather(*people)
            assert not seen.dead_ends
            assert seen.redeemed_twice == 0
            assert not {name for name in seen.troubles if "Error" not in name}
            assert await lost_links(town, seen) == 0
            assert await alive_again(town, seen) == 0
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
        finally:
            before.stop(signal.SIGKILL)
            after.stop(signal.SIGKILL)
            await balancer.aclose()
