"""Wishes whose key is not there: told apart, so that they stand before nobody."""

from datetime import timedelta

from broker.sealed import Vault
from broker.storage import open_storage
from broker.storage.sql.codes import SqlCodeStore
from linking.codes.ports import Waiting
from tests.contracts.samples import NOW, Clock, wish

OLD, NEW = Vault({"old": bytes(32)}), Vault({"new": bytes(range(32))})


async def test_wishes_that_do_not_open_are_told_apart() -> None:
    """By their ids: they can be put off."""
    async with open_storage(
        "sqlite://",
        "sqlite://",
        seal=OLD.seal,
        open_sealed=OLD.open,
        new_id=lambda prefix: prefix,
        clock=Clock(),
    ) as storage:
        await storage.codes.wish(wish("w1"), customer_tag=b"1", asker_tag=b"me")
        codes = SqlCodeStore(storage.transaction, seal=NEW.seal, open_sealed=NEW.open)
        await codes.wish(wish("w2"), customer_tag=b"2", asker_tag=b"me")
        waiting = await codes.wishes(now=NOW, limit=10)
        assert waiting == Waiting((wish("w2"),), ("w1",))
        await codes.put_off(waiting.unopened, until=NOW + timedelta(minutes=1))
        assert await codes.wishes(now=NOW, limit=1) == Waiting((wish("w2"),))
