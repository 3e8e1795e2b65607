"""Yahoo's quirks: ES256, pages for mistakes, no PKCE, lower-case bearer, rotating tokens."""

from collections.abc import Callable

import pytest

from providers.emulated.jws import half_hash
from tests.providers.emulated.party import CREDENTIALS, KEYS, TOKEN, Party, read_query, read_token

MakeParty = Callable[[str], Party]
MakePartyWith = Callable[..., Party]


@pytest.fixture
def yahoo(party: MakeParty) -> Party:
    """The client there."""
    return party("yahoo")


async def test_the_token_response_is_yahoos(yahoo: Party) -> None:
    """Bearer in lower case, a refresh token without asking, the deprecated GUID."""
    tokens = await yahoo.get_tokens("karin")
    assert set(tokens) == {
        "access_token",
        "refresh_token",
        "expires_in",
        "token_type",
        "xoauth_yahoo_guid",
        "id_token",
    }
    assert tokens["token_type"] == "bearer"
    claims = read_token(tokens["id_token"])[1]
    assert claims["sub"] == tokens["xoauth_yahoo_guid"]


async def test_id_tokens_are_es256(yahoo: Party) -> None:
    """With auth_time and an unpadded at_hash."""
    tokens = await yahoo.get_tokens("karin")
    header, claims = read_token(tokens["id_token"])
    assert header["alg"] == "ES256"
    assert claims["auth_time"]
    assert claims["at_hash"] == half_hash(tokens["access_token"])


async def test_at_hash_can_be_padded(yahoo: Party) -> None:
    """As in the documentation's sample."""
    code = (await yahoo.sign_in("karin"))["code"]
    await yahoo.order("padded_at_hash")
    tokens = (await yahoo.redeem(code)).json()
    claims = read_token(tokens["id_token"])[1]
    assert claims["at_hash"] == f"{half_hash(tokens['access_token'])}=="


async def test_the_weak_key_can_sign(yahoo: Party) -> None:
    """RS256 with one of the published 1024-bit keys: to be refused."""
    code = (await yahoo.sign_in("karin"))["code"]
    await yahoo.order("weak_key")
    header, _ = read_token((await yahoo.redeem(code)).json()["id_token"])
    assert (header["alg"], header["kid"]) == ("RS256", "0")
    kids = [key["kid"] for key in (await yahoo.browser.get(KEYS["yahoo"])).json()["keys"]]
    assert kids.count("0") == 1


async def test_an_unverified_address_says_so(yahoo: Party) -> None:
    """email_verified false, as a boolean."""
    assert (await yahoo.get_claims("olof"))["email_verified"] is False


async def test_without_the_permission_there_is_no_address(party_with: MakePartyWith) -> None:
    """The console's tick is needed besides the scope."""
    client = party_with("yahoo", permissions=frozenset({"profile"}))
    assert "email" not in await client.get_claims("karin")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"client_id": "unknown"}, "INVALID_CLIENT_ID"),
        ({"redirect_uri": "http://localhost:8000/x"}, "INVALID_REDIRECT_URI"),
        ({"response_type": "magic"}, "UNSUPPORTED_RESPONSE_TYPE"),
        ({"response_mode": "form_post"}, "UNSUPPORTED_RESPONSE_TYPE"),
        ({"scope": "openid everything"}, "INVALID_SCOPE"),
        ({"nonce": None}, "MISSING_NONCE"),
    ],
)
async def test_mistakes_are_pages_with_a_footer(
    yahoo: Party, changes: dict[str, str | None], code: str
) -> None:
    """Never a redirect; the footer speaks to developers."""
    response = await yahoo.authorize(**changes)
    assert response.status_code == 400
    assert code in response.text
    assert "<footer>Utvecklare" in response.text


async def test_pkce_of_a_confidential_client_can_be_refused(yahoo: Party) -> None:
    """By fault, since the reports disagree."""
    await yahoo.order("pkce_rejected")
    assert "INVALID_CODE_CHALLENGE" in (await yahoo.authorize()).text


async def test_a_confidential_clients_verifier_is_not_looked_at(yahoo: Party) -> None:
    """A wrong one does no harm."""
    code = (await yahoo.sign_in("karin"))["code"]
    assert (await yahoo.redeem(code, code_verifier="wrong")).status_code == 200


async def test_a_public_client_needs_pkce(party_with: MakePartyWith) -> None:
    """A challenge to begin with, and the right verifier in the end."""
    client = party_with("yahoo", is_public=True, secrets=())
    assert "INVALID_CODE_CHALLENGE" in (await client.authorize(code_challenge=None)).text
    code = (await client.sign_in("karin"))["code"]
    response = await client.redeem(code, client_secret=None, code_verifier="wrong")
    assert response.json()["error"] == "invalid_grant"


@pytest.mark.parametrize("extra", [{"prompt": "login"}, {"max_age": "60"}])
async def test_a_fresh_login_renews_auth_time(yahoo: Party, extra: dict[str, str]) -> None:
    """`prompt=login` and `max_age` are honoured."""
    before = (await yahoo.get_claims("karin"))["auth_time"]
    await yahoo.order(shift_clock=300)
    after = (await yahoo.get_claims("karin", **extra))["auth_time"]
    assert after - before == 300


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "unknown"}, 401, "invalid_client"),
        ({"code": "made-up"}, 400, "invalid_grant"),
        ({"redirect_uri": "http://localhost:8000/x"}, 400, "invalid_request"),
    ],
)
async def test_token_errors_are_plain(
    yahoo: Party, changes: dict[str, str], status: int, error: str
) -> None:
    """The newer shape is RFC 6749's."""
    code = (await yahoo.sign_in("karin"))["code"]
    response = await yahoo.redeem(**{"code": code, **changes})
    assert (response.status_code, response.json()["error"]) == (status, error)


async def test_get_at_the_token_endpoint_answers_an_error_object(yahoo: Party) -> None:
    """The older shape."""
    response = await yahoo.browser.get(TOKEN["yahoo"])
    assert response.json()["error"]["errorId"] == "INVALID_INPUT"


async def test_refresh_tokens_rotate(yahoo: Party) -> None:
    """Each works once and brings the next."""
    token = (await yahoo.get_tokens("karin"))["refresh_token"]
    first = await yahoo.redeem("", grant_type="refresh_token", refresh_token=token)
    assert first.json()["refresh_token"] != token
    again = await yahoo.redeem("", grant_type="refresh_token", refresh_token=token)
    assert again.json()["error"] == "invalid_grant"


async def test_revocation_ends_a_token(yahoo: Party) -> None:
    """Introspection says so."""
    token = (await yahoo.get_tokens("karin"))["access_token"]
    client_id, secret = CREDENTIALS["yahoo"]
    form = {"token": token, "client_id": client_id, "client_secret": secret}
    states = []
    for _ in range(2):
        answer = await yahoo.browser.post("/yahoo/oauth2/introspect", data=form)
        states.append(answer.json()["active"])
        await yahoo.browser.post("/yahoo/oauth2/revoke", data=form)
    assert states == [True, False]


async def test_language_is_a_parameter(yahoo: Party) -> None:
    """`language=en-us` makes the page English."""
    assert "for testing only" in (await yahoo.authorize(language="en-us")).text


async def test_throttling_is_999(yahoo: Party) -> None:
    """A status that only Yahoo has."""
    await yahoo.order("throttled")
    assert (await yahoo.redeem("any")).status_code == 999


async def test_not_now_is_access_denied(yahoo: Party) -> None:
    """Nothing but error and state."""
    await yahoo.order("cancel")
    assert set(read_query(await yahoo.authorize())) == {"error", "state"}
