"""Google's RISC management API: who may call it, what it keeps, and what is sent after that."""

from collections.abc import Callable
from functools import cache
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from providers.emulated import consoles, jws
from providers.emulated.google import service_accounts
from providers.emulated.google.events import EVENT_TYPES, PUSH
from providers.emulated.keys import KeyStock, SigningKey
from tests.providers.emulated.conftest import NOW
from tests.providers.emulated.party import Party, read_token

MakePartyWith = Callable[..., Party]
STREAM = "/google/risc.googleapis.com/v1beta/stream"
RECEIVER = "http://localhost:8000/some/receiver"
ACCOUNT = "farstu-demo@farstu-demo.iam.gserviceaccount.com"
REVOKED = EVENT_TYPES["sessions-revoked"]


@cache
def demo_key() -> SigningKey:
    """The service account's key, made for these tests: none lies in the repository."""
    return SigningKey("demo", rsa.generate_private_key(65537, 2048))


def account(*, may_manage_events: bool = True) -> consoles.ServiceAccount:
    """What the console knows of the account: its address and its public key."""
    return consoles.ServiceAccount(
        ACCOUNT, demo_key().public_pem(), may_manage_events=may_manage_events
    )


@pytest.fixture
def google(party_with: MakePartyWith) -> Party:
    """The client there, with a service account in its project."""
    return party_with("google", service_account=account())


def sign(key: SigningKey | None = None, **changes: Any) -> str:
    """Return a good bearer token, with changes (None: left out)."""
    now = int(NOW.timestamp())
    claims = {
        "iss": ACCOUNT,
        "sub": ACCOUNT,
        "aud": service_accounts.AUDIENCE,
        "iat": now,
        "exp": now + 3600,
        **changes,
    }
    present = {name: value for name, value in claims.items() if value is not None}
    return jws.sign(present, key or demo_key())


async def ask(client: Party, path: str = "", token: str | None = None) -> httpx2.Response:
    """Read from the API."""
    headers = {"Authorization": f"Bearer {sign() if token is None else token}"}
    return await client.browser.get(f"{STREAM}{path}", headers=headers)


async def tell(client: Party, path: str, body: object) -> httpx2.Response:
    """Change something through the API."""
    headers = {"Authorization": f"Bearer {sign()}"}
    return await client.browser.post(f"{STREAM}{path}", json=body, headers=headers)


def order(url: str = RECEIVER, method: str = PUSH, *events: str) -> dict[str, Any]:
    """Return the body of an update."""
    delivery = {"delivery_method": method, "url": url}
    return {"delivery": delivery, "events_requested": list(events or (REVOKED,))}


def read_error(response: httpx2.Response) -> tuple[int, str]:
    """Return the status and its symbol, which the body must repeat in Google's shape."""
    error = response.json()["error"]
    assert set(error) == {"code", "message", "status"}
    assert error["code"] == response.status_code
    return response.status_code, error["status"]


async def test_the_console_is_the_first_stream(google: Party) -> None:
    """Every event, to the address that is registered there."""
    body = (await ask(google)).json()
    assert body["delivery"]["url"] == "http://localhost:8000/upstream/google/events"
    assert set(body["events_requested"]) == set(EVENT_TYPES.values())
    assert body["aud"] == [consoles.GOOGLE_CLIENT_ID]


async def test_an_update_is_kept_until_reset(google: Party) -> None:
    """The answer is empty; the stream can be read."""
    answer = await tell(google, ":update", order())
    assert (answer.status_code, answer.json()) == (200, {})
    body = (await ask(google)).json()
    assert {name: body[name] for name in ("delivery", "events_requested")} == order()
    await google.order(reset=True)
    assert (await ask(google)).json()["delivery"]["url"] != RECEIVER


async def test_events_go_where_the_stream_says(google: Party, receiver: Any) -> None:
    """The sender uses the ordered address."""
    await tell(google, ":update", order())
    state = await google.order(notify={"kind": "sessions-revoked", "person": "karin"})
    assert [str(one.url) for one in receiver.received] == [RECEIVER]
    assert state["sent"] == [{"statuses": [200]}]


async def test_events_that_were_not_ordered_are_not_sent(google: Party, receiver: Any) -> None:
    """Only the types requested."""
    await tell(google, ":update", order())
    state = await google.order(notify={"kind": "account-enabled", "person": "karin"})
    assert (receiver.received, state["sent"]) == ([], [{"statuses": []}])


async def test_verification_sends_the_state(google: Party, receiver: Any) -> None:
    """Though the event type was not requested by name."""
    await tell(google, ":update", order())
    answer = await tell(google, ":verify", {"state": "some state"})
    assert (answer.status_code, answer.json()) == (200, {})
    (request,) = receiver.received
    assert str(request.url) == RECEIVER
    events = read_token(request.content.decode())[1]["events"]
    assert events == {EVENT_TYPES["verification"]: {"state": "some state"}}


