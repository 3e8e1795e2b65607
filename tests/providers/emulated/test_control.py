"""The control endpoint: orders, what was received, and who may not use it."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests.providers.emulated.party import PROVIDERS, TOKEN, Party, read_query, read_token

MakeParty = Callable[[str], Party]


async def test_the_state_names_providers_people_and_faults(browser: httpx2.AsyncClient) -> None:
    """Everything that an order can name."""
    state = (await browser.get("/__control")).json()
    assert set(state["providers"]) == set(PROVIDERS)
    assert {"karin", "skurk"} <= {person["key"] for person in state["people"]}
    assert {"wrong_nonce", "slow"} <= {fault["name"] for fault in state["faults"]}


async def test_a_chosen_person_signs_in_once_without_a_page(party: MakeParty) -> None:
    """And the page is back for the next browser."""
    client = party("google")
    await client.order(person="nils")
    code = read_query(await client.authorize())["code"]
    claims = read_token((await client.redeem(code)).json()["id_token"])[1]
    assert claims["given_name"] == "Nils"
    client.browser.cookies.clear()
    assert (await client.authorize()).status_code == 200


async def test_auto_approve_can_bring_somebody_new_each_time(party: MakeParty) -> None:
    """For load tests: another subject at every login."""
    client = party("yahoo")
    await client.order(auto_approve="new")
    subjects = set()
    for _ in range(3):
        client.browser.cookies.clear()
        code = read_query(await client.authorize())["code"]
        subjects.add(read_token((await client.redeem(code)).json()["id_token"])[1]["sub"])
    assert len(subjects) == 3


async def test_a_chosen_person_does_not_break_silence(party: MakeParty) -> None:
    """`prompt=none` stays silent: nobody is there to click."""
    client = party("generic")
    await client.order(person="karin")
    assert read_query(await client.authorize(prompt="none"))["error"] == "login_required"


async def test_received_requests_are_listed_whole(party: MakeParty) -> None:
    """Query and form, in order, so that a test can look for what must not be there."""
    client = party("google")
    await client.get_tokens("karin")
    requests = (await client.browser.get("/__control/requests?provider=google")).json()
    asked = dict(requests[0]["query"])
    assert asked["code_challenge_method"] == "S256"
    token_call = next(one for one in requests if one["path"] == TOKEN["google"])
    assert token_call["query"] == []
    assert "client_secret" in dict(token_call["form"])


async def test_requests_of_other_providers_are_left_out(party: MakeParty) -> None:
    """The filter is by provider."""
    client = party("google")
    await client.authorize()
    assert (await client.browser.get("/__control/requests?provider=yahoo")).json() == []


async def test_received_requests_can_be_cleared(party: MakeParty) -> None:
    """So that a test looks at its own only."""
    client = party("google")
    await client.authorize()
    await client.order(clear_requests=True)
    assert (await client.browser.get("/__control/requests")).json() == []


async def test_reset_signs_everybody_out(party: MakeParty) -> None:
    """The page is shown again."""
    client = party("google")
    await client.sign_in("karin")
    await client.order(reset=True)
    assert (await client.authorize()).status_code == 200


async def test_the_clock_moves_what_tokens_say(party: MakeParty) -> None:
    """An hour ahead is an hour ahead."""
    client = party("google")
    before = (await client.get_claims("karin"))["iat"]
    await client.order(shift_clock=3600, reset=True)
    assert (await client.get_claims("karin"))["iat"] - before == 3600


@pytest.mark.parametrize(
    "order",
    [
        {"provider": "bankid"},
        {"person": "nobody"},
        {"faults": ["no_such_fault"]},
        {"faults": [{"name": "slow", "wrong": 1}]},
        {"unknown": 1},
        {"provider": "yahoo", "notify": {"kind": "deletion", "person": "karin"}},
        {"provider": "facebook", "notify": {"kind": "deletion", "person": "nobody"}},
        [],
    ],
)
async def test_orders_that_make_no_sense_are_refused(
    browser: httpx2.AsyncClient, order: Any
) -> None:
    """400, with a reason."""
    response = await browser.post("/__control", json=order)
    assert response.status_code == 400
    assert response.json()["error"]


async def test_a_refused_order_changes_nothing(party: MakeParty) -> None:
    """All is judged before anything is done."""
    client = party("google")
    body = {"provider": "google", "person": "karin", "faults": ["cancel", "no_such_fault"]}
    assert (await client.browser.post("/__control", json=body)).status_code == 400
    assert (await client.authorize()).status_code == 200


async def test_only_json_is_taken(browser: httpx2.AsyncClient) -> None:
    """A web page could send text/plain from a browser without asking; JSON it cannot."""
    response = await browser.post(
        "/__control", content=b'{"reset":true}', headers={"Content-Type": "text/plain"}
    )
    assert response.status_code == 415


async def test_other_host_names_are_refused(browser: httpx2.AsyncClient) -> None:
    """A name that somebody points at this machine opens nothing (DNS rebinding)."""
    response = await browser.get("/__control", headers={"Host": "evil.example"})
    assert response.status_code == 400
