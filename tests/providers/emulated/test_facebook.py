"""Facebook's quirks: versions, error objects, declined permissions, proofs, and no ID token."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from providers.emulated import consoles
from tests.providers.emulated.party import TOKEN, USERINFO, Party, prove_secret, read_query

MakeParty = Callable[[str], Party]
MakePartyWith = Callable[..., Party]
FIELDS = "id,name,first_name,last_name,email,picture"


@pytest.fixture
def facebook(party: MakeParty) -> Party:
    """The client there."""
    return party("facebook")


async def read_me(client: Party, token: str, **changes: str | None) -> httpx2.Response:
    """Ask the Graph for a profile, properly but for the changes."""
    good = {"fields": FIELDS, "appsecret_proof": prove_secret(token), **changes}
    params = {name: value for name, value in good.items() if value is not None}
    headers = {"Authorization": f"Bearer {token}"}
    return await client.browser.get(USERINFO["facebook"], params=params, headers=headers)


async def test_the_token_response_has_no_id_token(facebook: Party) -> None:
    """Bearer in lower case, sixty days, nothing of OpenID Connect."""
    tokens = await facebook.get_tokens("karin", scope="openid,public_profile,email")
    assert set(tokens) == {"access_token", "token_type", "expires_in"}
    assert tokens["token_type"] == "bearer"
    assert tokens["expires_in"] == 5_183_944


async def test_the_callback_ends_in_the_tail(facebook: Party) -> None:
    """`#_=_` hangs on behind."""
    await facebook.order(person="karin")
    assert (await facebook.authorize()).headers["location"].endswith("#_=_")


async def test_me_has_the_fields_asked_for(facebook: Party) -> None:
    """A digit string beyond 2^53 as id, names, address, picture; no verification flag."""
    token = (await facebook.get_tokens("karin"))["access_token"]
    body = (await read_me(facebook, token)).json()
    assert set(body) == set(FIELDS.split(","))
    assert isinstance(body["id"], str)
    assert int(body["id"]) > 2**53


async def test_me_answers_id_and_name_by_itself(facebook: Party) -> None:
    """Without `fields`."""
    token = (await facebook.get_tokens("karin"))["access_token"]
    assert set((await read_me(facebook, token, fields=None)).json()) == {"id", "name"}


async def test_another_app_sees_another_id(party_with: MakePartyWith) -> None:
    """Ids are app-scoped."""
    seen = []
    for app in ("100200300400501", "100200300400999"):
        client = party_with("facebook", client_id=app)
        code = (await client.sign_in("karin", client_id=app))["code"]
        token = (await client.redeem(code, client_id=app)).json()["access_token"]
        seen.append((await read_me(client, token)).json()["id"])
    assert seen[0] != seen[1]


async def test_a_declined_address_is_absent_until_asked_again(facebook: Party) -> None:
    """`denied_scopes=email`; `auth_type=rerequest` brings it."""
    answer = await facebook.sign_in("linnea", return_scopes="true")
    assert answer["denied_scopes"] == "email"
    token = (await facebook.redeem(answer["code"])).json()["access_token"]
    assert "email" not in (await read_me(facebook, token)).json()
    again = await facebook.get_tokens("linnea", auth_type="rerequest")
    assert "email" in (await read_me(facebook, again["access_token"])).json()


async def test_a_phone_account_has_no_address(facebook: Party) -> None:
    """Granted, and yet not there."""
    token = (await facebook.get_tokens("sven"))["access_token"]
    assert "email" not in (await read_me(facebook, token)).json()


async def test_names_keep_their_letters(facebook: Party) -> None:
    """UTF-8 all the way."""
    token = (await facebook.get_tokens("asa"))["access_token"]
    assert (await read_me(facebook, token)).json()["last_name"] == "Öberg Þórsdóttir"


async def test_cancelling_brings_four_parameters(facebook: Party) -> None:
    """error, error_code, error_description, error_reason, and the state."""
    await facebook.order("cancel")
    answer = read_query(await facebook.authorize())
    assert answer == {
        "error": "access_denied",
        "error_code": "200",
        "error_description": "Permissions error",
        "error_reason": "user_denied",
        "state": "some-state",
    }


async def test_a_dialog_error_can_lack_error(facebook: Party) -> None:
    """error_code and error_message alone."""
    await facebook.order("error_code_only")
    assert set(read_query(await facebook.authorize())) == {"error_code", "error_message", "state"}


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"client_id": "1"}, "Invalid App ID"),
        ({"redirect_uri": "http://localhost:8000/x"}, "URL blocked"),
        ({"response_type": "id_token"}, "Invalid response_type"),
    ],
)
async def test_dialog_mistakes_are_pages(
    facebook: Party, changes: dict[str, str], text: str
) -> None:
    """Facebook does not redirect them."""
    response = await facebook.authorize(**changes)
    assert response.status_code == 400
    assert text in response.text


async def test_an_app_in_development_lets_only_its_people_in(party_with: MakePartyWith) -> None:
    """Everybody else sees that the app is not active."""
    client = party_with("facebook", mode="testing", testers=frozenset({"nils"}))
    await client.order(person="karin")
    assert "App not active" in (await client.authorize()).text
    await client.order(person="nils")
    assert read_query(await client.authorize())["code"]


@pytest.mark.parametrize(
    ("changes", "code", "subcode"),
    [
        ({"client_secret": "wrong"}, 1, None),
        ({"client_id": "1"}, 101, None),
        ({"code": "made-up"}, 100, None),
        ({"redirect_uri": "http://localhost:8000/x"}, 100, 36008),
    ],
)
async def test_token_errors_are_objects(
    facebook: Party, changes: dict[str, str], code: int, subcode: int | None
) -> None:
    """`error` is an object, and the challenge header is Facebook's."""
    good = (await facebook.sign_in("karin"))["code"]
    response = await facebook.redeem(**{"code": good, **changes})
    error = response.json()["error"]
    assert response.status_code == 400
    assert (error["code"], error.get("error_subcode"), error["type"]) == (
        code,
        subcode,
        "OAuthException",
    )
    assert response.headers["www-authenticate"].startswith('OAuth "Facebook Platform"')


