"""The example API: what a resource server has to check, and what it may show."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import httpx2
import pytest
from joserfc.jwk import ECKey

from broker.dev.api import Door, Invoice, IssuerKeys, Use, build
from tests.broker.dev.issuer import AUDIENCE, ISSUER, KAI, Issuer

NEW_YEAR = date(2026, 1, 1)


class Books:
    """Two invoices and forty days of two facilities, for whoever is asked about."""

    def invoices(self, _company: str, customer_number: str) -> list[Invoice]:
        days = (date(2026, 2, 1), date(2025, 2, 1))
        return [
            Invoice(
                f"i_{customer_number}_{day.year}", "4100", "41008", day, day, "10.00", paid=True
            )
            for day in days
        ]

    def consumption(self, _company: str, _customer_number: str) -> list[Use]:
        return [
            Use(facility, facility.upper(), NEW_YEAR + timedelta(days=day), 1.0)
            for facility in ("f1", "f2")
            for day in range(40)
        ]


@pytest.fixture
def keys(issuer: Issuer) -> IssuerKeys:
    """The API's view of the issuer, on the issuer's clock."""
    return IssuerKeys(ISSUER, issuer.transport, clock=lambda: issuer.now)


@pytest.fixture
async def client(keys: IssuerKeys) -> AsyncIterator[httpx2.AsyncClient]:
    """The API of one company."""
    app = build([Door(keys, AUDIENCE, "elnat")], Books())
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://api.example") as http:
        yield http


async def ask(client: httpx2.AsyncClient, token: str, path: str = "/elnat/invoices") -> Any:
    """Ask with a token."""
    return await client.get(path, headers={"Authorization": f"Bearer {token}"})


async def test_a_good_token_opens_its_customers_invoices(
    client: httpx2.AsyncClient, issuer: Issuer
) -> None:
    """Every invoice of the token's customer, each naming the customer by its opaque id."""
    answer = await ask(client, issuer.token())
    assert answer.status_code == 200
    assert [one["id"] for one in answer.json()["invoices"]] == ["i_100423_2026", "i_100423_2025"]
    assert {one["customer"] for one in answer.json()["invoices"]} == {"c_kai"}
    assert answer.headers["cache-control"] == "no-store"


async def test_without_a_token_no_error_code_is_told(client: httpx2.AsyncClient) -> None:
    """RFC 6750 section 3.1: nothing was tried, so nothing is said but the scheme."""
    answer = await client.get("/elnat/invoices")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="customers"'


@pytest.mark.parametrize(
    "token",
    [
        {"header": {"typ": "JWT"}},
        {"header": {"kid": "another"}},
        {"key": ECKey.generate_key("P-256", {"kid": "k1"})},
        {"iss": "http://localhost:9000"},
        {"iss": None},
        {"aud": "http://localhost:8002/api/elhandel"},
        {"aud": [AUDIENCE, "http://localhost:8002/api/elhandel"]},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"nbf": 4_000_000_000},
        {"iat": 4_000_000_000, "exp": 4_000_000_600},
    ],
    ids=lambda changes: f"{next(iter(changes))}-{next(iter(changes.values()))}"[:40],
)
async def test_a_token_that_is_wrong_anywhere_opens_nothing(
    client: httpx2.AsyncClient, issuer: Issuer, token: dict[str, Any]
) -> None:
    """Type, key, signature, issuer, audience and times: each alone is enough to refuse."""
    answer = await ask(client, issuer.token(**token))
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    "token", ["", "x", "a.b.c", "e30.e30.", "W10.e30.e30", "ä.b.c", "a" * 20_000]
)
async def test_rubbish_is_refused_like_a_bad_token(client: httpx2.AsyncClient, token: str) -> None:
    """Whatever stands where a token should: 401, never a fault of ours."""
    header = b"Bearer " + token.encode()
    answer = await client.get("/elnat/invoices", headers=[(b"authorization", header)])
    assert answer.status_code == 401


async def test_an_unsigned_token_is_refused(client: httpx2.AsyncClient, issuer: Issuer) -> None:
    """`alg: none` is no signature (RFC 8725 section 2.1)."""
    header = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0Iiwia2lkIjoiazEifQ"
    payload = issuer.token().split(".")[1]
    assert (await ask(client, f"{header}.{payload}.")).status_code == 401


async def test_two_authorization_headers_are_a_bad_request(
    client: httpx2.AsyncClient, issuer: Issuer
) -> None:
    """Which of them is meant is not ours to guess."""
    bearer = ("Authorization", f"Bearer {issuer.token()}")
    answer = await client.get("/elnat/invoices", headers=[bearer, bearer])
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_a_missing_scope_is_named(client: httpx2.AsyncClient, issuer: Issuer) -> None:
    """RFC 6750 section 3.1: 403, and which scope would do."""
    answer = await ask(client, issuer.token(scope="openid"))
    assert answer.status_code == 403
    assert 'scope="invoices:read"' in answer.headers["www-authenticate"]


async def test_entries_of_other_companies_open_nothing(
    client: httpx2.AsyncClient, issuer: Issuer
) -> None:
    """Only entries of this company count, whatever else the token holds."""
    other = KAI | {"company": "elhandel"}
    answer = await ask(client, issuer.token(authorization_details=[other]))
    assert answer.json() == {"invoices": []}


