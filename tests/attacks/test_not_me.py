"""The address in a message: what cannot be done with it, with another, or without one."""

import asyncio

import pytest

from broker.endpoints.not_me import PATH
from tests.house import ISSUER, TestHouse
from tests.stories.messages import address_in_the_latest, notices, say_not_me
from tests.walking import BAD_REQUEST, page_number, sign_in, to_provider

ASKING, SAID, OVER = 50, 51, 52


async def connections(house: TestHouse) -> int:
    """How many are connected to the customer, helpers included."""
    storage, now = house.parts.storage, house.clock.now
    links = await storage.links.of_customers("elnat", ["100245"])
    helpers = await storage.delegations.of_customers("elnat", ["100245"], now=now)
    return len(links) + len(helpers)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"])
async def test_only_the_button_acts(house: TestHouse, method: str) -> None:
    """Programs that guard mailboxes open every address, some of them twice."""
    await sign_in(house.browser())
    address = await address_in_the_latest(house)
    async with house.client() as client:
        for _ in range(2):
            await client.request(method, address)
    assert await connections(house) == 1
    assert await house.parts.storage.guards.since("elnat", "100245") is None
    assert page_number(await house.browser().go(address)) == ASKING


async def test_twice_is_once(house: TestHouse) -> None:
    """The second press, the reloaded page and the copied form change nothing; they say when."""
    await sign_in(house.browser())
    address = await address_in_the_latest(house)
    first = await house.browser().go(address)
    second = await house.browser().go(address)
    await first.submit(action=PATH)
    since = await house.parts.storage.guards.since("elnat", "100245")
    house.clock.advance(days=1)
    await second.submit(action=PATH)
    assert page_number(first) == page_number(second) == SAID
    assert page_number(await house.browser().go(address)) == SAID
    assert await house.parts.storage.guards.since("elnat", "100245") == since
    said = [each async for each in house.parts.storage.audit.read() if each.event.kind == "not_me"]
    assert len(said) == 1


async def test_a_used_token_guards_nobody_anew(house: TestHouse) -> None:
    """After customer service has lifted it, the old address is worth nothing."""
    await sign_in(house.browser())
    browser = await house.browser().go(await address_in_the_latest(house))
    form = browser.forms[0].fields
    await say_not_me(house)
    [customer] = (await house.parts.storage.numbers.known("elnat", ["100245"])).values()
    assert await house.parts.storage.guards.lift(customer)
    async with house.client() as client:
        await client.post(PATH, data=form, headers={"origin": ISSUER})
    assert await house.parts.storage.guards.since("elnat", "100245") is None


async def test_a_token_ends_its_own_link_alone(house: TestHouse) -> None:
    """The first's token leaves the second, and the other way round."""
    await sign_in(house.browser(), "load-9001")
    first = await address_in_the_latest(house)
    house.clock.advance(seconds=1)
    await sign_in(house.browser(), "load-9002")
    await (await house.browser().go(first)).submit(action=PATH)
    assert await connections(house) == 1
    [link] = await house.parts.storage.links.of_customers("elnat", ["100245"])
    [_, (_, notice)] = await notices(house)
    assert link.id == notice.facts["link"]


@pytest.mark.parametrize(
    "token", ["", "x", "A" * 43, "å", "%00", "../../x", "'; --", "l_1", "A" * 4000]
)
async def test_a_token_that_is_made_up(house: TestHouse, token: str) -> None:
    """Is told kindly that it is none; the telephone numbers stand there."""
    await sign_in(house.browser())
    async with house.client() as client:
        answer = await client.get(PATH, params={"t": token})
    assert answer.status_code == 404
    assert page_number(answer) == OVER
    assert "08-465 004 00" in answer.text


async def test_what_is_kept_is_no_token(house: TestHouse) -> None:
    """The database holds its hash, and neither opens the page."""
    await sign_in(house.browser())
    address = await address_in_the_latest(house)
    token = address.partition("t=")[2]
    file = (house.settings.storage.database).removeprefix("sqlite:///")
    with open(file, "rb") as database:  # noqa: ASYNC230, PTH123 - a test looks once
        content = database.read()
    with open(f"{file}-wal", "rb") as journal:  # noqa: ASYNC230, PTH123
        content += journal.read()
    assert token.encode() not in content
    from linking.newcomers.telling import token_hash  # noqa: PLC0415

    assert token_hash(token) in content
    async with house.client() as client:
        answer = await client.get(PATH, params={"t": token_hash(token).hex()})
    assert answer.status_code == 404


