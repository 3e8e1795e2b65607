"""The code flow at a standard provider, over the emulated network."""

import base64
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import httpx2
import pytest

from providers import UpstreamDenied, UpstreamInvalid, UpstreamUnavailable
from tests.providers.upstream import Login, query_of


async def test_start_asks_for_a_code_with_state_nonce_and_proof_key(login: Login) -> None:
    """The browser is sent with everything that binds the answer to this login."""
    url = await login.provider().start(login.attempt)
    asked = query_of(url)
    assert url.startswith("https://id.example.org/authorize?")
    assert asked["response_type"] == "code"
    assert asked["state"] == login.attempt.state
    assert asked["nonce"] == login.attempt.nonce
    assert asked["code_challenge_method"] == "S256"
    assert asked["code_challenge"] != login.attempt.code_verifier
    assert asked["redirect_uri"] == login.attempt.redirect_uri
    assert "prompt" not in asked


async def test_start_keeps_a_query_of_the_endpoint(login: Login) -> None:
    """RFC 6749 section 3.1: an authorization endpoint may have a query of its own."""
    login.upstream.metadata["authorization_endpoint"] += "?tenant=7"
    assert query_of(await login.provider().start(login.attempt))["tenant"] == "7"


@pytest.mark.parametrize(
    ("pkce", "advertised", "sent"),
    [
        ("force", False, True),
        ("auto", True, True),
        ("auto", False, False),
        ("never", True, False),
    ],
)
async def test_proof_key_as_configured(
    login: Login, pkce: str, advertised: bool, sent: bool
) -> None:
    """`force` sends it always, `auto` where advertised, `never` not; start and finish agree."""
    if not advertised:
        del login.upstream.metadata["code_challenge_methods_supported"]
    provider = login.provider(pkce=pkce)
    assert ("code_challenge" in query_of(await provider.start(login.attempt))) is sent
    await provider.finish(login.attempt, login.returned())
    assert ("code_verifier" in login.upstream.last_form()) is sent


async def test_finish_returns_who_it_is(login: Login) -> None:
    """Issuer and subject are the identity; e-mail is not verified by default."""
    identity = await login.provider().finish(login.attempt, login.returned())
    assert (identity.issuer, identity.subject) == ("https://id.example.org", "00abc-o")
    assert identity.provider == "upstream"
    assert identity.email == "maja.lind@example.org"
    assert identity.email_verified is False
    assert identity.name == "Maja Lind"
    assert identity.auth_time is None


async def test_code_is_redeemed_with_basic_authentication(login: Login) -> None:
    """Id and secret are form-encoded before they are joined (RFC 6749 section 2.3.1)."""
    login.upstream.claims["aud"] = "a:b"
    await login.provider(client_id="a:b", client_secrets=("s e/c",)).finish(
        login.attempt, login.returned()
    )
    header = login.upstream.router.routes["token"].calls.last.request.headers["Authorization"]
    assert base64.b64decode(header.removeprefix("Basic ")) == b"a%3Ab:s+e%2Fc"
    assert "client_secret" not in login.upstream.last_form()


async def test_email_claim_is_believed_only_where_configured(login: Login) -> None:
    """`email_trust = claim` passes the provider's word on."""
    identity = await login.provider(email_trust="claim").finish(login.attempt, login.returned())
    assert identity.email_verified is True


async def test_signed_login_facts_are_passed_on(login: Login) -> None:
    """auth_time, acr, amr and sid come from the signed token, when they are well-formed."""
    now = int(login.upstream.clock.now.timestamp())
    login.upstream.claims |= {"auth_time": now - 60, "acr": "loa2", "amr": ["pwd", 7], "sid": "s-1"}
    identity = await login.provider().finish(login.attempt, login.returned())
    assert identity.auth_time == datetime.fromtimestamp(now - 60, UTC)
    assert (identity.acr, identity.amr, identity.upstream_sid) == ("loa2", ("pwd",), "s-1")


async def test_absent_id_token_is_a_failed_login(login: Login) -> None:
    """A success without an ID token proves nothing about anybody."""
    login.upstream.token_fields = {"id_token": None}
    with pytest.raises(UpstreamInvalid) as failure:
        await login.provider().finish(login.attempt, login.returned())
    assert failure.value.check == "id_token"