async def test_an_action_that_was_not_given_hides_the_customer(
    client: httpx2.AsyncClient, issuer: Issuer
) -> None:
    """The scope is the client's limit, the actions are this customer's."""
    entry = KAI | {"actions": ["consumption:read"]}
    token = issuer.token(authorization_details=[entry])
    assert (await ask(client, token)).json() == {"invoices": []}


async def test_history_begins_where_the_entry_says(
    client: httpx2.AsyncClient, issuer: Issuer
) -> None:
    """Invoices from before `history_from` are not shown."""
    token = issuer.token(authorization_details=[KAI | {"history_from": "2026-01-01"}])
    [invoice] = (await ask(client, token)).json()["invoices"]
    assert invoice["issued_on"] == "2026-02-01"


async def test_another_customers_invoice_is_not_found(
    client: httpx2.AsyncClient, issuer: Issuer
) -> None:
    """The same answer as for one that does not exist."""
    answers = [
        await ask(client, issuer.token(), f"/elnat/invoices/{name}")
        for name in ("i_100999_2026", "nothing")
    ]
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].json() == answers[1].json()


async def test_months_are_sums_by_facility(client: httpx2.AsyncClient, issuer: Issuer) -> None:
    """Thirty-one days of January at one kilowatt-hour each."""
    found = (await ask(client, issuer.token(), "/elnat/consumption")).json()["consumption"]
    assert [(one["facility"], one["period"], one["kwh"]) for one in found] == [
        ("f1", "2026-01", 31.0),
        ("f1", "2026-02", 9.0),
        ("f2", "2026-01", 31.0),
        ("f2", "2026-02", 9.0),
    ]


@pytest.mark.parametrize(
    ("limit", "asked", "shown"),
    [("month", "day", False), ("month", "month", True), ("year", "month", False),
     ("day", "day", True), ("hour", "day", True), (None, "day", True)],
)  # fmt: skip
async def test_nothing_is_shown_more_finely_than_was_given(
    client: httpx2.AsyncClient, issuer: Issuer, limit: str | None, asked: str, shown: bool
) -> None:
    """`granularity` is a limit; without it there is none."""
    entry = KAI | ({"granularity": limit} if limit else {})
    token = issuer.token(authorization_details=[entry])
    answer = await ask(client, token, f"/elnat/consumption?granularity={asked}")
    assert bool(answer.json()["consumption"]) is shown


async def test_only_the_facilities_that_were_given_are_shown(
    client: httpx2.AsyncClient, issuer: Issuer
) -> None:
    """A list of facilities is the whole of what may be seen."""
    token = issuer.token(authorization_details=[KAI | {"facilities": ["f2"]}])
    found = (await ask(client, token, "/elnat/consumption")).json()["consumption"]
    assert {one["facility"] for one in found} == {"f2"}


async def test_an_unknown_granularity_is_a_bad_request(
    client: httpx2.AsyncClient, issuer: Issuer
) -> None:
    """Not the default instead: the caller would misread the answer."""
    answer = await ask(client, issuer.token(), "/elnat/consumption?granularity=hour")
    assert answer.status_code == 400


async def test_keys_are_fetched_once(client: httpx2.AsyncClient, issuer: Issuer) -> None:
    """Checking a token asks the issuer nothing once its keys are known."""
    for _ in range(3):
        await ask(client, issuer.token())
    assert issuer.asked == 1


async def test_forged_key_names_do_not_make_us_ask(
    client: httpx2.AsyncClient, issuer: Issuer
) -> None:
    """An unknown `kid` leads to one fetch per pause, however many tokens there are."""
    await ask(client, issuer.token())
    for number in range(5):
        await ask(client, issuer.token(header={"kid": f"forged-{number}"}))
    assert issuer.asked == 1


async def test_a_new_key_is_found_after_the_pause(
    client: httpx2.AsyncClient, issuer: Issuer
) -> None:
    """The issuer rotates: its next token is taken without a restart."""
    await ask(client, issuer.token())
    issuer.key = ECKey.generate_key("P-256", {"kid": "k2"})
    issuer.published.append(issuer.key)
    issuer.now += 61
    assert (await ask(client, issuer.token())).status_code == 200


async def test_a_withdrawn_key_is_forgotten(client: httpx2.AsyncClient, issuer: Issuer) -> None:
    """Within minutes, what the issuer no longer publishes opens nothing."""
    await ask(client, issuer.token())
    issuer.published = [ECKey.generate_key("P-256", {"kid": "k2"})]
    issuer.now += 3601
    assert (await ask(client, issuer.token())).status_code == 401


async def test_without_any_keys_the_answer_is_later(
    client: httpx2.AsyncClient, issuer: Issuer
) -> None:
    """The issuer cannot be reached yet: 503, since the token may be good."""
    issuer.is_down = True
    assert (await ask(client, issuer.token())).status_code == 503


async def test_known_keys_serve_on_while_the_issuer_is_down(
    client: httpx2.AsyncClient, issuer: Issuer
) -> None:
    """An hour later and unreachable: the keys that we have are still the best there are."""
    await ask(client, issuer.token())
    issuer.is_down, issuer.now = True, issuer.now + 3700
    assert (await ask(client, issuer.token())).status_code == 200