async def test_after_thirty_days_it_is_the_telephone(house: TestHouse) -> None:
    """Also for a page that was open all the time."""
    await sign_in(house.browser())
    address = await address_in_the_latest(house)
    browser = await house.browser().go(address)
    house.clock.advance(days=30)
    late = await house.browser().go(address)
    assert (late.page.status_code, page_number(late)) == (410, OVER)
    await browser.submit(action=PATH)
    assert await connections(house) == 1


async def test_a_link_that_ended_by_itself_still_burns_its_paper(house: TestHouse) -> None:
    """The thief had themself forgotten: the paper is in their hands all the same."""
    await sign_in(house.browser())
    storage = house.parts.storage
    [link] = await storage.links.of_customers("elnat", ["100245"])
    await storage.links.end(link.id, at=house.clock.now, reason="person_erased")
    assert page_number(await say_not_me(house)) == SAID
    assert await storage.guards.since("elnat", "100245") == house.clock.now


FOREIGN = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_no_other_site_presses_the_button(house: TestHouse, headers: dict[str, str]) -> None:
    """Not even one that knows the ticket."""
    await sign_in(house.browser())
    browser = await house.browser().go(await address_in_the_latest(house))
    async with house.client() as client:
        answer = await client.post(PATH, data=browser.forms[0].fields, headers=headers)
    assert (answer.status_code, page_number(answer)) == (400, BAD_REQUEST)
    assert await connections(house) == 1


@pytest.mark.parametrize("ticket", ["", "x", "a.b.c"])
async def test_without_its_ticket_nothing_is_pressed(house: TestHouse, ticket: str) -> None:
    """A token in the form is not enough; a ticket of another form is none."""
    await sign_in(house.browser())
    token = (await address_in_the_latest(house)).partition("t=")[2]
    flow = (await to_provider(house.browser())).url
    async with house.client() as client:
        for each in (ticket, token, flow.partition("t=")[2]):
            form = {"ticket": each, "t": token}
            answer = await client.post(PATH, data=form, headers={"origin": ISSUER})
            assert (answer.status_code, page_number(answer)) == (400, BAD_REQUEST)
    assert await connections(house) == 1


async def test_a_link_from_a_form_ends_only_what_its_person_is_told_of(house: TestHouse) -> None:
    """`/flow/done` with somebody else's link: nobody is ended, and the page comes again."""
    await sign_in(house.browser(), "load-9001")
    house.clock.advance(seconds=1)
    await sign_in(house.browser(), "load-9002")
    links = await house.parts.storage.links.of_customers("elnat", ["100245"])
    mine = next(each for each in links if each.linked_at == min(x.linked_at for x in links))
    browser = await to_provider(house.browser())
    await browser.submit(person="load-9001")
    for link in (mine.id, "l_nobodys", "", "l_1 l_2"):
        await browser.submit(action="/flow/done", unknown=link, seen=link)
        assert browser.path == "/flow/done"
    assert await connections(house) == 2


async def test_many_presses_at_once_are_one(house: TestHouse) -> None:
    """From as many windows: one of them acts, all of them say so."""
    await sign_in(house.browser())
    browser = await house.browser().go(await address_in_the_latest(house))
    form = browser.forms[0].fields
    async with house.client() as client:
        answers = await asyncio.gather(
            *(client.post(PATH, data=form, headers={"origin": ISSUER}) for _ in range(10))
        )
    assert {answer.status_code for answer in answers} == {303}
    said = [each async for each in house.parts.storage.audit.read() if each.event.kind == "not_me"]
    assert len(said) == 1


async def test_no_log_line_has_the_token(
    house: TestHouse, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither when it is looked at, nor used, nor refused."""
    await sign_in(house.browser())
    address = await address_in_the_latest(house)
    await say_not_me(house)
    await house.browser().go(address)
    async with house.client() as client:
        await client.post(address, data={"ticket": address.partition("t=")[2]})
    said = capsys.readouterr()
    assert "not_me_said" in said.out
    assert address.partition("t=")[2] not in said.out + said.err
