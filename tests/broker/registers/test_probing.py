"""A master key that was written wrongly under its old name does not seal a register."""

from msgspec.structs import replace

from broker.registers.guards import Objection
from broker.registers.importing import Imported
from tests.broker.registers.desk import Desk
from tests.broker.registers.test_importing import population, refusals


async def test_another_master_key_under_the_old_name_is_refused(desk: Desk) -> None:
    """All contacts would be sealed with it, and the right one, put back, would open none."""
    await desk.run(population(3))
    desk.master_keys["2026"] = bytes(32)
    for mode in ({}, {"force": True}, {"dry_run": True}):
        assert refusals(await desk.run(population(3), **mode)) == [Objection.OTHER_MASTER_KEY]
    desk.master_keys["2026"] = bytes(range(32))
    assert isinstance(await desk.run(population(3)), Imported)


async def test_a_master_key_that_is_lost_gives_way_to_one_with_a_later_name(desk: Desk) -> None:
    """What the lost one sealed is sealed anew, and that is how it is got rid of."""
    await desk.run(population(3))
    desk.master_keys = {"2027": bytes(32)}
    assert isinstance(await desk.run(population(3)), Imported)


async def test_one_contact_that_opens_is_enough(desk: Desk) -> None:
    """A row that is damaged says nothing of the key."""
    await desk.run(population(3))
    rows = desk.index.customer_rows[desk.index.pointer["elnat"]]
    key = min(rows)
    rows[key] = replace(rows[key], sealed_contact=rows[key].sealed_contact[:-1])
    assert isinstance(await desk.run(population(3)), Imported)
