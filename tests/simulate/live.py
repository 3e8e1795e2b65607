"""S2, S4 and S7 against what runs: two brokers of two workers each, PostgreSQL and Redis, by HTTP.

A thousand forms at once on one customer number get what one after the other would, also while
workers and stores are killed; and the customer signs in meanwhile.
"""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from urllib.parse import urljoin

import httpx2

from broker.settings.verifying import VerificationSettings
from tests.browsing import Browser
from tests.faults.balancer import Balancer
from tests.faults.mischief import Mischief
from tests.faults.people import Town
from tests.faults.stack import Stack, grown, wait_until_ready
from tests.simulate.findings import Finding, Found
from tests.walking import VERIFY, page_number, somebody_new

IDENTITIES, EACH = 50, 20
VICTIM = ("100245", "1007001")
OTHER = "100246"
BUDGET = 3
_DONE, _MOMENT = 6, 13
_SETTINGS = VerificationSettings(
    answer_every_ms=0, daily_failures=100_000, waits=((600, 5),), network_failures=100_000
)
"""As installed, but for what other experiments are about; own waits outlast the restarts."""
_AT_ONCE = 8
_PATIENT = 30
_COUNTED = "SELECT coalesce(sum(count), 0) FROM failure_counts WHERE kind = 'customer'"


@dataclass
class Siege:
    """Fifty accounts at the form, and how many wrong numbers they have typed."""

    stack: Stack
    town: Town
    browsers: list[Browser]
    typed: "count[int]"

    async def burst(self, customer: str) -> Counter[str]:
        """Every account sends its form twenty times at once; what was answered."""
        posts = [self.post(browser, customer) for browser in self.browsers for _ in range(EACH)]
        return Counter(await asyncio.gather(*posts))

    async def post(self, browser: Browser, customer: str) -> str:
        """`more`: not judged, one more detail is asked for; `no`: judged; else what happened.

        Sent again while too many came at once, of everybody or of this account, or nobody answers.
        """
        form = next(each for each in browser.forms if each.action.endswith("/flow/verify"))
        fields = form.fields | {
            "customer_number": customer, "invoice_number": f"{8_000_000 + next(self.typed)}",
        }  # fmt: skip
        headers = {"origin": self.town.issuer, "sec-fetch-site": "same-origin"}
        for _ in range(_PATIENT):
            with suppress(httpx2.HTTPError):
                page = await browser.client.post(
                    urljoin(browser.url, form.action), data=fields, headers=headers
                )
                if page.status_code == httpx2.codes.UNPROCESSABLE_ENTITY:
                    return "more" if 'name="amount"' in page.text else "no"
                if page.status_code != httpx2.codes.SERVICE_UNAVAILABLE:
                    return f"status {page.status_code}, page {page_number(page)}"
            await asyncio.sleep(1)
        return "no answer"

    def counted(self) -> int:
        """How many tries on customer numbers the database knows of."""
        if self.stack.database is None:
            raise RuntimeError("there is no database to ask")
        return int(self.stack.database.run(_COUNTED, database="broker"))


def live() -> Found:
    """All three, on the same servers."""
    with grown(verification=_SETTINGS) as stack:
        return asyncio.run(_all(stack))


async def _all(stack: Stack) -> Found:
    async with _besieging(stack) as siege:
        findings = await _at_once(siege)
        findings += await _victim(siege)
        findings += await _under_faults(siege)
    return Found(findings)


@asynccontextmanager
async def _besieging(stack: Stack) -> AsyncIterator[Siege]:
    balancer = Balancer(stack.issuer, [machine.port for machine in stack.machines])
    town = Town(balancer, stack.issuer, stack.upstreams)
    watching = asyncio.create_task(balancer.watch())
    places = asyncio.Semaphore(_AT_ONCE)

    async def arrive() -> Browser:
        async with places:
            return await _to_numbers(town)

    try:
        async with Mischief(stack.emulators).listening(int(stack.upstreams.rpartition(":")[2])):
            browsers = await asyncio.gather(*(arrive() for _ in range(IDENTITIES)))
            yield Siege(stack, town, list(browsers), count(1))
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        await balancer.aclose()


