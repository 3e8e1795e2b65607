"""The servers behind the login fail under it: nothing that was revoked comes back, nobody is stuck.

On a real PostgreSQL and a real Redis, which this file's tests kill, empty and roll back.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from broker.settings.operating import StorageSettings
from broker.storage.ports import Shelf
from broker.storage.sql import postgresql as postgresql_engine
from broker.tokens.code import code_key, grant_id
from tests.browsing import Browser
from tests.house import TestHouse, authorize_url, make_template, open_house, redeem
from tests.servers.postgresql import PASSWORD, PostgreSQL, postgresql
from tests.servers.redis import RedisServer, redis_server
from tests.walking import (
    CHOOSE,
    NEWCOMER,
    SIGNED_OUT,
    VERIFY,
    ask_userinfo,
    cookies_of,
    give_cookies,
    is_at_portal,
    page_number,
    sign_in,
    somebody_new,
    to_numbers,
    tokens_of,
    type_numbers,
)

pytestmark = pytest.mark.processes
PAUSED, UNAVAILABLE = 34, 503


@pytest.fixture(scope="module")
def database() -> Iterator[PostgreSQL]:
    """A PostgreSQL that writes to its disk, with a broker's database in it."""
    with postgresql(fsync=True) as server:
        server.run("CREATE DATABASE broker")
        yield server


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    """A Redis of this file's own."""
    with redis_server() as server:
        yield server


@pytest.fixture(scope="module")
def storage(database: PostgreSQL, redis: RedisServer) -> StorageSettings:
    """Both, as an operator configures them."""
    return StorageSettings(
        database=database.url("broker"),
        database_password=SecretStr(PASSWORD),
        transient=redis.url,
    )


