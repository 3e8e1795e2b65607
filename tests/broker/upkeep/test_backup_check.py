"""`check_backup`: each thing that can be lost or damaged is named, and nothing else is."""

import base64
import io
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from broker.registers.distant.copies import Copy, CopySeal
from broker.registers.hashing import Peppers
from broker.sealed import Vault
from broker.settings.schema import SecretSettings, Settings
from broker.storage.archive import BackupDamaged, Origin, open_backup
from broker.upkeep.backup_check import Checked, Secrets, check_backup
from broker.upkeep.finding import Outcome
from broker.wiring.secret_keys import master_keys, peppers, signing_masters
from broker.wiring.secret_prints import secret_prints
from keys import Algorithm
from linking.model import Contact, Customer, CustomerId
from tests.house import TestHouse
from tests.walking import sign_in, somebody_new

OTHER = SecretStr(base64.urlsafe_b64encode(bytes(range(100, 132))).rstrip(b"=").decode())


async def live_in(house: TestHouse) -> None:
    """Somebody connects, and somebody is to be told."""
    await sign_in(house.browser(), somebody_new())
    await house.parts.storage.notices.tell(
        "linked",
        customer=Customer(CustomerId("c1"), "elnat", "100245"),
        contact=Contact(email="k100245@brev.example"),
        at=house.clock(),
    )


async def backup_of(house: TestHouse, settings: Settings | None = None) -> bytes:
    """As the database stands; `settings` had the secrets then."""
    file = io.BytesIO()
    prints = secret_prints(settings or house.settings)
    await house.parts.storage.archive.take(
        file,
        Origin("1", house.settings.issuer, house.clock(), prints),
        with_register=True,
        on_progress=lambda *_: None,
    )
    return file.getvalue()


async def check(backup: bytes, settings: Settings) -> Checked:
    """With the secrets of these settings."""
    secrets = Secrets(
        secret_prints(settings),
        Vault(master_keys(settings)),
        Peppers.of(peppers(settings)),
        signing_masters(settings),
    )
    return await check_backup(open_backup(io.BytesIO(backup)), secrets, on_progress=lambda *_: None)


def with_secrets(settings: Settings, **changes: object) -> Settings:
    """The same installation with other secrets."""
    secrets: SecretSettings = settings.secrets.model_copy(update=changes)
    return settings.model_copy(update={"secrets": secrets})


def named(checked: Checked, outcome: Outcome) -> set[str]:
    """What of it is so."""
    return {each.name for each in checked.findings if each.outcome is outcome}


async def test_with_the_right_secrets_it_is_good(house: TestHouse) -> None:
    """Signing keys, a contact and a message open; nothing is missing."""
    await live_in(house)
    checked = await check(await backup_of(house), house.settings)
    assert checked.is_good
    assert not named(checked, Outcome.WARNING)
    assert checked.lost_keys == ()
    texts = {each.name: each.what for each in checked.findings}
    assert texts["what m1 sealed"] == "3 contacts and messages tried, all open"
    assert texts["signing keys"].startswith(f"all {2 * len(Algorithm)} ")
    assert {"master key m1", "pepper p1", "pairwise salt", "audit trail"} <= texts.keys()


async def test_copies_of_registers_elsewhere_are_tried_too(house: TestHouse) -> None:
    """One that opens counts; one that another key sealed is told."""
    await live_in(house)
    [link] = [each async for each in house.parts.storage.copies.linked("elnat", now=house.clock())]
    seal = CopySeal(house.parts.vault.seal, house.parts.vault.open)
    await house.parts.storage.copies.replace({link.id: seal.sealed(link.id, Copy(None))})
    checked = await check(await backup_of(house), house.settings)
    texts = {each.name: each.what for each in checked.findings}
    assert texts["what m1 sealed"] == "4 contacts and messages tried, all open"
    other = Vault({"m0": bytes(range(32))})
    strange = CopySeal(other.seal, other.open).sealed(link.id, Copy(None))
    await house.parts.storage.copies.replace({link.id: strange})
    checked = await check(await backup_of(house), house.settings)
    assert "master key m0" in named(checked, Outcome.ERROR)


