"""My electricity company has a new computer, and now my customer number is another."""

import io

from broker.registers.lines import Source
from broker.registers.renumbering_outcomes import Renumbered
from broker.wiring.register import renumbering
from tests.house import TestHouse, register_csv
from tests.registering import import_register
from tests.stories.telling import entries_for, return_to
from tests.walking import sign_in, somebody_new, to_numbers, type_numbers


async def test_i_sign_in_as_always_and_the_portal_knows_me(house: TestHouse) -> None:
    """The portal sees the same customer, under the new number; so does who connects after me."""
    browser, me = house.browser(), somebody_new()
    [before] = await entries_for(house, (await sign_in(browser, me))["code"])

    text = b"company;old_number;new_number\nelnat;100245;700245\nelnat;100246;100245\n"
    outcome = await renumbering(house.settings, house.parts.storage, clock=house.clock).run(
        Source("map.csv", io.BytesIO(text), len(text)),
        dry_run=False,
        on_finding=lambda _: None,
        on_progress=lambda *_: None,
    )
    assert isinstance(outcome, Renumbered)
    [after] = await entries_for(house, (await return_to(browser))["code"])
    assert after["customer_number"] == "700245"
    assert {**after, "customer_number": ""} == {**before, "customer_number": ""}

    house.clock.advance(hours=1)
    customers, invoices = (
        text.replace(";100245;", ";700245;").replace(";100246;", ";100245;")
        for text in register_csv(house.clock)
    )
    await import_register(house.parts, customers, invoices)
    hers = house.browser()
    await to_numbers(hers, somebody_new())
    await type_numbers(hers, customer="700245")
    await hers.submit(action="/flow/done")
    [entry] = await entries_for(house, hers.query["code"])
    assert entry["customer"] == before["customer"]