@pytest.fixture(scope="module")
def template(storage: StorageSettings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Schema, keys and the register, once for the file."""
    folder = tmp_path_factory.mktemp("grown")
    asyncio.run(make_template(folder, storage=storage))
    return folder


@pytest.fixture
async def grown(template: Path, storage: StorageSettings) -> AsyncIterator[TestHouse]:
    """A broker on them."""
    async with open_house(template, template, storage=storage) as house:
        yield house


async def sid_of(house: TestHouse, browser: Browser) -> str:
    """Which session the browser has; empty when none that lives."""
    secret = cookies_of(browser).get("farstu-session", "")
    session = await house.use.sessions.find(secret)
    return session.id if session else ""


async def sign_out(house: TestHouse, browser: Browser) -> None:
    """As the person does, on our own page."""
    await browser.go("http://localhost:8000/logout")
    await browser.submit(action="/logout")
    assert page_number(browser) == SIGNED_OUT


async def test_redis_empty_again(grown: TestHouse, redis: RedisServer) -> None:
    """Who is signed in stays so; a login under way begins again; a code is worth nothing."""
    signed_in, under_way, coming = grown.browser(), grown.browser(), grown.browser()
    tokens = await tokens_of(grown, signed_in)
    await to_numbers(under_way)
    code = (await sign_in(coming))["code"]

    redis.come_back()

    assert await sid_of(grown, signed_in)
    assert (await ask_userinfo(grown, tokens["access_token"])).status_code == 200
    async with grown.client() as client:
        assert (await redeem(client, code)).json()["error"] == "invalid_grant"
    await type_numbers(under_way)
    assert not is_at_portal(under_way)
    assert under_way.links, "a page with a way on"
    assert "code" in await sign_in(under_way)


async def test_redis_rolled_back(grown: TestHouse, redis: RedisServer) -> None:
    """What an old snapshot brings back is neither redeemed nor finished a second time."""
    browser = grown.browser()
    await to_numbers(browser, person := somebody_new())
    await type_numbers(browser)
    before_the_end = redis.snapshot()
    page, url, cookies = browser.page, browser.url, cookies_of(browser)
    await browser.submit(action="/flow/done")
    code = browser.query["code"]
    with_code = redis.snapshot()
    async with grown.client() as client:
        tokens = (await redeem(client, code)).json()

        redis.come_back(with_code)
        assert await grown.parts.storage.transient.get(Shelf.CODE, code_key(code))
        assert (await redeem(client, code)).json()["error"] == "invalid_grant"
    assert await grown.parts.storage.grants.find(grant_id(code), now=grown.clock()) is None
    assert (await ask_userinfo(grown, tokens["access_token"])).status_code == 401

    await sign_out(grown, browser)
    redis.come_back(before_the_end)
    again = grown.browser()
    give_cookies(again, cookies)
    again.page, again.url = page, url
    await again.submit(action="/flow/done")
    assert not is_at_portal(again)
    assert not await sid_of(grown, again)
    assert person


async def test_an_ended_session_stays_ended(grown: TestHouse, redis: RedisServer) -> None:
    """Whatever Redis remembers of the time before."""
    browser = grown.browser()
    await tokens_of(grown, browser)
    cookies, snapshot = cookies_of(browser), redis.snapshot()
    await sign_out(grown, browser)
    redis.come_back(snapshot)
    give_cookies(browser, cookies)
    assert not await sid_of(grown, browser)


async def test_redis_away_for_a_while(grown: TestHouse, redis: RedisServer) -> None:
    """A page that says so, with a button that leads on where the person was."""
    browser = grown.browser()
    await to_numbers(browser)
    snapshot = redis.snapshot()
    redis.stop(signal.SIGKILL)
    await browser.go(browser.url)
    assert (page_number(browser), browser.page.status_code) == (PAUSED, UNAVAILABLE)
    assert browser.page.headers["retry-after"] == "60"
    async with grown.client() as client:
        answer = await redeem(client, "a-code")
        assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
        assert (await client.get("/readyz")).status_code == UNAVAILABLE
        assert (await client.get("/livez")).status_code == 200

    redis.come_back(snapshot)
    again = next(link for link in browser.links if "/flow/verify?" in link)
    await browser.go(again)
    assert page_number(browser) == VERIFY
    await type_numbers(browser)
    await browser.submit(action="/flow/done")
    assert is_at_portal(browser)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
async def test_postgresql_restarted(
    grown: TestHouse, database: PostgreSQL, how: signal.Signals
) -> None:
    """Stopped or crashed under running logins: what was acknowledged is there afterwards."""
    linked, ended, under_way = grown.browser(), grown.browser(), grown.browser()
    await sign_in(linked, person := somebody_new())
    await sign_in(ended)
    cookies = cookies_of(ended)
    await sign_out(grown, ended)
    await to_numbers(under_way)

    database.stop(how)
    await type_numbers(under_way)
    assert (page_number(under_way), under_way.page.status_code) == (PAUSED, UNAVAILABLE)
    async with grown.client() as client:
        assert (await client.get("/readyz")).status_code == UNAVAILABLE
    database.start()

    give_cookies(ended, cookies)
    assert not await sid_of(grown, ended)
    assert await sid_of(grown, linked)
    fresh = grown.browser()
    await to_choice(fresh)
    await fresh.submit("google")
    await fresh.submit(person=person)
    if page_number(fresh) == NEWCOMER:  # the other one was connected after this one
        await fresh.submit("seen")
    assert is_at_portal(fresh), "the link is there: one click"
    assert "code" in await sign_in(under_way)


async def to_choice(browser: Browser) -> Browser:
    """At the choice of providers."""
    await browser.go(authorize_url())
    assert page_number(browser) == CHOOSE
    return browser


async def test_connections_terminated(grown: TestHouse, database: PostgreSQL) -> None:
    """An administrator ends every connection between two clicks: nobody notices."""
    browser = grown.browser()
    await to_numbers(browser)
    database.terminate_connections()
    await asyncio.sleep(0.05)
    await type_numbers(browser)
    await browser.submit(action="/flow/done")
    assert is_at_portal(browser)


async def test_postgresql_stands_still(
    grown: TestHouse, database: PostgreSQL, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes what is sent and answers nothing: the page comes all the same, and soon."""
    monkeypatch.setattr(postgresql_engine, "_ANSWER_SECONDS", 1.0)
    monkeypatch.setattr(postgresql_engine, "_POOL_SECONDS", 2.0)
    reading, writing = grown.browser(), grown.browser()
    tokens = await tokens_of(grown, reading)
    await to_numbers(writing)

    async with asyncio.timeout(20), grown.client() as client:
        with database.frozen():
            assert (await client.get("/readyz")).status_code == UNAVAILABLE
            answer = await ask_userinfo(grown, tokens["access_token"])
            assert answer.status_code == UNAVAILABLE
            await type_numbers(writing)
            assert (page_number(writing), writing.page.status_code) == (PAUSED, UNAVAILABLE)

    assert (await ask_userinfo(grown, tokens["access_token"])).status_code == 200
    assert writing.links, "a page with a way on"
    assert "code" in await sign_in(writing)
