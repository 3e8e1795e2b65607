"""The machine burned down on Tuesday; on Wednesday the broker is back from its backup."""

import io
from pathlib import Path

from broker.storage import migrate_storage, open_storage
from broker.storage.archive import Origin, open_backup
from broker.wiring.secret_prints import secret_prints
from broker.wiring.storage import storage_urls
from tests.house import TestHouse, authorize_url, open_house, redeem, settings_for
from tests.stories.telling import entries_for, return_to
from tests.walking import ask_userinfo, is_at_portal, sign_in, somebody_new


async def backup_of(house: TestHouse) -> bytes:
    """What `farstu db backup` writes."""
    file = io.BytesIO()
    origin = Origin("1", house.settings.issuer, house.clock(), secret_prints(house.settings))
    await house.parts.storage.archive.take(
        file, origin, with_register=True, on_progress=lambda *_: None
    )
    return file.getvalue()


async def restore_into(folder: Path, backup: bytes, house: TestHouse) -> None:
    """A new machine, with an empty database."""
    await migrate_storage(*storage_urls(settings_for(folder)))
    async with open_storage(
        *storage_urls(settings_for(folder)),
        seal=house.parts.vault.seal,
        open_sealed=house.parts.vault.open,
        new_id=str,
        clock=house.clock,
    ) as storage:
        await storage.archive.restore(
            open_backup(io.BytesIO(backup)),
            replace=False,
            at=house.clock(),
            by="somebody",
            on_progress=lambda *_: None,
        )


async def test_i_sign_in_anew_and_am_still_the_customer(house: TestHouse, tmp_path: Path) -> None:
    """My link came back; my session and what the portal was granted did not."""
    browser, me = house.browser(), somebody_new()
    answer = await sign_in(browser, me)
    async with house.client() as client:
        tokens = (await redeem(client, answer["code"])).json()
    assert (await ask_userinfo(house, tokens["access_token"])).status_code == 200
    [before] = await entries_for(house, (await return_to(browser))["code"])

    await restore_into(tmp_path / "new", await backup_of(house), house)
    async with open_house(tmp_path / "new", tmp_path / "newer") as later:
        assert (await ask_userinfo(later, tokens["access_token"])).status_code == 401
        mine = later.browser()
        mine.client.cookies.update(browser.client.cookies)
        await mine.go(authorize_url())
        assert not is_at_portal(mine)
        [after] = await entries_for(later, (await return_to(mine, person=me))["code"])

    assert after == before


async def test_who_was_never_here_can_connect(house: TestHouse, tmp_path: Path) -> None:
    """The register came back too: a customer number and an invoice prove what they proved."""
    await restore_into(tmp_path / "new", await backup_of(house), house)
    async with open_house(tmp_path / "new", tmp_path / "newer") as later:
        answer = await sign_in(later.browser(), somebody_new())
        [entry] = await entries_for(later, answer["code"])
    assert entry["customer_number"] == "100245"
