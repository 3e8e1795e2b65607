"""`farstu doctor` on secrets: what it calls superfluous is so; a kept import needs its own too."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace as changed
from typer.testing import Result

from broker.app.same_salt import see_that_the_salt_is_the_same
from broker.cli.configuration import read_settings
from broker.cli.database import opened
from broker.cli.examining.table import examine
from broker.settings.fresh import new_key
from broker.settings.schema import Settings
from broker.storage.register_ports import Generation
from broker.upkeep.finding import Outcome
from tests.contracts.samples import indexed
from tests.house import TestHouse, a_key

Run = Callable[..., Result]


def with_older(settings: Settings, **changes: object) -> Settings:
    """The same installation, with an older master key and an older pepper beside the current."""
    secrets = settings.secrets
    older = {
        "master_keys": {"m0": a_key("older"), **secrets.master_keys},
        "peppers": {"p0": a_key("older pepper"), **secrets.peppers},
    }
    return settings.model_copy(update={"secrets": secrets.model_copy(update=older | changes)})


async def imported(house: TestHouse, *, master: str, pepper: str) -> Generation:
    """One customer more than nobody, sealed and hashed with these."""
    index = house.parts.storage.index
    generation = await index.open_generation("elnat", at=house.clock(), pepper=pepper)
    sealed = master.encode() + b"\0sealed"
    row = changed(indexed(b"a"), sealed_contact=sealed, sealed_previous_contact=b"")
    await index.add_customers(generation, [row])
    await index.make_current([generation], at=house.clock())
    return generation


async def told(house: TestHouse, settings: Settings) -> dict[str, tuple[Outcome, str]]:
    """What is said of master keys and peppers."""
    found = await examine(settings, offline=True, now=house.clock)
    kinds = ("master key", "pepper")
    return {each.name: (each.outcome, each.what) for each in found if each.name.startswith(kinds)}


async def test_the_import_before_the_current_one_needs_its_secrets(house: TestHouse) -> None:
    """Until it goes: `farstu register take-back` brings it back, and a backup holds it."""
    settings = with_older(house.settings)
    before = await imported(house, master="m0", pepper="p0")
    await imported(house, master="m1", pepper="p1")
    said = await told(house, settings)
    needed = "contacts of an import before the current one"
    assert said["master key m0"] == (Outcome.OK, f"retired, and still needed for {needed}")
    kept = "the import before the current one of elnat"
    assert said["pepper p0"] == (Outcome.OK, f"retired, and still needed for {kept}")
    await house.parts.storage.index.discard(before)
    said = await told(house, settings)
    gone = "retired; nothing that was looked at needs it any more"
    assert said["master key m0"] == (Outcome.OK, gone)
    assert said["pepper p0"] == (Outcome.OK, "retired; nothing needs it any more")


async def test_what_the_import_before_needs_and_is_gone(house: TestHouse) -> None:
    """Named: it could not be used if it were taken back."""
    await imported(house, master="m0", pepper="p0")
    await imported(house, master="m1", pepper="p1")
    said = await told(house, house.settings)
    assert said["master key m0"][0] is Outcome.ERROR
    assert said["pepper p0"][0] is Outcome.WARNING


async def test_peppers_that_the_current_import_needs(house: TestHouse) -> None:
    """The next import uses the last one by name; what hashed the current one is needed."""
    peppers = {**house.settings.secrets.peppers, "p2": a_key("next")}
    said = await told(house, with_older(house.settings, peppers=peppers))
    register = "the register of elnat, elhandel, varme"
    assert said["pepper p1"][1] == f"retired, and still needed for {register}"
    assert said["pepper p2"] == (Outcome.OK, "the next import uses it")


async def test_one_contact_in_a_register_is_enough(house: TestHouse) -> None:
    """Every row is looked at, however many there are that need nothing."""
    generation = await imported(house, master="m1", pepper="p1")
    rows = [
        changed(
            indexed(number.to_bytes(4, "big")),
            sealed_contact=b"m1\0sealed",
            sealed_previous_contact=b"m0\0sealed" if number == 1_900 else b"",
        )
        for number in range(2_000)
    ]
    await house.parts.storage.index.add_customers(generation, rows)
    said = await told(house, with_older(house.settings))
    assert said["master key m0"][1] == "retired, and still needed for contacts in the register"


def test_another_pairwise_salt(installed: Run) -> None:
    """Said before a broker is started with it; looking keeps nothing in mind."""

    def shown() -> str:
        return installed("doctor", "--offline").stdout

    async def start() -> None:
        settings = read_settings(None)
        async with opened(settings) as storage:
            await see_that_the_salt_is_the_same(settings, storage)

    assert "pairwise salt: the broker keeps it in mind when it first starts" in shown()
    change_the_salt()
    asyncio.run(start())
    assert "pairwise salt: the one that this installation began with" in shown()
    change_the_salt()
    after = shown()
    assert "✗ pairwise salt: Not the one that this installation began with" in after
    assert "farstu keys accept-salt" in after


def change_the_salt() -> None:
    """In the configuration."""
    path = Path("farstu.toml")
    written = re.sub(r'(pairwise_salt = )"[^"]+"', rf'\1"{new_key()}"', path.read_text())
    path.write_text(written)
