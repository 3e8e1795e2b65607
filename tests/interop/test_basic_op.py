"""The basic and the form post test plans, module by module (their names in the docstrings)."""

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.house import CHALLENGE, ISSUER, REDIRECT, SECRET, VERIFIER, TestHouse, redeem
from tests.interop.suite import CALLBACK, CALLBACK_WITH_QUERY, Suite, header_of
from tests.walking import (
    BAD_CLIENT,
    CHOOSE,
    CONSENT,
    FORM_POST,
    page_number,
    to_numbers,
    type_numbers,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_server(suite: Suite) -> None:
    """oidcc-server: the whole way, with a nonce and a state."""
    tokens = await suite.sign_in()
    assert tokens["claims"]["auth_time"]
    assert tokens["expires_in"] > 0


async def test_response_type_missing(suite: Suite) -> None:
    """oidcc-response-type-missing: an error for the client."""
    answer = await suite.authorize(response_type="")
    assert answer["error"] in {"invalid_request", "unsupported_response_type"}
    assert answer["state"] == suite.state
    assert answer["iss"] == ISSUER


@pytest.mark.parametrize("response_type", ["token", "id_token", "code id_token", "none", "Code"])
async def test_other_response_types(suite: Suite, response_type: str) -> None:
    """Implicit and hybrid do not exist: `unsupported_response_type`."""
    assert (await suite.authorize(response_type=response_type))["error"] == (
        "unsupported_response_type"
    )


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated:joserfc.errors.SecurityWarning")
@pytest.mark.parametrize(
    ("client_id", "algorithm"), [("portal", "RS256"), ("retail", "ES256"), ("heating", "EdDSA")]
)
async def test_idtoken_signature(provider: TestHouse, client_id: str, algorithm: str) -> None:
    """oidcc-idtoken-signature: each client's own algorithm, with a published key."""
    pairs = {
        "portal": ("100245", "1007001"),
        "retail": ("200245", "2007001"),
        "heating": ("300245", "3007001"),
    }
    browser = await to_numbers(provider.browser(), client_id=client_id)
    await type_numbers(browser, *pairs[client_id])
    await browser.submit(action="/flow/done")
    async with provider.client() as client:
        members = (await redeem(client, browser.query["code"], client_id=client_id)).json()
    assert header_of(members["id_token"])["alg"] == algorithm
    run = Suite(provider, client_id=client_id)
    run.nonce = "the-clients-nonce"
    await run.check_id_token(members["id_token"])


@pytest.mark.parametrize("how", ["header", "post header", "post body"])
async def test_userinfo(suite: Suite, how: str) -> None:
    """oidcc-userinfo-get, -post-header, -post-body: the same `sub` as in the ID token."""
    tokens = await suite.sign_in()
    answer = await suite.userinfo(tokens["access_token"], how)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["sub"] == tokens["claims"]["sub"]


async def test_ensure_request_without_nonce_succeeds(suite: Suite) -> None:
    """oidcc-ensure-request-without-nonce-succeeds-for-code-flow: and no nonce in the token."""
    answer = await suite.authorize(nonce="")
    suite.nonce = ""
    members = (await suite.redeem(answer["code"])).json()
    assert "nonce" not in await suite.check_id_token(members["id_token"])


async def test_without_state(suite: Suite) -> None:
    """No state was sent, none comes back."""
    assert "state" not in await suite.authorize(state="")


@pytest.mark.parametrize(
    ("scope", "claims"),
    [
        ("openid profile", {"name"}),
        ("openid email", {"email", "email_verified"}),
        ("openid profile email", {"name", "email", "email_verified"}),
        ("openid address phone", set()),
        ("openid offline_access", set()),
        ("openid", set()),
    ],
)
async def test_scopes(suite: Suite, scope: str, claims: set[str]) -> None:
    """oidcc-scope-profile, -email, -all, -address, -phone: at `/userinfo`, no refresh token."""
    tokens = await suite.sign_in(scope=scope)
    told = (await suite.userinfo(tokens["access_token"])).json()
    assert told.keys() - {"sub", "authorization_details"} == claims
    assert "refresh_token" not in tokens


async def test_ensure_other_scope_order_succeeds(suite: Suite) -> None:
    """oidcc-ensure-other-scope-order-succeeds."""
    assert (await suite.sign_in(scope="email openid"))["claims"]


@pytest.mark.parametrize("display", ["page", "popup", "touch", "wap"])
async def test_display(suite: Suite, display: str) -> None:
    """oidcc-display-page, -popup."""
    await suite.sign_in(display=display)


async def test_prompt_login(suite: Suite) -> None:
    """oidcc-prompt-login: signs in again, with a later `auth_time`."""
    first = await suite.sign_in()
    second = await suite.sign_in(prompt="login")
    assert CHOOSE in suite.pages
    assert second["claims"]["sub"] == first["claims"]["sub"]
    assert second["claims"]["auth_time"] >= first["claims"]["auth_time"]
    assert second["claims"]["sid"] != first["claims"]["sid"]


async def test_prompt_none_not_logged_in(suite: Suite) -> None:
    """oidcc-prompt-none-not-logged-in: `login_required`, no page."""
    answer = await suite.authorize(prompt="none")
    assert answer["error"] == "login_required"
    assert set(suite.pages) <= {FORM_POST}


async def test_prompt_none_logged_in(suite: Suite) -> None:
    """oidcc-prompt-none-logged-in: the same person and `auth_time`, no page."""
    first = await suite.sign_in()
    second = await suite.sign_in(prompt="none")
    assert set(suite.pages) <= {FORM_POST}
    for name in ("sub", "auth_time", "sid", "acr"):
        assert second["claims"][name] == first["claims"][name]


async def test_prompt_consent_and_select_account(suite: Suite) -> None:
    """`consent` asks for consent, `select_account` for the account, on a live session."""
    await suite.sign_in()
    await suite.sign_in(prompt="consent")
    assert CONSENT in suite.pages
    await suite.sign_in(prompt="select_account")
    assert CHOOSE in suite.pages


@pytest.mark.parametrize("prompt", ["unheard", "login unheard", "none login", "LOGIN"])
async def test_an_unknown_prompt(suite: Suite, prompt: str) -> None:
    """Neither guessed nor ignored: it may be a wish that we cannot keep."""
    assert (await suite.authorize(prompt=prompt))["error"] == "invalid_request"


async def test_max_age_1(house: TestHouse) -> None:
    """oidcc-max-age-1: two seconds later the person signs in anew."""
    run = Suite(house, client_id="open")
    asked = {
        "redirect_uri": REDIRECT,
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    assert "code" in await run.authorize(**asked)
    house.clock.advance(seconds=2)
    assert "code" in await run.authorize(**asked, max_age="1")
    assert CHOOSE in run.pages


async def test_max_age_10000(suite: Suite) -> None:
    """oidcc-max-age-10000: the login is young enough, and its `auth_time` is told."""
    first = await suite.sign_in()
    second = await suite.sign_in(max_age="10000")
    assert CHOOSE not in suite.pages
    assert second["claims"]["auth_time"] == first["claims"]["auth_time"]


@pytest.mark.parametrize("max_age", ["-1", "1.5", "x", "１", "99999999999", "1e3"])
async def test_a_bad_max_age(suite: Suite, max_age: str) -> None:
    """`invalid_request`."""
    assert (await suite.authorize(max_age=max_age))["error"] == "invalid_request"


async def test_ensure_request_with_unknown_parameter_succeeds(suite: Suite) -> None:
    """oidcc-ensure-request-with-unknown-parameter-succeeds."""
    await suite.sign_in(extra="foobar")


async def test_id_token_hint(suite: Suite) -> None:
    """oidcc-id-token-hint: silently, for the person whom it names."""
    first = await suite.sign_in()
    second = await suite.sign_in(prompt="none", id_token_hint=first["id_token"])
    assert second["claims"]["sub"] == first["claims"]["sub"]


@pytest.mark.parametrize("hint", ["x", "a.b.c", "e30.e30.", "ö"])
async def test_a_bad_id_token_hint(suite: Suite, hint: str) -> None:
    """Not a token of ours: `invalid_request`."""
    assert (await suite.authorize(id_token_hint=hint))["error"] == "invalid_request"


async def test_an_id_token_hint_of_another_client(provider: TestHouse) -> None:
    """Not a token of ours for this client."""
    tokens = await Suite(provider).sign_in()
    other = Suite(provider, client_id="suite2")
    answer = await other.authorize(id_token_hint=tokens["id_token"])
    assert answer["error"] == "invalid_request"


@pytest.mark.parametrize(
    "changes",
    [
        {"login_hint": "buffy@suite.example"},
        {"ui_locales": "se"},
        {"ui_locales": "en-GB sv fr"},
        {"claims_locales": "se"},
        {"acr_values": "1 2"},
        {"acr_values": "urn:farstu:acr:upstream"},
        {"claims": '{"id_token":{"auth_time":{"essential":true}}}'},
        {"claims": "not json"},
        {"resource": "https://api.example"},
    ],
    ids=str,
)
async def test_requests_with_wishes_succeed(suite: Suite, changes: dict[str, str]) -> None:
    """oidcc-login-hint, -ui-locales, -claims-locales, -ensure-request-with-acr-values-succeeds."""
    tokens = await suite.sign_in(**changes)
    assert tokens["claims"]["acr"] == "urn:farstu:acr:upstream"


async def test_ui_locales_choose_the_language(provider: TestHouse) -> None:
    """The first that we speak."""
    run = Suite(provider)
    query = urlencode(
        {
            "client_id": "suite",
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid",
            "ui_locales": "fr en-GB sv",
        }
    )
    await run.browser.go(f"{ISSUER}/authorize?{query}")
    assert '<html lang="en">' in run.browser.text


async def test_code_reuse(suite: Suite) -> None:
    """oidcc-codereuse: refused, and the access token is revoked."""
    answer = await suite.authorize()
    first = (await suite.redeem(answer["code"])).json()
    again = await suite.redeem(answer["code"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert (await suite.userinfo(first["access_token"])).status_code == 401


async def test_redirect_uri_query_ok(suite: Suite) -> None:
    """oidcc-redirect-uri-query-OK: the registered query stays, ours is added."""
    answer = await suite.authorize(redirect_uri=CALLBACK_WITH_QUERY)
    if suite.mode == "form_post":
        assert suite.browser.forms[0].action == CALLBACK_WITH_QUERY
    else:
        assert answer["dummy1"] == "lorem"
        assert answer["dummy2"] == "ipsum"
    response = await suite.redeem(answer["code"], redirect_uri=CALLBACK_WITH_QUERY)
    assert response.status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        f"{CALLBACK}?foo=bar",
        f"{CALLBACK_WITH_QUERY}&foo=bar",
        "https://suite.example/callback?dummy2=ipsum&dummy1=lorem",
        "https://suite.example/callback?dummy1=lorem",
        f"{CALLBACK}/other",
    ],
)
async def test_redirect_uri_mismatch(suite: Suite, address: str) -> None:
    """oidcc-redirect-uri-query-added, -query-mismatch, -ensure-registered-redirect-uri: a page."""
    assert await suite.authorize(redirect_uri=address) == {}
    assert page_number(suite.browser) == BAD_CLIENT
    assert suite.browser.page.status_code == 400


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
        ({"request_uri": "https://suite.example/r"}, "request_uri_not_supported"),
        ({"registration": "{}"}, "registration_not_supported"),
    ],
)
async def test_request_objects(suite: Suite, changes: dict[str, str], error: str) -> None:
    """oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported."""
    assert (await suite.authorize(**changes))["error"] == error


