"""Codes of a number: whether one holds, and their end when the number is another's."""

from datetime import timedelta

from linking import CodeKeys, HeldCodes
from linking.codes.sending import Medium
from tests.linking.fakes import CODE_KEYS, NOW, World

NUMBERS = ("100423", "100977")


async def asked_for(world: World) -> str:
    """The code of 100423, as it was sent; a wish for each of the two waits."""
    await world.codes.ask(["elnat"], NUMBERS[0], Medium.MESSAGE, now=NOW)
    await world.codes.send_wished(NOW)
    for number in NUMBERS:
        await world.codes.ask(["elnat"], number, Medium.MESSAGE, now=NOW)
    return world.store.told[-1][3]["code"]


async def test_a_code_holds_for_its_own_number_until_its_end() -> None:
    """Written in groups, as messages have it."""
    world = World()
    held, code = HeldCodes(world.code_store, CODE_KEYS), await asked_for(world)
    assert await held.hold("elnat", NUMBERS[0], code, now=NOW)
    assert not await held.hold("varme", NUMBERS[0], code, now=NOW)
    assert not await held.hold("elnat", NUMBERS[1], code, now=NOW)
    assert not await held.hold("elnat", NUMBERS[0], code, now=NOW + timedelta(hours=24))


async def test_voided_numbers_have_nothing_left() -> None:
    """Neither code, nor wish, nor a count of sendings."""
    world = World()
    held, code = HeldCodes(world.code_store, CODE_KEYS), await asked_for(world)
    await held.void("elnat", ["100423", "200423"])
    assert not await held.hold("elnat", NUMBERS[0], code, now=NOW)
    store = world.code_store
    assert [each.wish.number for each in store.wished.values()] == [NUMBERS[1]]
    assert (store.issued, store.sendings) == ({}, [])


async def test_what_an_earlier_key_hid_is_voided_too() -> None:
    """As long as that key is configured."""
    world = World()
    code = await asked_for(world)
    keys = CodeKeys(lambda text: [b"new " + text.encode(), *CODE_KEYS.tags(text)])
    held = HeldCodes(world.code_store, keys)
    assert await held.hold("elnat", NUMBERS[0], code, now=NOW)
    await held.void("elnat", NUMBERS)
    assert world.code_store.issued == {}
