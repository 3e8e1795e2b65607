"""Whatever bytes come, at whichever door: an answer of ours, never a 5xx, never a stack trace."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.asgi import OWN_HOST, send_raw
from tests.house import TestHouse, authorize_url

DOORS = [
    "/",
    "/.well-known/openid-configuration",
    "/jwks",
    "/jwks/canary",
    "/authorize",
    "/token",
    "/userinfo",
    "/logout",
    "/flow",
    "/flow/choose",
    "/callback/google",
    "/flow/new",
    "/flow/whose",
    "/flow/verify",
    "/flow/done",
    "/flow/ask",
    "/flow/code",
    "/account/not-me",
    "/account/ask",
    "/account/code",
    "/flow/consent",
    "/flow/leave",
    "/help",
    "/help/privacy",
    "/static/x",
    "/livez",
    "/readyz",
]
NAMES = [b"client_id", b"redirect_uri", b"state", b"ticket", b"t", b"code", b"lang", b"request"]
GOOD = authorize_url().partition("?")[2].encode()

bits = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([b"%00", b"%ff", b"%ed%a0%80", b"&", b"=", b";", b"+", b"%", b"\xc3", b"[]"]),
    st.builds(lambda name, value: b"&" + name + b"=" + value, st.sampled_from(NAMES), st.binary()),
)
garbage = st.builds(
    lambda start, parts: start + b"".join(parts),
    st.sampled_from([b"", GOOD]),
    st.lists(bits, max_size=8),
)
header_values = st.binary(max_size=60).map(lambda raw: raw.replace(b"\r", b"").replace(b"\n", b""))
header_names = st.sampled_from(
    [
        b"cookie",
        b"authorization",
        b"content-type",
        b"content-length",
        b"accept-language",
        b"origin",
        b"user-agent",
        b"sec-fetch-site",
        b"if-none-match",
    ]
)
headers = st.lists(st.tuples(header_names, header_values), max_size=4)
forms = st.sampled_from(
    [
        [],
        [(b"content-type", b"application/x-www-form-urlencoded")],
        [(b"content-type", b"application/json")],
    ]
)
UNWANTED = (b"Traceback", b"site-packages", b"Internal Server Error", b".py")


@pytest.mark.asyncio(loop_scope="session")
async def test_every_door_is_tried(shared_house: TestHouse) -> None:
    """The list above is the application's own table of routes."""
    known = {route.path.replace("{provider}", "google") for route in shared_house.app.routes}  # type: ignore[attr-defined]
    known = {path.replace("{topic}", "privacy").replace("{name}", "x") for path in known}
    assert known - {"/.well-known/oauth-authorization-server"} <= set(DOORS)


@pytest.mark.asyncio(loop_scope="session")
@given(
    door=st.sampled_from(DOORS),
    more=st.text(max_size=8),
    method=st.sampled_from(["GET", "POST", "HEAD"]),
    query=garbage,
    body=garbage,
    form=forms,
    extra=headers,
)
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_random_bytes_are_answered(
    shared_house: TestHouse,
    *,
    door: str,
    more: str,
    method: str,
    query: bytes,
    body: bytes,
    form: list[tuple[bytes, bytes]],
    extra: list[tuple[bytes, bytes]],
) -> None:
    """Random queries, forms and headers on every door, near misses of its path among them."""
    await shared_house.parts.following.look()  # as every second: else it is not ready, rightly
    answer = await send_raw(
        shared_house,
        method,
        door + more if len(more) > 6 else door,
        query=query,
        headers=[OWN_HOST, *form, *extra],
        body=body,
    )
    assert 200 <= answer.status < 500
    assert not any(word in answer.body for word in UNWANTED)
