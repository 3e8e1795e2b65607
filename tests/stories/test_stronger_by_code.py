"""I came in with an invoice, and want to change my contact details: that takes a code."""

from tests.browsing import Browser
from tests.house import ISSUER, PORTAL, TestHouse
from tests.stories.telling import in_shared_house, let_pass, words
from tests.stories.test_no_invoice_at_hand import sent
from tests.walking import page_number, sign_in, somebody_new

CODE, ASK, TAKEN, NOBODY = 15, 16, 58, 59
ADDRESS = f"{ISSUER}/account/code"


async def signed_in(house: TestHouse, **changes: str) -> Browser:
    """Me, after a first login with an invoice."""
    browser = house.browser()
    await sign_in(browser, somebody_new(), **changes)
    return browser


async def test_i_ask_for_a_code_and_can_do_everything(house: TestHouse) -> None:
    """Signed in as I am, without any portal in between."""
    me = await signed_in(house)
    await me.go(ADDRESS)
    assert page_number(me) == CODE
    await me.submit(action="/account/code", ask="yes")
    assert page_number(me) == ASK
    assert f"{ADDRESS}" in me.links
    await me.submit(action="/account/ask", customer_number="100245")
    assert ADDRESS in me.links
    assert "logga in igen" not in words(me)
    (message,) = await sent(house)

    await me.submit(action="/account/code", customer_number="100245", code=message["code"])

    assert page_number(me) == TAKEN
    assert "Från och med nu kan du göra allt hos Elnat" in words(me)
    assert PORTAL in me.links
    (link,) = await house.parts.storage.links.of_customers("elnat", ["100245"])
    assert link.proof == "code"

    await me.go(ADDRESS)
    assert "Du kan redan göra allt" in words(me)
    assert not me.forms
    await me.go(next(each for each in me.links if "more=yes" in each))
    assert page_number(me) == CODE


async def test_signed_out_i_am_told_where_to_come_back_to(house: TestHouse) -> None:
    """By the address, since the page will be gone."""
    me = await house.browser().go(ADDRESS)
    assert page_number(me) == NOBODY
    assert f"kom sedan tillbaka hit: {ADDRESS}" in words(me)


async def test_a_wrong_code_changes_nothing(house: TestHouse) -> None:
    """The same answer as everywhere; my link stays as it is."""
    me = await signed_in(house)
    await me.go(ADDRESS)
    await me.submit(action="/account/code", customer_number="100245", code="0000-0000-0000")
    assert (me.page.status_code, page_number(me)) == (422, CODE)
    (link,) = await house.parts.storage.links.of_customers("elnat", ["100245"])
    assert link.proof == "invoice"


async def test_after_many_wrong_ones_i_wait(house: TestHouse) -> None:
    """By the clock on the wall; my sign-in stays."""
    me = await signed_in(house)
    await me.go(ADDRESS)
    for _ in range(7):
        await me.submit(action="/account/code", customer_number="100245", code="0000-0000-0000")
    assert me.page.status_code == 429
    assert "Du är inte utelåst" in words(me)
    let_pass(house, seconds=30)
    await me.submit(action="/account/code", customer_number="100245", code="0000-0000-0000")
    assert me.page.status_code == 422


@in_shared_house
async def test_without_signing_in_i_am_told_where(shared_house: TestHouse) -> None:
    """The doors to the portals."""
    stranger = shared_house.browser()
    for page in ("code", "ask"):
        await stranger.go(f"{ISSUER}/account/{page}")
        assert page_number(stranger) == NOBODY
    assert PORTAL in stranger.links


@in_shared_house
async def test_who_only_helps_has_no_use_for_it(shared_house: TestHouse) -> None:
    """What a helper may do is the customer's to say."""
    me = await signed_in(shared_house, whose="helping")
    await me.go(ADDRESS)
    assert page_number(me) == NOBODY
    assert "inte kopplat till något eget kundnummer" in words(me)


@in_shared_house
async def test_a_form_of_another_session_is_refused(shared_house: TestHouse) -> None:
    """Nor one without a ticket, nor one that another site posts."""
    me, other = await signed_in(shared_house), await signed_in(shared_house)
    await other.go(ADDRESS)
    ticket = other.forms[0].fields["ticket"]
    await me.go(ADDRESS)
    typed = {"customer_number": "100245", "code": "0000-0000-0000"}
    for fields, headers in (
        ({"ticket": ticket}, {}),
        ({"ticket": ""}, {}),
        ({"ticket": me.forms[0].fields["ticket"]}, {"Origin": "https://evil.example"}),
    ):
        response = await me.client.post(ADDRESS, data=typed | fields, headers=headers)
        assert response.status_code in {400, 403}