async def test_ensure_post_request_succeeds(suite: Suite) -> None:
    """oidcc-ensure-post-request-succeeds."""
    answer = await suite.authorize(method="POST")
    assert (await suite.redeem(answer["code"])).status_code == 200


async def test_post_request_with_a_session(suite: Suite) -> None:
    """A cross-site POST carries no session cookie; the redirect behind it does."""
    await suite.sign_in()
    await suite.authorize(method="POST", prompt="none")
    assert "code" in await suite.authorize(method="POST")
    assert CHOOSE not in suite.pages


async def test_server_client_secret_post(provider: TestHouse) -> None:
    """oidcc-server-client-secret-post, and the other method is refused there."""
    run = Suite(provider, client_id="suite-post")
    await run.sign_in()
    answer = await run.authorize()
    async with provider.client() as client:
        form = {"grant_type": "authorization_code", "code": answer["code"]}
        refused = await client.post("/token", data=form, auth=("suite-post", SECRET))
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


async def test_ensure_client_assertion_is_not_silently_taken(provider: TestHouse) -> None:
    """A method that we do not offer is no authentication."""
    async with provider.client() as client:
        form = {
            "grant_type": "authorization_code",
            "code": "x",
            "client_id": "suite",
            "client_assertion": "e30.e30.",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        }
        refused = await client.post("/token", data=form)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