async def _to_numbers(town: Town) -> Browser:
    """Somebody new at the form for the two numbers; begins again if a busy provider fails."""
    for _ in range(_PATIENT):
        browser = town.browser()
        with suppress(httpx2.HTTPError, LookupError):
            await browser.go(town.authorize())
            await browser.submit("google")
            await browser.submit(person=somebody_new())
            await browser.submit(action="/flow/new", answer="first")
            return await browser.submit(action="/flow/whose", whose="mine")
        await browser.client.aclose()
        await asyncio.sleep(1)
    raise RuntimeError(f"nobody gets to the form; the last page was {browser.title}")


async def _at_once(siege: Siege) -> list[Finding]:
    before = siege.counted()
    answers = await siege.burst(VICTIM[0])
    posts = IDENTITIES * EACH
    return [
        Finding(f"S2 live: counted of {posts:,} at once, four workers",
                siege.counted() - before, BUDGET, "exact"),
        Finding("S2 live: answers that judged", answers["no"], BUDGET),
        # An answer that was lost on the way is asked for again, and says *more* then.
        Finding("S2 live: forms without an answer", posts - answers["no"] - answers["more"], 0,
                "exact"),
    ]  # fmt: skip


async def _victim(siege: Siege) -> list[Finding]:
    """The customer signs in while a thousand more forms arrive for the same number."""
    attack = asyncio.create_task(siege.burst(VICTIM[0]))
    me, pages, waited = await _to_numbers(siege.town), 0, 0
    await me.submit(action="/flow/verify", customer_number=VICTIM[0], invoice_number=VICTIM[1])
    due_on = (datetime.now(UTC) - timedelta(days=40)).date().isoformat()
    if page_number(me) == VERIFY:
        pages += 1
        await me.submit(
            action="/flow/verify", customer_number=VICTIM[0], invoice_number=VICTIM[1],
            amount="512,50", due_date=due_on,
        )  # fmt: skip
    while page_number(me) == _MOMENT:
        left = int(me.page.headers["retry-after"])
        waited += left
        await asyncio.sleep(left)
        await me.submit(action="/flow/verify")
    await attack
    return [
        Finding("S4 live: customers under attack who were let in", page_number(me) == _DONE, 1,
                "exact"),
        Finding("S4 live: further pages", pages, 1),
        Finding("S4 live: seconds that a form had to wait", waited, 30),
    ]  # fmt: skip


async def _under_faults(siege: Siege) -> list[Finding]:
    """A worker dies, then Redis and PostgreSQL, in the middle of it; then the same once more."""
    loner = await _to_numbers(siege.town)
    for number in range(_SETTINGS.free_failures + 1):
        await siege.post(loner, f"{700_000 + number}")
    before = siege.counted()
    attack = asyncio.create_task(siege.burst(OTHER))
    await asyncio.sleep(0.2)
    await asyncio.to_thread(_break, siege.stack)
    answers = await attack
    for machine in siege.stack.machines:
        await asyncio.to_thread(wait_until_ready, machine.port)
    await asyncio.sleep(1)
    answers += await siege.burst(OTHER)
    judged = siege.counted() - before
    has_to_wait = (await siege.post(loner, "700009")).startswith("status 429")
    return [
        Finding("S7 live: own waits that were forgotten", 1 - has_to_wait, 0, "exact"),
        Finding("S7 live: counted on one number over kills and restarts", judged, BUDGET, "exact"),
        Finding("S7 live: answers that judged", answers["no"], BUDGET),
        Finding("S7 live: refused after the restarts for want of more", 1 - bool(answers["more"]),
                0, "exact"),
    ]  # fmt: skip


def _break(stack: Stack) -> None:
    """Kill -9 of a worker, of Redis and of PostgreSQL; the latter two come back at once."""
    if stack.redis is None or stack.database is None:
        raise RuntimeError("both stores are needed")
    stack.machines[0].kill_worker(1)
    snapshot = stack.redis.snapshot()
    stack.redis.stop(signal.SIGKILL)
    stack.redis.come_back(snapshot)
    stack.database.stop(signal.SIGQUIT)
    stack.database.start()