async def test_a_disabled_stream_sends_nothing(google: Party, receiver: Any) -> None:
    """Neither events nor verifications, also after an update."""
    await tell(google, "/status:update", {"status": "disabled"})
    await tell(google, ":update", order())
    await google.order(notify={"kind": "sessions-revoked", "person": "karin"})
    await tell(google, ":verify", {"state": "some state"})
    assert receiver.received == []
    assert (await ask(google, "/status")).json() == {"status": "disabled"}


async def test_an_enabled_stream_sends_again(google: Party, receiver: Any) -> None:
    """Stopping is not for good."""
    for status in ("disabled", "enabled"):
        await tell(google, "/status:update", {"status": status})
    await google.order(notify={"kind": "sessions-revoked", "person": "karin"})
    assert len(receiver.received) == 1
    assert (await ask(google, "/status")).json() == {"status": "enabled"}


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "another@farstu-demo.iam.gserviceaccount.com"},
        {"sub": "another@farstu-demo.iam.gserviceaccount.com"},
        {"sub": None},
        {"aud": "https://risc.googleapis.com/"},
        {"exp": int(NOW.timestamp())},
        {"exp": int(NOW.timestamp()) + 3601},
        {"exp": None},
        {"iat": None},
        {"iat": int(NOW.timestamp()) + 600, "exp": int(NOW.timestamp()) + 4000},
    ],
)
async def test_a_wrong_bearer_token_is_refused(google: Party, changes: dict[str, Any]) -> None:
    """Issuer, subject, audience, and an hour at most."""
    answer = await ask(google, token=sign(**changes))
    assert read_error(answer) == (401, "UNAUTHENTICATED")


async def test_another_key_is_refused(google: Party, stock: KeyStock) -> None:
    """The right claims do not help."""
    stranger = SigningKey("demo", stock.rsa("a stranger's"))
    assert read_error(await ask(google, token=sign(stranger))) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize("forge", [jws.leave_unsigned, jws.sign_with_public_key])
async def test_another_algorithm_is_refused(google: Party, forge: Callable[..., str]) -> None:
    """RS256 only."""
    claims = read_token(sign())[1]
    token = forge(claims) if forge is jws.leave_unsigned else forge(claims, demo_key())
    assert read_error(await ask(google, token=token)) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "å.ä.ö"])
async def test_what_is_no_token_is_refused(google: Party, token: str) -> None:
    """Without a server error."""
    headers = {b"Authorization": f"Bearer {token}".encode("latin-1")}
    answer = await google.browser.get(STREAM, headers=headers)
    assert read_error(answer) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize("path", [":update", ":verify", "/status:update"])
async def test_every_change_needs_the_token(google: Party, receiver: Any, path: str) -> None:
    """Nothing happens without it."""
    answer = await google.browser.post(f"{STREAM}{path}", json={"status": "disabled"})
    assert read_error(answer) == (401, "UNAUTHENTICATED")
    assert receiver.received == []


async def test_an_account_without_the_role_is_forbidden(party_with: MakePartyWith) -> None:
    """Known, but not allowed."""
    client = party_with("google", service_account=account(may_manage_events=False))
    assert read_error(await ask(client)) == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (":update", [], 400),
        (":update", {"events_requested": [REVOKED]}, 400),
        (":update", {**order(), "events_requested": []}, 400),
        (":update", order(method="https://schemas.example/poll"), 400),
        (":update", order("ftp://localhost/receiver"), 403),
        (":update", order("http://[localhost/receiver"), 403),
        (":update", order("http://127.0.0.1:8000/receiver"), 403),
        (":update", order("https://somebody-else.example/receiver"), 403),
        ("/status:update", {"status": "paused"}, 400),
        ("/status:update", {}, 400),
        (":verify", {"state": 1}, 400),
    ],
)
async def test_bad_orders_change_nothing(
    google: Party, path: str, body: object, status: int
) -> None:
    """400 for what cannot be read, 403 for a receiver outside the project's domains."""
    before = (await ask(google)).json()
    symbol = {400: "INVALID_ARGUMENT", 403: "PERMISSION_DENIED"}[status]
    assert read_error(await tell(google, path, body)) == (status, symbol)
    assert (await ask(google)).json() == before


@pytest.mark.parametrize("path", ["", "/status"])
async def test_there_may_be_no_stream(party_with: MakePartyWith, path: str) -> None:
    """Neither ordered nor in the console."""
    client = party_with("google", service_account=account(), events_uri="")
    assert read_error(await ask(client, path)) == (404, "NOT_FOUND")


async def test_a_stream_can_be_ordered_without_one_in_the_console(
    party_with: MakePartyWith, receiver: Any
) -> None:
    """The first order starts it."""
    client = party_with("google", service_account=account(), events_uri="")
    await tell(client, ":update", order())
    await client.order(notify={"kind": "sessions-revoked", "person": "karin"})
    assert len(receiver.received) == 1