async def test_pkce(provider: TestHouse) -> None:
    """oidcc-ensure-request-with-valid-pkce-succeeds."""
    run = Suite(provider, client_id="suite-pkce")
    answer = await run.authorize(code_challenge=CHALLENGE, code_challenge_method="S256")
    assert (await run.redeem(answer["code"], code_verifier=VERIFIER)).status_code == 200


async def test_no_refresh_token(suite: Suite) -> None:
    """oidcc-refresh-token: not offered, not given, refused as unsupported."""
    tokens = await suite.sign_in(scope="openid offline_access")
    assert "refresh_token" not in tokens
    async with suite.house.client() as client:
        form = {"grant_type": "refresh_token", "refresh_token": "x"}
        refused = await client.post("/token", data=form, auth=("suite", SECRET))
    assert refused.json()["error"] == "unsupported_grant_type"


@pytest.mark.parametrize(
    "grant_type",
    [
        "password",
        "client_credentials",
        "implicit",
        "",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
    ],
)
async def test_other_grants_do_not_exist(provider: TestHouse, grant_type: str) -> None:
    """Requirements 84 and 86."""
    async with provider.client() as client:
        refused = await client.post(
            "/token", data={"grant_type": grant_type}, auth=("suite", SECRET)
        )
    expected = "unsupported_grant_type" if grant_type else "invalid_request"
    assert (refused.status_code, refused.json()["error"]) == (400, expected)


