"""A worker is counted from before it has seen the ring until it ends."""

from pathlib import Path

from broker.app.pace import EVERYDAY
from broker.app.presence import present
from broker.storage import migrate_storage
from broker.wiring.secret_prints import master_marks
from keys import CLOCKS
from tests.contracts.workers import URLs, opened
from tests.house import a_key, settings_for


async def test_who_has_seen_no_key_yet_publishes_nothing(tmp_path: Path) -> None:
    """A key that is announced while it starts waits for it; when it has ended, none does."""
    settings, urls = settings_for(tmp_path), URLs.within(tmp_path)
    await migrate_storage(*urls)
    async with opened(urls) as storage:
        async with present(settings, storage, CLOCKS, EVERYDAY) as presence:
            assert await storage.workers.behind() == [presence.name]
            assert presence.counted.holds
            assert not presence.lease.holds
        assert await storage.workers.alive() == []


async def test_it_tells_which_master_keys_it_has(tmp_path: Path) -> None:
    """By a mark of each, which is another one for other bytes under the same name."""
    settings, urls = settings_for(tmp_path), URLs.within(tmp_path)
    await migrate_storage(*urls)
    both = {"m1": a_key("master"), "m2": a_key("new")}
    settings.secrets.master_keys.update(both)
    newest, older = master_marks(settings)
    settings.secrets.master_keys["m2"] = a_key("other")
    other, _ = master_marks(settings)
    settings.secrets.master_keys.update(both)
    async with opened(urls) as storage, present(settings, storage, CLOCKS, EVERYDAY) as presence:
        assert await storage.workers.without(newest) == []
        assert await storage.workers.without(older) == []
        assert await storage.workers.without(other) == [presence.name]
    assert newest.startswith("m2 ")
    assert both["m2"].get_secret_value() not in newest