@pytest.mark.parametrize(
    ("changes", "lost", "word"),
    [
        ({"master_keys": {"m2": OTHER}}, {"master key m1", "signing keys"}, "not configured"),
        ({"master_keys": {"m1": OTHER}}, {"master key m1", "signing keys"}, "has this name"),
        ({"peppers": {"p2": OTHER}}, {"pepper p1"}, "not configured"),
        ({"peppers": {"p1": OTHER}}, {"pepper p1"}, "has this name"),
        ({"pairwise_salt": OTHER}, {"pairwise salt"}, "another one"),
    ],
    ids=["no master", "wrong master", "no pepper", "wrong pepper", "wrong salt"],
)
async def test_each_lost_secret_is_named(
    changes: dict[str, object], lost: set[str], word: str, house: TestHouse
) -> None:
    """Missing and wrong under the right name are told apart, each with its consequence."""
    await live_in(house)
    checked = await check(await backup_of(house), with_secrets(house.settings, **changes))
    assert not checked.is_good
    assert lost <= named(checked, Outcome.ERROR) <= lost | {"what m1 sealed"}
    [finding] = [each for each in checked.findings if each.name == min(lost)]
    assert word in finding.what
    assert "Without it: " in finding.remedy
    if finding.name == "master key m1":
        assert "no broker starts until `farstu keys revoke --scope master" in finding.remedy
    assert bool(checked.lost_keys) == ("signing keys" in lost)


async def test_a_secret_that_nothing_needs_is_not_missed(house: TestHouse) -> None:
    """What was retired before the backup was taken, and cookie keys, do not keep it from good."""
    retired = with_secrets(
        house.settings,
        master_keys={"m0": OTHER, **house.settings.secrets.master_keys},
        peppers={"p0": OTHER, **house.settings.secrets.peppers},
    )
    await live_in(house)
    backup = await backup_of(house, retired)
    checked = await check(backup, with_secrets(house.settings, cookie_keys=(OTHER,)))
    assert checked.is_good
    assert named(checked, Outcome.WARNING) == {"cookie keys"}


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("UPDATE audit SET actor = 'nobody' WHERE number = 1", "audit trail"),
        ("DELETE FROM audit WHERE number = (SELECT max(number) FROM audit)", "audit trail"),
        ("UPDATE audit_head SET hash = x'00'", "audit trail"),
        ("UPDATE signing_keys SET kid = 'x' || kid WHERE state = 'signing'", "signing keys"),
        ("UPDATE signing_keys SET sealed_private = x'0100'", "signing keys"),
        ("UPDATE outbox SET id = id || 'x'", "what m1 sealed"),
        ("UPDATE register_customers SET sealed_contact = x'6d310000'", "what m1 sealed"),
    ],
)
async def test_damage_before_the_backup_is_found(
    statement: str, name: str, house: TestHouse, tmp_path: Path
) -> None:
    """The file is whole, and what it holds is not: one finding says so."""
    await live_in(house)
    with closing(sqlite3.connect(tmp_path / "farstu.db")) as database, database:
        database.execute(statement)
    checked = await check(await backup_of(house), house.settings)
    assert named(checked, Outcome.ERROR) == {name}


async def test_keys_of_a_newer_release_are_said_to_be_untried(
    house: TestHouse, tmp_path: Path
) -> None:
    """The master key that sealed them is needed all the same."""
    with closing(sqlite3.connect(tmp_path / "farstu.db")) as database, database:
        database.execute("UPDATE signing_keys SET state = 'removed' WHERE algorithm != 'PS256'")
        database.execute("UPDATE signing_keys SET algorithm = 'new' WHERE algorithm = 'PS256'")
    checked = await check(await backup_of(house), house.settings)
    assert checked.is_good
    [warning] = [each for each in checked.findings if each.outcome is Outcome.WARNING]
    assert "2 are of an algorithm that this release does not know (new)" in warning.what
    gone = with_secrets(house.settings, master_keys={"m2": OTHER})
    lost = await check(await backup_of(house), gone)
    assert "master key m1" in named(lost, Outcome.ERROR)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE persons SET created_at = 'yesterday'",
        "UPDATE sessions SET amr = 'no list'",
        "UPDATE audit SET facts = '[]' WHERE number = 1",
        "UPDATE signing_keys SET state = 'lost'",
    ],
)
async def test_a_value_that_is_none_is_damage(
    statement: str, house: TestHouse, tmp_path: Path
) -> None:
    """Every value is read as what its column holds."""
    await live_in(house)
    with closing(sqlite3.connect(tmp_path / "farstu.db")) as database, database:
        database.execute(statement)
    backup = await backup_of(house)
    with pytest.raises(BackupDamaged):
        await check(backup, house.settings)