async def test_two_clients_share_a_sign_in(suite: Suite) -> None:
    """The second client of the plans: single sign-on, the same `sub`, its own audience."""
    first = await suite.sign_in()
    suite.client_id = "suite2"
    second = await suite.sign_in(prompt="none")
    assert second["claims"]["sub"] == first["claims"]["sub"]


@pytest.mark.parametrize("twice", ["state", "nonce", "scope", "prompt", "unheard", "max_age"])
async def test_a_repeated_parameter(provider: TestHouse, twice: str) -> None:
    """Requirement 50: `invalid_request` for the client."""
    pairs: list[tuple[str, Any]] = [
        ("client_id", "suite"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid"),
        (twice, "1"),
        (twice, "2"),
    ]
    browser = await provider.browser().go(f"{ISSUER}/authorize?{urlencode(pairs)}")
    assert browser.url.startswith(CALLBACK)
    assert browser.query["error"] == "invalid_request"
    assert "state" not in browser.query


@pytest.mark.parametrize("twice", ["grant_type", "code", "redirect_uri", "client_id", "unheard"])
async def test_a_repeated_parameter_at_the_token_endpoint(provider: TestHouse, twice: str) -> None:
    """Requirement 50."""
    body = f"grant_type=authorization_code&code=x&{twice}=a&{twice}=b"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    async with provider.client() as client:
        refused = await client.post("/token", content=body.encode(), headers=headers)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")
