"""I have typed wrong numbers until I have to wait, and call customer service."""

import re

import pytest
from structlog.testing import capture_logs

from broker.storage.journal import AuditJournal
from broker.wiring.desk import clearing, connections, unlinking
from linking import Clearing
from tests.browsing import Browser
from tests.house import ISSUER, TestHouse
from tests.stories.telling import redeem_for, return_to, words
from tests.walking import (
    WAIT,
    ask_userinfo,
    page_number,
    sign_in,
    somebody_new,
    to_first_question,
    to_numbers,
    type_numbers,
)

DONE = 6


def desk(house: TestHouse) -> Clearing:
    """What customer service has."""
    storage = house.parts.storage
    return clearing(house.settings, storage, AuditJournal(storage.audit, actor="operator"))


def read_aloud(browser: Browser) -> str:
    """What the page says to say."""
    said = words(browser)
    found = re.search(r"Om du ringer oss, säg [^:]+: (V-\w{4}-\w{4})", said)
    assert found is not None, said
    return found[1]


async def fail_until_waiting(browser: Browser) -> None:
    """Six wrong ones, and one more."""
    for number in range(7):
        await type_numbers(browser, "100245", str(1009000 + 200 * number))
    assert page_number(browser) == WAIT


async def test_i_read_a_reference_aloud_and_may_try_at_once(house: TestHouse) -> None:
    """Nobody asks who I am at the provider; my right numbers are right at once."""
    browser = await to_numbers(house.browser(), somebody_new())
    await fail_until_waiting(browser)

    waiting = await desk(house).of_reference(read_aloud(browser), now=house.clock.now)
    assert waiting is not None
    assert (waiting.person, waiting.failures) == (None, 6)
    await desk(house).clear(waiting, now=house.clock.now, reason="is on the phone")

    await type_numbers(browser)
    assert page_number(browser) == DONE


async def test_it_is_the_same_reference_in_any_browser(house: TestHouse) -> None:
    """It belongs to my account; somebody else has another."""
    me = somebody_new()
    references = []
    for person in (me, me, somebody_new()):
        browser = await to_numbers(house.browser(), person)
        if person == me and references:
            await type_numbers(browser)
        else:
            await fail_until_waiting(browser)
        references.append(read_aloud(browser))
    assert references[0] == references[1] != references[2]


async def test_where_codes_are_typed_the_pause_has_it_too(house: TestHouse) -> None:
    """Also for somebody who has a letter and bad eyes."""
    browser = await to_first_question(house.browser(), somebody_new())
    await browser.submit(action="/flow/new", answer="code")
    await browser.submit(action="/flow/whose", whose="mine")
    for _ in range(7):
        await browser.submit(action="/flow/code", customer_number="100245", code="000000000000")
    assert read_aloud(browser).startswith("V-")


async def test_where_a_code_makes_my_link_stronger_too(house: TestHouse) -> None:
    """Signed in already, outside any login; operators see the tries there as well."""
    browser = house.browser()
    await sign_in(browser, somebody_new())
    await browser.go(f"{ISSUER}/account/code")
    with capture_logs() as lines:
        for _ in range(7):
            fields = {"customer_number": "100245", "code": "000000000000"}
            await browser.submit(action="/account/code", **fields)
    assert read_aloud(browser).startswith("V-")
    tried = [line for line in lines if line["event"] == "verification_tried"]
    assert [(each["outcome"], each["evidence"]) for each in tried] == [
        *[("no_match", "code")] * 6,
        ("wait", "code"),
    ]


@pytest.mark.parametrize("failures", [0, 5])
async def test_nobody_else_sees_a_reference(house: TestHouse, failures: int) -> None:
    """Neither the empty form nor one that did not match has one."""
    browser = await to_numbers(house.browser(), somebody_new())
    for number in range(failures):
        await type_numbers(browser, "100245", str(1009000 + 200 * number))
    assert "V-" not in words(browser)


async def test_somebody_is_connected_who_should_not_be(house: TestHouse) -> None:
    """Customer service ends it: their token says nothing more, and they start from nothing."""
    person, browser = somebody_new(), house.browser()
    token = (await redeem_for(house, (await sign_in(browser, person))["code"]))["access_token"]
    assert (await ask_userinfo(house, token)).status_code == 200
    storage = house.parts.storage
    [found] = await connections(storage).of_customer("elnat", "100245", now=house.clock.now)

    use = unlinking(storage, AuditJournal(storage.audit, actor="operator"))
    await use.unlink(found.id, now=house.clock.now, reason="customer does not know them")

    assert (await ask_userinfo(house, token)).status_code == 401
    again = house.browser()
    await return_to(again, person=person)
    assert again.path == "/flow/new"
