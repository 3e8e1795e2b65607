"""Requirements 100 to 102: a wrong pair gets one answer, whatever was wrong with it."""

import re

import httpx2
import pytest

from tests.house import TestHouse
from tests.walking import somebody_new, to_numbers, type_numbers

pytestmark = pytest.mark.asyncio(loop_scope="session")

WRONG_PAIRS = {
    "an unknown customer": ("109999", "1007001"),
    "an unknown customer and invoice": ("109999", "1009999"),
    "a customer, an unknown invoice": ("100245", "1009999"),
    "a customer, another customer's invoice": ("100245", "1007002"),
    "a customer, another company's invoice": ("100245", "2007001"),
    "another company's pair": ("200245", "2007001"),
    "too old an invoice": ("100304", "1007014"),
    "a protected identity": ("100301", "1007011"),
    "a deceased customer": ("100302", "1007012"),
    "an organisation": ("100300", "1007010"),
    "a customer who has moved": ("100303", "1007013"),
}
VOLATILE = {"x-request-id", "date"}


def _comparable(answer: httpx2.Response, typed: tuple[str, str]) -> tuple[int, object, str]:
    """The answer without its tickets and without what was typed."""
    body = re.sub(r'(name="ticket" value="|[?;]t=)[A-Za-z0-9_.-]+', r"\1", answer.text)
    for number in typed:
        body = body.replace(number, "#" * len(number))
    headers = {k: v for k, v in answer.headers.items() if k not in VOLATILE}
    return answer.status_code, headers, body


@pytest.mark.parametrize("typed", WRONG_PAIRS.values(), ids=WRONG_PAIRS)
async def test_every_wrong_pair_has_the_same_answer(
    shared_house: TestHouse, typed: tuple[str, str]
) -> None:
    """Status, headers and words are those of the pair of which nothing exists (101)."""
    nothing = ("109998", "1009998")
    first = await type_numbers(await to_numbers(shared_house.browser()), *nothing)
    other = await type_numbers(await to_numbers(shared_house.browser()), *typed)
    assert other.page.status_code == 422
    assert _comparable(other.page, typed) == _comparable(first.page, nothing)


@pytest.mark.parametrize("typed", WRONG_PAIRS.values(), ids=WRONG_PAIRS)
async def test_the_failure_that_begins_a_wait_is_told_alike(
    house: TestHouse, typed: tuple[str, str]
) -> None:
    """Of one's own failures alone: the wait begins whatever was wrong with the sixth of them."""
    nothing, answers = ("109998", "1009998"), []
    for pair in (nothing, typed):
        browser = await to_numbers(house.browser(), somebody_new())
        for _ in range(5):
            await type_numbers(browser, *nothing)
        answers.append(_comparable((await type_numbers(browser, *pair)).page, pair))
    bodies = [re.sub(r"V-\w{4}-\w{4}", "", body) for _, _, body in answers]
    clocks = [re.sub(r'datetime="[^"]*">[0-9.]+<', "<", body) for body in bodies]
    assert "om 30 sekunder" in clocks[0]
    assert clocks[0] == clocks[1]
    assert [each[0] for each in answers] == [422, 422]
    sizes = [dict(headers)["content-length"] for _, headers, _ in answers]  # type: ignore[call-overload]
    assert sizes[0] == sizes[1]


@pytest.mark.parametrize("whose", ["mine", "helping"])
async def test_somebody_elses_customer_is_no_different(shared_house: TestHouse, whose: str) -> None:
    """A customer to whom somebody is linked already: a wrong invoice says nothing new (98)."""
    linked = await to_numbers(shared_house.browser())
    await type_numbers(linked, "100246", "1007002")
    assert linked.path == "/flow/done"
    answers = []
    for typed in (("100246", "1009997"), ("109997", "1009997")):
        browser = await to_numbers(shared_house.browser(), whose=whose)
        answers.append(_comparable((await type_numbers(browser, *typed)).page, typed))
    assert answers[0] == answers[1]


async def test_a_true_pair_links_whoever_is_linked_already(shared_house: TestHouse) -> None:
    """A second member of the household, and whoever comes after an impostor (96)."""
    for _ in range(3):
        browser = await type_numbers(await to_numbers(shared_house.browser(), somebody_new()))
        assert browser.path == "/flow/done"


async def test_numbers_stand_in_no_address(shared_house: TestHouse) -> None:
    """Neither after a failure nor after a success (102)."""
    browser = await to_numbers(shared_house.browser())
    await type_numbers(browser, "100245", "1009999")
    hops = list(browser.hops)
    await type_numbers(browser)
    hops += browser.hops
    await browser.submit(action="/flow/done")
    hops += browser.hops
    assert not [hop for hop in hops if "100245" in hop or "1007001" in hop]
    async with shared_house.client() as client:
        answer = await client.get("/flow/verify?customer_number=100245&invoice_number=1007001")
    assert answer.status_code == 400
    assert "100245" not in re.sub(r'href="[^"]*"', "", answer.text)