@pytest.mark.parametrize("error", ["access_denied", "user_cancelled_authorize", "cancel"])
async def test_cancelling_is_not_an_error(login: Login, error: str) -> None:
    """A person who says no comes back as denied, and no code is redeemed."""
    with pytest.raises(UpstreamDenied):
        await login.provider().finish(login.attempt, login.returned(code=None, error=error))
    assert login.upstream.calls("token") == 0


async def test_trouble_there_is_unavailable(login: Login) -> None:
    """`temporarily_unavailable` is no fault of the login."""
    with pytest.raises(UpstreamUnavailable):
        await login.provider().finish(
            login.attempt, login.returned(code=None, error="temporarily_unavailable")
        )


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"state": "of-another-login"}, "state"),
        ({"state": None}, "state"),
        ({"state": "\udc80"}, "state"),
        ({"error": "access_denied"}, "response_shape"),
        ({"code": None}, "code"),
        ({"code": ""}, "code"),
        ({"code": "x" * 9000}, "code"),
        ({"code": "kod\n"}, "code"),
        ({"code": None, "error": "invalid_scope"}, "authorization_error"),
        ({"iss": "https://evil.example"}, "response_issuer"),
        ({"iss": ""}, "response_issuer"),
        (
            {"code": None, "error": "access_denied", "iss": "https://evil.example"},
            "response_issuer",
        ),
    ],
)
async def test_a_bad_return_is_refused_before_the_code_is_used(
    login: Login, changes: dict[str, str | None], check: str
) -> None:
    """Whatever is wrong with the answer, the code is not sent anywhere."""
    with pytest.raises(UpstreamInvalid) as failure:
        await login.provider().finish(login.attempt, login.returned(**changes))
    assert failure.value.check == check
    assert login.upstream.calls("token") == 0


async def test_answer_to_another_providers_login_is_refused(login: Login) -> None:
    """State, nonce and verifier belong to the provider that they were made for (mix-up)."""
    with pytest.raises(UpstreamInvalid) as failure:
        await login.provider().finish(replace(login.attempt, provider="other"), login.returned())
    assert failure.value.check == "provider"


async def test_promised_issuer_must_be_there(login: Login) -> None:
    """RFC 9207 section 2.4: where the metadata promises `iss`, its absence is a failure."""
    login.upstream.metadata["authorization_response_iss_parameter_supported"] = True
    provider = login.provider()
    with pytest.raises(UpstreamInvalid) as failure:
        await provider.finish(login.attempt, login.returned())
    assert failure.value.check == "response_issuer"
    identity = await provider.finish(login.attempt, login.returned(iss="https://id.example.org"))
    assert identity.subject == "00abc-o"


async def test_second_secret_is_tried_when_the_first_is_refused(login: Login) -> None:
    """While a secret is being changed, both are valid here."""
    refused = httpx.Response(401, json={"error": "invalid_client"})
    accepted = httpx.Response(200, json=login.upstream.token_answer()[1])
    login.upstream.router.routes["token"].mock(side_effect=[refused, accepted])
    provider = login.provider(client_secrets=("new", "old"), client_auth="client_secret_post")
    identity = await provider.finish(login.attempt, login.returned())
    assert identity.subject == "00abc-o"
    assert login.upstream.last_form()["client_secret"] == "old"


async def test_a_refused_code_is_not_sent_again_with_the_other_secret(login: Login) -> None:
    """A code is used once; only a refusal of ourselves moves on to the next secret."""
    login.upstream.token_status, login.upstream.token_fields = 400, {"error": "invalid_grant"}
    with pytest.raises(UpstreamInvalid) as failure:
        await login.provider(client_secrets=("new", "old")).finish(login.attempt, login.returned())
    assert failure.value.check == "code_redemption"
    assert login.upstream.calls("token") == 1


async def test_refused_client_is_told_apart(login: Login) -> None:
    """The operator hears that it is the secret, with the provider's numbers and no text."""
    login.upstream.token_status = 401
    login.upstream.token_fields = {
        "error": "invalid_client",
        "error_description": "AADSTS7000222: secret of maja@example.org expired",
        "error_codes": [7000222],
        "trace_id": "0f0f-11",
    }
    with pytest.raises(UpstreamInvalid) as failure:
        await login.provider().finish(login.attempt, login.returned())
    assert failure.value.check == "client_authentication"
    assert "7000222" in failure.value.detail
    assert "maja" not in failure.value.detail


