"""`farstu keys revoke`: what has leaked goes, and what comes instead."""

import asyncio
from pathlib import Path

import pytest

from broker.cli.configuration import read_settings
from broker.cli.database import opened
from broker.cli.keyring.aftermath import follow_up
from broker.cli.speaking import CommandFailed
from broker.settings.fresh import new_key
from keys import Aftermath, Algorithm, State
from tests.broker.cli.keyring import WHY, Run, kept, kid_in


def test_a_dry_run_of_an_emergency_changes_nothing(ring: Run) -> None:
    """It says what would be."""
    before = kept()
    result = ring(
        "keys", "revoke", "--scope", "key", "--kid", kid_in(State.SIGNING),
        "--reason", "an exercise only", "--dry-run",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "which is announced, signs at once" in result.stdout
    assert "Nothing was changed." in result.stdout
    assert kept() == before


def test_an_emergency_with_one_key(ring: Run) -> None:
    """The announced one signs; services are told what to do."""
    leaked, spare = kid_in(State.SIGNING), kid_in(State.ANNOUNCED)
    result = ring("keys", "revoke", "--scope", "key", "--kid", leaked, *WHY)
    assert result.exit_code == 0, result.output
    assert kid_in(State.SIGNING) == spare
    assert kid_in(State.REVOKED) == leaked
    assert f"- kid {leaked} (ES256)" in result.stdout
    assert "Restart your service" in result.stdout
    assert leaked not in ring("keys", "list").stdout
    assert leaked in ring("keys", "list", "--all").stdout


def test_an_emergency_with_the_whole_store(ring: Run) -> None:
    """Where no broker runs, a fresh key signs at once."""
    before = {each.kid for each in kept()}
    result = ring("keys", "revoke", "--scope", "store", *WHY)
    assert result.exit_code == 0, result.output
    for algorithm in Algorithm:
        assert kid_in(State.SIGNING, algorithm) not in before


def test_two_who_revoke_at_once_take_no_fresh_key_out(
    ring: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the first one's fresh keys are, the second has not seen, and is told so."""
    before, at_the_desk = {each.kid for each in kept()}, []

    def meanwhile(*_: object, **__: object) -> bool:
        at_the_desk.append(ring("keys", "revoke", "--scope", "store", *WHY))
        return True

    monkeypatch.setattr("broker.cli.keyring.revoking.typer.confirm", meanwhile)
    second = ring("keys", "revoke", "--scope", "store", *WHY[:-1])
    assert [each.exit_code for each in at_the_desk] == [0]
    assert second.exit_code == 1
    assert "Somebody else has revoked them meanwhile." in second.stderr
    assert kid_in(State.SIGNING) not in before


def test_a_master_key_of_before_is_known_by_name(ring: Run) -> None:
    """It may have been given up since; what it sealed is remembered."""
    path = Path("farstu.toml")
    old = path.read_text().split("{ k01 = ")[1].split(" }")[0]
    new = f'k02 = "{new_key()}"'
    path.write_text(path.read_text().replace("{ k01 =", f"{{ {new}, k01 ="))
    assert ring("keys", "rewrap", "--reason", "a new master key").exit_code == 0
    path.write_text(path.read_text().replace(f", k01 = {old}", ""))
    assert "k01" not in path.read_text()
    before = {each.kid for each in kept()}
    result = ring("keys", "revoke", "--scope", "master", "--master", "k01", *WHY)
    assert result.exit_code == 0, result.output
    assert {each.kid for each in kept() if each.state is State.REVOKED} == before


def test_a_worker_that_does_not_follow_is_named(ring: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is revoked stays so; the fresh keys wait for it."""
    monkeypatch.setattr("broker.cli.keyring.aftermath._LOOK_FOR", 1.0)

    async def show() -> None:
        async with opened(read_settings(None)) as storage:
            await storage.workers.show("machine-b/7", 0)

    asyncio.run(show())
    result = ring("keys", "revoke", "--scope", "store", *WHY)
    assert result.exit_code == 1
    assert "machine-b/7" in result.stderr
    assert State.SIGNING not in {each.state for each in kept()}


@pytest.mark.parametrize(
    "options",
    [
        ("--scope", "key"),
        ("--scope", "master"),
        ("--scope", "store", "--kid", "abcdefgh"),
        ("--scope", "key", "--kid", "abcdefgh", "--master", "k01"),
    ],
)
def test_a_scope_needs_its_names_and_no_others(ring: Run, options: tuple[str, ...]) -> None:
    """Called wrongly, with 2."""
    assert ring("keys", "revoke", *options, *WHY).exit_code == 2


def test_a_leaked_master_key_needs_a_new_one_first(ring: Run) -> None:
    """It would seal the fresh keys."""
    result = ring("keys", "revoke", "--scope", "master", "--master", "k01", *WHY)
    assert result.exit_code == 1
    assert "give a newer one first" in result.stderr
    rehearsed = ring("keys", "revoke", "--scope", "master", "--master", "k01", *WHY, "--dry-run")
    assert rehearsed.exit_code == 0
    assert "give a newer one first" in rehearsed.stdout
    assert f"{kid_in(State.SIGNING)} (signing) will be revoked" in rehearsed.stdout
    assert State.REVOKED not in {each.state for each in kept()}


def publishing(*names: str) -> None:
    """These workers publish the ring as it is now."""

    async def show() -> None:
        async with opened(read_settings(None)) as storage:
            ring = (await storage.revisions.read()).keys
            for name in names:
                await storage.workers.show(name, ring)

    asyncio.run(show())


NOTHING = Aftermath(revoked=(), signing=(), waiting=())


def test_where_no_broker_follows_it_is_no_success(ring: Run) -> None:
    """Nobody can log in until they are reloaded: that is said, by name, and the command fails."""
    with pytest.raises(CommandFailed, match="nobody can log in") as failed:
        follow_up(read_settings(None), NOTHING, ("machine-b/7",), by="")
    assert "Reload or restart the brokers now (machine-b/7)" in failed.value.remedy


def test_a_broker_that_does_not_follow_is_named_beside_one_that_does(
    ring: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """The others go on: a word of it is enough."""
    publishing("machine-a/3")
    follow_up(read_settings(None), NOTHING, ("machine-a/3", "machine-b/7"), by="")
    said = capsys.readouterr().out
    assert "sign nothing: machine-b/7." in said
    assert "machine-a" not in said


def test_an_emergency_says_who_lacks_the_new_master_key(ring: Run) -> None:
    """Before it asks: those brokers sign nothing from then on."""
    publishing("machine-b/7")
    result = ring("keys", "revoke", "--scope", "store", *WHY, "--dry-run")
    assert "These brokers do not have the master key" in result.stdout
    assert "machine-b/7" in result.stdout


def test_a_rehearsal_shows_what_the_teams_would_be_told(ring: Run) -> None:
    """With the issuer and a time: it can be prepared on a quiet day."""
    said = ring("keys", "revoke", "--scope", "store", *WHY, "--dry-run").stdout
    assert f"{read_settings(None).issuer} refuses tokens that these keys have signed" in said
    assert said.rstrip().endswith("Nothing was changed.")
