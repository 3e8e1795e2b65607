"""What stories do with messages to customers: read them, and open the address in them."""

from broker.storage.notices import Notice
from tests.browsing import Browser
from tests.house import ISSUER, TestHouse


async def notices(house: TestHouse) -> list[tuple[str, Notice]]:
    """What waits to be sent, with its kind, by the second that it was written in."""
    storage = house.parts.storage
    due = await storage.outbox.due(now=house.clock.now, limit=100)
    return [(each.kind, storage.notices.read(each)) for each in due]


async def address_in_the_latest(house: TestHouse) -> str:
    """Where the latest message leads, to say no."""
    found = await notices(house)
    return f"{ISSUER}/account/not-me?t={found[-1][1].facts['not_me']}"


async def say_not_me(house: TestHouse) -> Browser:
    """Open it in a browser of one's own, and press the button."""
    browser = await house.browser().go(await address_in_the_latest(house))
    return await browser.submit(action="/account/not-me")