@pytest.mark.parametrize(("shift", "subcode"), [(0, 36009), (601, 36007)])
async def test_used_and_expired_codes_differ(facebook: Party, shift: int, subcode: int) -> None:
    """A used code is 36009, an expired one 36007."""
    code = (await facebook.sign_in("karin"))["code"]
    if not shift:
        await facebook.redeem(code)
    await facebook.order(shift_clock=shift)
    assert (await facebook.redeem(code)).json()["error"]["error_subcode"] == subcode


async def test_the_token_endpoint_takes_get_too(facebook: Party) -> None:
    """With everything in the query, which a good client does not do."""
    code = (await facebook.sign_in("karin"))["code"]
    response = await facebook.browser.get(
        TOKEN["facebook"],
        params={
            "client_id": consoles.FACEBOOK_CLIENT_ID,
            "client_secret": consoles.FACEBOOK_SECRET,
            "redirect_uri": facebook.redirect_uri,
            "code": code,
        },
    )
    assert response.json()["token_type"] == "bearer"


async def test_a_wrong_code_verifier_is_ignored(facebook: Party) -> None:
    """The classic flow knows no PKCE."""
    code = (await facebook.sign_in("karin"))["code"]
    assert (await facebook.redeem(code, code_verifier="wrong")).status_code == 200


async def test_the_old_body_is_form_encoded(facebook: Party) -> None:
    """`access_token=…&expires=…`."""
    code = (await facebook.sign_in("karin"))["code"]
    await facebook.order("form_body")
    assert (await facebook.redeem(code)).text.startswith("access_token=EAA")


@pytest.mark.parametrize(
    ("proof", "text"),
    [(None, "require an appsecret_proof"), ("0" * 64, "Invalid appsecret_proof")],
)
async def test_the_graph_wants_the_proof(facebook: Party, proof: str | None, text: str) -> None:
    """Missing and wrong proofs are code 100."""
    token = (await facebook.get_tokens("karin"))["access_token"]
    response = await read_me(facebook, token, appsecret_proof=proof)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == 100
    assert text in response.json()["error"]["message"]


