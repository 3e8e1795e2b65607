"""The plain provider: by the book."""

from collections.abc import Callable

import pytest

from tests.providers.emulated.party import Party, read_query, read_token

MakeParty = Callable[[str], Party]


@pytest.fixture
def generic(party: MakeParty) -> Party:
    """The client there."""
    return party("generic")


@pytest.mark.parametrize("path", ["code", "cancel", "mistake"])
async def test_every_answer_names_the_issuer(generic: Party, path: str) -> None:
    """RFC 9207, as the metadata promises."""
    if path == "code":
        answer = await generic.sign_in("karin")
    elif path == "cancel":
        await generic.order("cancel")
        answer = read_query(await generic.authorize())
    else:
        answer = read_query(await generic.authorize(response_type="token"))
    assert answer["iss"] == "http://localhost:8001/generic"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"scope": "profile"}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
)
async def test_mistakes_are_redirected(
    generic: Party, changes: dict[str, str | None], error: str
) -> None:
    """As RFC 6749 and OpenID Connect say."""
    assert read_query(await generic.authorize(**changes))["error"] == error


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "made-up"},
        {"code_verifier": "wrong" * 10},
        {"redirect_uri": "http://localhost:8000/x"},
    ],
)
async def test_a_code_needs_everything_right(generic: Party, changes: dict[str, str]) -> None:
    """Code, verifier and redirect address."""
    code = (await generic.sign_in("karin"))["code"]
    response = await generic.redeem(**{"code": code, **changes})
    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")


async def test_form_post_posts_the_issuer_too(generic: Party) -> None:
    """The form holds code, state and iss."""
    page = await generic.authorize(response_mode="form_post")
    answer = await generic.press(page, "person", "karin")
    assert 'name="iss" value="http://localhost:8001/generic"' in answer.text


async def test_max_age_makes_people_prove_themselves(generic: Party) -> None:
    """An old session is not enough, and auth_time says when."""
    before = (await generic.get_claims("karin"))["auth_time"]
    await generic.order(shift_clock=100)
    page = await generic.authorize(max_age="60")
    assert "Logga in på nytt" in page.text
    code = read_query(await generic.press(page, "person", "karin"))["code"]
    after = read_token((await generic.redeem(code)).json()["id_token"])[1]["auth_time"]
    assert after - before == 100
