"""Nothing is written for a request that nobody has authenticated (DESIGN section 2; Dex#1292)."""

import sqlite3
from pathlib import Path

from tests.house import ISSUER, TestHouse, authorize_url, redeem
from tests.walking import to_first_question, to_provider


def _rows(house: TestHouse) -> dict[str, int]:
    """Rows of every table in both databases."""
    counted = {}
    path = Path(house.settings.storage.database.removeprefix("sqlite:///"))
    for file in sorted(path.parent.glob("*.db")):
        with sqlite3.connect(file) as database:
            names = database.execute("select name from sqlite_master where type = 'table'")
            for (name,) in names.fetchall():
                [(count,)] = database.execute(f'select count(*) from "{name}"').fetchall()  # noqa: S608 — names are the schema's own
                counted[f"{file.name}:{name}"] = count
        database.close()
    return counted


async def test_two_hundred_abandoned_logins_leave_no_row(house: TestHouse) -> None:
    """Begun, left for a provider, given up; and everything else that a stranger can ask for."""
    before = _rows(house)
    assert len(before) > 15
    for n in range(200):
        await house.browser().go(authorize_url(state=f"abandoned-{n}"))
    for provider in ("microsoft", "google", "facebook", "yahoo"):
        await to_provider(house.browser(), provider)
    async with house.client() as client:
        await redeem(client, "made-up")
        await client.post("/token", data={"grant_type": "authorization_code"}, auth=("x", "y"))
        await client.get("/userinfo", headers={"authorization": "Bearer x"})
        await client.get("/logout")
        await client.get("/callback/google?code=x&state=y")
        await client.get(authorize_url("nobody"))
        await client.post(f"{ISSUER}/flow/verify", data={"ticket": "x"})
    assert _rows(house) == before


async def test_somebody_unrecognised_leaves_expiring_rows_only(house: TestHouse) -> None:
    """Signed in at the provider, then gone: no person, identity or session, until they prove it."""
    before = _rows(house)
    await to_first_question(house.browser())
    changed = {name for name, count in _rows(house).items() if count != before[name]}
    assert {name.partition(":")[2] for name in changed} == {"transient_values"}