async def test_userinfo_of_somebody_else_is_refused(login: Login) -> None:
    """OpenID Connect Core section 5.3.2: the subjects must be equal."""
    login.upstream.userinfo = {"sub": "somebody-else", "name": "Eva Ek"}
    with pytest.raises(UpstreamInvalid) as failure:
        await login.provider(userinfo="on").finish(login.attempt, login.returned())
    assert failure.value.check == "userinfo_subject"


async def test_userinfo_adds_what_the_token_lacks(login: Login) -> None:
    """As a fallback it is asked only when there is no e-mail, and the token's names win."""
    login.upstream.claims["email"] = None
    login.upstream.userinfo = {"sub": "00abc-o", "email": "m@example.org", "name": "Another"}
    identity = await login.provider(userinfo="fallback").finish(login.attempt, login.returned())
    assert (identity.email, identity.name) == ("m@example.org", "Maja Lind")


async def test_userinfo_is_not_asked_without_need(login: Login) -> None:
    """A complete token needs no second call."""
    await login.provider(userinfo="fallback").finish(login.attempt, login.returned())
    assert login.upstream.calls("userinfo") == 0


async def test_login_goes_on_without_userinfo(login: Login) -> None:
    """It only adds what is shown: when it is down, the login succeeds without."""
    login.upstream.claims["email"] = None
    login.upstream.broken = {"userinfo"}
    identity = await login.provider(userinfo="fallback").finish(login.attempt, login.returned())
    assert identity.email is None


async def test_fresh_login_is_demanded_and_checked(login: Login) -> None:
    """prompt=login with max_age=0 obliges the provider to say when; an old login is refused."""
    again = replace(login.attempt, reauthenticate=True)
    provider = login.provider()
    asked = query_of(await provider.start(again))
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    for auth_time in (None, login.attempt.started_at.timestamp() - 121):
        login.upstream.claims["auth_time"] = auth_time
        with pytest.raises(UpstreamInvalid) as failure:
            await provider.finish(again, login.returned())
        assert failure.value.check == "auth_time"
    login.upstream.claims["auth_time"] = login.attempt.started_at.timestamp()
    assert (await provider.finish(again, login.returned())).auth_time == login.attempt.started_at


async def test_max_age_is_asked_for_and_checked(login: Login) -> None:
    """A login older than max_age when the attempt began is refused."""
    recent = replace(login.attempt, max_age=600)
    provider = login.provider()
    assert query_of(await provider.start(recent))["max_age"] == "600"
    login.upstream.claims["auth_time"] = login.attempt.started_at.timestamp() - 600 - 121
    with pytest.raises(UpstreamInvalid):
        await provider.finish(recent, login.returned())
    login.upstream.claims["auth_time"] = login.attempt.started_at.timestamp() - 600
    assert await provider.finish(recent, login.returned())


async def test_page_wishes_are_passed_on(login: Login) -> None:
    """Languages and the account chooser go along; a login hint does not."""
    wishes = replace(
        login.attempt, choose_account=True, ui_locales=("sv", "en"), login_hint="m@example.org"
    )
    asked = query_of(await login.provider().start(wishes))
    assert (asked["prompt"], asked["ui_locales"]) == ("select_account", "sv en")
    assert "login_hint" not in asked


async def test_unknown_claims_are_counted(login: Login) -> None:
    """A claim that stands nowhere in the ledger reaches the observer by its name."""
    login.upstream.claims["new_fangled"] = "x"
    await login.provider().finish(login.attempt, login.returned())
    assert login.heard.claims == ["new_fangled"]


async def test_an_open_breaker_stops_logins_before_they_leave(login: Login) -> None:
    """After five failures in a row nobody is sent to a provider that is down."""
    login.upstream.broken = {"discovery"}
    provider = login.provider()
    for _ in range(5):
        with pytest.raises(UpstreamUnavailable):
            await provider.start(login.attempt)
    assert provider.is_up is False
    calls = login.upstream.calls("discovery")
    with pytest.raises(UpstreamUnavailable):
        await provider.start(login.attempt)
    assert login.upstream.calls("discovery") == calls


async def test_connection_failure_is_unavailable(login: Login) -> None:
    """No answer at the token endpoint is told apart from a bad one, and not asked twice."""
    login.upstream.router.routes["token"].mock(side_effect=httpx2.ConnectError("refused"))
    with pytest.raises(UpstreamUnavailable) as failure:
        await login.provider().finish(login.attempt, login.returned())
    assert "4/0Acode" not in str(failure.value) + failure.value.detail
    assert login.upstream.calls("token") == 1
