"""What the providers tell apps unasked: Facebook's signed requests, Google's security events."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import httpx2
import pytest

from providers.emulated import consoles
from providers.emulated.facebook.signed_request import SignedRequest
from providers.emulated.outbound import NotLoopbackError, Outbound
from tests.providers.emulated.party import Party, prove_secret, read_token

MakeParty = Callable[[str], Party]
CONFIRMED = {"url": "http://localhost:8000/radera/abc123", "confirmation_code": "abc123"}


def test_signed_requests_match_the_reference_vector() -> None:
    """Signature over the encoded payload, keyed with the app's secret."""
    signed = SignedRequest("218471", 1291836800).sign("test-app-secret")
    signature, payload = signed.split(".")
    expected = hmac.new(b"test-app-secret", payload.encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(signature + "=") == expected
    assert json.loads(base64.urlsafe_b64decode(payload + "==="))["user_id"] == "218471"


def open_request(request: httpx2.Request) -> tuple[dict[str, Any], bool]:
    """Return the payload, and whether the signature is right."""
    signature, payload = parse_qs(request.content.decode())["signed_request"][0].split(".")
    mac = hmac.new(consoles.FACEBOOK_SECRET.encode(), payload.encode(), hashlib.sha256).digest()
    right = base64.urlsafe_b64decode(signature + "=") == mac
    return json.loads(base64.urlsafe_b64decode(payload + "===")), right


async def test_removing_permissions_calls_the_deauthorize_address(
    party: MakeParty, receiver: Any
) -> None:
    """A signed request about the person; the next login asks for consent again."""
    client = party("facebook")
    token = (await client.get_tokens("karin"))["access_token"]
    response = await client.browser.delete(
        "/facebook/graph.facebook.com/v25.0/me/permissions",
        params={"access_token": token, "appsecret_proof": prove_secret(token)},
    )
    assert response.json() == {"success": True}
    payload, right = open_request(receiver.received[0])
    assert right
    assert payload["algorithm"] == "HMAC-SHA256"
    assert str(receiver.received[0].url).endswith("/upstream/facebook/deauthorize")
    assert (await client.authorize()).status_code == 200


async def order_deletion(client: Party, **changes: str) -> dict[str, Any]:
    """Have Facebook ask for deletion, and return how it judged the answer."""
    notify = {"kind": "deletion", "person": "karin", **changes}
    sent: dict[str, Any] = (await client.order(notify=notify))["sent"][0]
    return sent


async def test_a_deletion_request_follows_the_confirmation(party: MakeParty, receiver: Any) -> None:
    """JSON with url and code is right, and the status page is fetched."""
    receiver.response = httpx2.Response(200, json=CONFIRMED)
    outcome = await order_deletion(party("facebook"))
    assert outcome == {"status": 200, "problem": "", "status_page": CONFIRMED["url"]}
    assert str(receiver.received[1].url) == CONFIRMED["url"]


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(500),
        httpx2.Response(200, text="raderat"),
        httpx2.Response(200, json={"url": CONFIRMED["url"]}),
        httpx2.Response(200, json={**CONFIRMED, "confirmation_code": "a-b/c"}),
    ],
)
async def test_a_bad_answer_to_a_deletion_request_is_a_problem(
    party: MakeParty, receiver: Any, answer: httpx2.Response
) -> None:
    """Facebook would not accept it."""
    receiver.response = answer
    assert (await order_deletion(party("facebook")))["problem"]


async def test_an_unreadable_status_page_is_a_problem(party: MakeParty, receiver: Any) -> None:
    """The page must answer 200."""
    receiver.response = httpx2.Response(200, json=CONFIRMED)
    receiver.page = httpx2.Response(404)
    assert (await order_deletion(party("facebook")))["problem"]


@pytest.mark.parametrize("flaw", ["signature", "old", "algorithm"])
async def test_signed_requests_can_be_wrong(party: MakeParty, receiver: Any, flaw: str) -> None:
    """Exactly in the way ordered."""
    await order_deletion(party("facebook"), flaw=flaw)
    payload, right = open_request(receiver.received[0])
    assert right is (flaw != "signature")
    assert (payload["algorithm"] == "HMAC-SHA256") is (flaw != "algorithm")


async def test_the_settings_page_removes_an_app(party: MakeParty, receiver: Any) -> None:
    """The person's own way: a button per app, and the app's answer."""
    receiver.response = httpx2.Response(200, json=CONFIRMED)
    client = party("facebook")
    await client.sign_in("karin")
    page = await client.browser.get("/facebook/settings/apps")
    assert 'value="delete"' in page.text
    form = {"app": consoles.FACEBOOK_CLIENT_ID, "person": "karin", "action": "delete"}
    result = await client.browser.post("/facebook/settings/apps", data=form)
    assert CONFIRMED["url"] in result.text
    assert "Du har inte loggat in" in result.text


async def test_the_settings_page_shows_only_this_browsers_people(
    party: MakeParty, receiver: Any
) -> None:
    """Nobody can remove somebody else's app."""
    client = party("facebook")
    await client.sign_in("karin")
    client.browser.cookies.clear()
    form = {"app": consoles.FACEBOOK_CLIENT_ID, "person": "karin", "action": "delete"}
    await client.browser.post("/facebook/settings/apps", data=form)
    assert receiver.received == []


async def test_a_security_event_is_a_signed_token(party: MakeParty, receiver: Any) -> None:
    """For the app, about the subject, without an end."""
    client = party("google")
    subject = (await client.get_claims("karin"))["sub"]
    await client.order(notify={"kind": "sessions-revoked", "person": "karin"})
    request = receiver.received[0]
    assert request.headers["content-type"] == "application/secevent+jwt"
    claims = read_token(request.content.decode())[1]
    ((kind, event),) = claims["events"].items()
    assert kind.endswith("/risc/event-type/sessions-revoked")
    assert event["subject"]["sub"] == subject
    assert claims["iss"].endswith("/google/")
    assert "exp" not in claims


@pytest.mark.parametrize(
    ("flaw", "seen"),
    [
        ("expired", (1, True, True)),
        ("twice", (2, False, True)),
        ("audience", (1, False, False)),
    ],
)
async def test_security_events_can_be_odd(
    party: MakeParty, receiver: Any, flaw: str, seen: tuple[int, bool, bool]
) -> None:
    """Long expired, sent twice with one jti, or meant for somebody else."""
    client = party("google")
    order = {"kind": "account-disabled", "person": "karin", "flaw": flaw}
    await client.order(notify=order)
    tokens = [read_token(one.content.decode())[1] for one in receiver.received]
    ours = tokens[0]["aud"] == consoles.GOOGLE_CLIENT_ID
    assert len({one["jti"] for one in tokens}) == 1
    assert (len(tokens), "exp" in tokens[0], ours) == seen


async def test_nothing_is_sent_beyond_this_machine() -> None:
    """Also where a console names such an address."""
    with pytest.raises(NotLoopbackError):
        await Outbound().get("https://example.org/")