async def test_the_proof_can_be_demanded_by_fault(party_with: MakePartyWith) -> None:
    """Also where the console does not require it."""
    client = party_with("facebook", requires_app_secret=False)
    token = (await client.get_tokens("karin"))["access_token"]
    assert (await read_me(client, token, appsecret_proof=None)).status_code == 200
    await client.order("proof_required")
    assert (await read_me(client, token, appsecret_proof=None)).status_code == 400


async def test_me_can_answer_false(facebook: Party) -> None:
    """JSON, 200, and yet no profile."""
    token = (await facebook.get_tokens("karin"))["access_token"]
    await facebook.order({"name": "not_json_object", "at": "userinfo"})
    assert (await read_me(facebook, token)).json() is False


async def test_throttling_has_facebooks_header(facebook: Party) -> None:
    """403, code 4, X-App-Usage."""
    await facebook.order({"name": "throttled", "at": "userinfo"})
    response = await facebook.browser.get(USERINFO["facebook"])
    assert (response.status_code, response.json()["error"]["code"]) == (403, 4)
    assert "call_count" in response.headers["x-app-usage"]


@pytest.mark.parametrize(
    ("asked", "served"), [("v25.0", "v25.0"), ("v20.0", "v21.0"), ("v21.0", "v21.0")]
)
async def test_an_expired_version_is_served_as_the_oldest_living(
    facebook: Party, asked: str, served: str
) -> None:
    """In November 2026, v20.0 is gone and v21.0 answers in its place."""
    token = (await facebook.get_tokens("karin"))["access_token"]
    response = await facebook.browser.get(
        f"/facebook/graph.facebook.com/{asked}/me",
        params={"appsecret_proof": prove_secret(token), "access_token": token},
    )
    assert response.headers["facebook-api-version"] == served


async def test_a_version_that_never_was_is_unknown(facebook: Party) -> None:
    """Code 2500."""
    response = await facebook.browser.get("/facebook/graph.facebook.com/v99.0/me")
    assert response.json()["error"]["code"] == 2500


async def test_reauthentication_asks_again(facebook: Party) -> None:
    """`auth_type=reauthenticate` shows the page."""
    await facebook.sign_in("karin")
    assert (await facebook.authorize(auth_type="reauthenticate")).status_code == 200


@pytest.mark.parametrize("ignored", [{"prompt": "login"}, {"max_age": "0"}])
async def test_openid_parameters_are_ignored(facebook: Party, ignored: dict[str, str]) -> None:
    """`prompt` and `max_age` mean nothing here."""
    await facebook.sign_in("karin")
    assert read_query(await facebook.authorize(**ignored))["code"]


async def test_debug_token_tells_whose_token_it_is(facebook: Party) -> None:
    """To the app's own token, by client_credentials or id and secret."""
    token = (await facebook.get_tokens("karin"))["access_token"]
    given = await facebook.redeem("", grant_type="client_credentials")
    app_tokens = [
        given.json()["access_token"],
        f"{consoles.FACEBOOK_CLIENT_ID}|{consoles.FACEBOOK_SECRET}",
    ]
    for app_token in app_tokens:
        response = await facebook.browser.get(
            "/facebook/graph.facebook.com/debug_token",
            params={"input_token": token, "access_token": app_token},
        )
        data: dict[str, Any] = response.json()["data"]
        assert data["is_valid"] is True
        assert data["app_id"] == consoles.FACEBOOK_CLIENT_ID


async def test_debug_token_refuses_a_wrong_app_secret(facebook: Party) -> None:
    """Which is how an operator can check a secret."""
    response = await facebook.browser.get(
        "/facebook/graph.facebook.com/debug_token",
        params={"input_token": "x", "access_token": f"{consoles.FACEBOOK_CLIENT_ID}|wrong"},
    )
    assert response.json()["error"]["code"] == 190
