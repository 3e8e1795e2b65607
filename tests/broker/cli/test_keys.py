"""`farstu keys`: to look at the keys, to change them, and to take them out."""

import asyncio
import json
import re
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import Result

from broker.cli.clock import now
from broker.cli.configuration import read_settings
from broker.cli.database import opened
from broker.settings.fresh import new_key
from broker.storage.key_ports import Fetches
from broker.storage.ports import StoredClient
from broker.wiring.keys import workshop
from broker.wiring.storage import storage_urls
from keys import Algorithm, KeyRecord, LocalSigner, State, ensure_keys, load_ring

Run = Callable[..., Result]
DAY = timedelta(days=1)
RESOURCE = """
[resources.zz-api]
audience = "https://api.example.se"
companies = ["exempel-elnat"]
"""
WHY = ("--reason", "a yearly exercise", "--by", "anna", "--yes")


@pytest.fixture
def ring(installed: Run) -> Run:
    """With keys that were made a week ago, as a broker that has run leaves them."""

    async def make() -> None:
        settings = read_settings(None)
        async with opened(settings) as storage:
            shop = workshop(settings, storage)
            await ensure_keys(shop, list(Algorithm), now=now() - 7 * DAY)

    asyncio.run(make())
    return installed


def kept() -> Sequence[KeyRecord]:
    """The records as they are stored."""

    async def read() -> Sequence[KeyRecord]:
        async with opened(read_settings(None)) as storage:
            return await storage.keys.all()

    return asyncio.run(read())


def kid_in(state: State, algorithm: Algorithm = Algorithm.ES256) -> str:
    """The only key of an algorithm in this state."""
    [found] = [each for each in kept() if (each.state, each.algorithm) == (state, algorithm)]
    return found.kid


def trail() -> list[tuple[str, str, str]]:
    """What the audit trail says was done by somebody, and why."""

    async def read() -> list[tuple[str, str, str]]:
        async with opened(read_settings(None)) as storage:
            events = [each.event async for each in storage.audit.read(after=0)]
        return [
            (each.kind, each.actor, each.facts["reason"])
            for each in events
            if each.actor != "broker"
        ]

    return asyncio.run(read())


def test_the_plan_says_when_which_key_signs(ring: Run) -> None:
    """And from when on it may be made to."""
    said = ring("keys", "plan").stdout
    for algorithm in Algorithm:
        spare = kid_in(State.ANNOUNCED, algorithm)
        assert f"{algorithm} {spare} begins to sign; " in said
        assert f"{algorithm} {spare}, announced " in said
    steps = json.loads(ring("keys", "plan", "--json").stdout)
    assert {each["do"] for each in steps} == {"activate"}


def test_the_plan_says_who_has_fetched_the_next_key(ring: Run) -> None:
    """By the names that they gave, and how often they come."""

    async def note() -> None:
        async with opened(read_settings(None)) as storage:
            old, fresh = now() - 8 * DAY, now()
            await storage.key_fetches.note(
                [Fetches("invoices", 1, old, old), Fetches("billing", 3, old, fresh, 5 * DAY)]
            )

    asyncio.run(note())
    lines = ring("keys", "plan").stdout.splitlines()
    assert any("has fetched it" in line and "billing" in line for line in lines)
    assert any("has not fetched it" in line and "invoices" in line for line in lines)
    assert any("at most 5 d apart" in line for line in lines)


@pytest.fixture
def crowd(ring: Run) -> Run:
    """Thirty names that come every day, and a client and a resource that have come once."""
    path = Path("farstu.toml")
    path.write_text(path.read_text() + RESOURCE)

    async def note() -> None:
        async with opened(read_settings(None)) as storage:
            await storage.clients.add(StoredClient("zz-portal", "{}", now()))
            old, fresh = now() - 8 * DAY, now()
            daily = [Fetches(f"c{n:02}", 100 + n, old, fresh, DAY) for n in range(30)]
            once = [Fetches(name, 1, old, old) for name in ("zz-portal", "zz-api", "stranger")]
            await storage.key_fetches.note([*daily, *once])

    asyncio.run(note())
    return ring


def shown(lines: Sequence[str]) -> list[str]:
    """The names, in their order."""
    found = (
        re.search(r"^  (?:has (?:not )?fetched it +)?([cz][\w-]+)[: ] ", each) for each in lines
    )
    return [each[1] for each in found if each]


MOST_TELLING = ["zz-api", "zz-portal", *(f"c{n:02}" for n in range(29, 11, -1))]


def test_a_crowd_hides_nobody_in_the_plan(crowd: Run) -> None:
    """Registered services first, then the most regular; twenty, and how many more there are."""
    said = crowd("keys", "plan").stdout.split("\n\n")[1:]
    assert len(said) == len(Algorithm)
    for spare in said:
        assert shown(spare.splitlines()) == MOST_TELLING
        assert "  and 13 more, of whom 12 have fetched it" in spare.splitlines()


def test_a_crowd_hides_nobody_in_an_emergency(crowd: Run) -> None:
    """The same twenty."""
    kid = kid_in(State.SIGNING)
    said = crowd("keys", "revoke", "--scope", "key", "--kid", kid, *WHY).stdout
    lines = said.split("for how long each seems to keep them:\n")[1].splitlines()
    assert shown(lines) == MOST_TELLING
    assert "  and 13 more, after those that matter most." in lines


def test_rotating(ring: Run) -> None:
    """One algorithm or all; the trail says who and why."""
    spare = kid_in(State.ANNOUNCED)
    result = ring("keys", "rotate", "--algorithm", "ES256", *WHY)
    assert result.exit_code == 0, result.output
    assert f"ES256: {spare} signs from now on." in result.stdout
    assert kid_in(State.SIGNING) == spare
    assert trail() == [
        (f"key_{each}", "operator:anna", "a yearly exercise")
        for each in ("retiring", "signing", "announced")
    ]


def test_rotating_too_soon_says_when(ring: Run) -> None:
    """The new spare is in nobody's cache yet."""
    ring("keys", "rotate", "--algorithm", "ES256", *WHY)
    result = ring("keys", "rotate", "--algorithm", "ES256", *WHY)
    assert result.exit_code == 1
    assert "may sign from" in result.stderr
    assert "caches" in result.stderr


def test_nothing_is_done_without_a_yes(ring: Run) -> None:
    """Each of them asks; a reason is needed too."""
    kid = kid_in(State.SIGNING)
    for command in (
        ("rotate",),
        ("activate", kid_in(State.ANNOUNCED)),
        ("retire", kid),
        ("revoke", "--scope", "store"),
    ):
        refused = ring("keys", *command, "--reason", "a yearly exercise", answers="n\n")
        assert refused.exit_code == 1, command
        assert ring("keys", *command, "--yes").exit_code == 2, command
    assert kid_in(State.SIGNING) == kid


def test_a_key_is_named_by_the_beginning_of_its_kid(ring: Run) -> None:
    """Of at least six characters."""
    spare = kid_in(State.ANNOUNCED)
    assert ring("keys", "retire", spare[:5], *WHY).exit_code == 1
    assert ring("keys", "retire", spare[:12], *WHY).exit_code == 0
    assert kid_in(State.RETIRING) == spare
    assert ring("keys", "activate", spare[:12], *WHY).exit_code == 1


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


def change_behind_our_back(statement: str) -> None:
    """As a newer release would write it, or damage."""
    url = storage_urls(read_settings(None))[0]
    path = url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute(statement)


def test_what_only_a_newer_release_knows_is_left_out_and_said(ring: Run) -> None:
    """To look and to revoke; those that are known are listed and revoked."""
    change_behind_our_back("UPDATE signing_keys SET algorithm = 'new' WHERE algorithm = 'PS256'")
    for command in (("list",), ("revoke", "--scope", "store", *WHY)):
        result = ring("keys", *command)
        assert result.exit_code == 0, result.output
        assert "Left out: 2 keys of an algorithm that this release does not know (new)." in (
            result.stderr
        )
    assert ring("keys", "list", "--all").stdout.count("revoked ") == 2 * (len(Algorithm) - 1)


@pytest.mark.parametrize("command", [("list",), ("revoke", "--scope", "store", *WHY)])
def test_a_state_that_is_not_known_is_told_with_what_to_do(
    command: tuple[str, ...], ring: Run
) -> None:
    """Nothing is done, and nothing is shown that might not be so."""
    change_behind_our_back("UPDATE signing_keys SET state = 'new' WHERE algorithm = 'PS256'")
    result = ring("keys", *command)
    assert result.exit_code == 1
    assert "'new', which this release does not know: use the program" in result.stderr


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


def test_verifying(ring: Run) -> None:
    """All open; a worker that does not follow is named."""
    assert f"All {2 * len(Algorithm)} keys" in ring("keys", "verify").stdout

    async def show() -> None:
        async with opened(read_settings(None)) as storage:
            await storage.workers.show("machine-b/7", 0)

    asyncio.run(show())
    result = ring("keys", "verify")
    assert result.exit_code == 1
    assert "machine-b/7" in result.stderr


def test_a_ring_without_a_key_that_signs_is_no_good_news(ring: Run) -> None:
    """Tokens cannot be made: the command fails, and names the ring."""

    async def revoke() -> None:
        async with opened(read_settings(None)) as storage:
            shop = workshop(read_settings(None), storage)
            [signing] = [
                each
                for each in await storage.keys.all()
                if (each.state, each.algorithm) == (State.SIGNING, Algorithm.ES256)
            ]
            await shop.moved(signing, State.REVOKED, at=now())

    asyncio.run(revoke())
    result = ring("keys", "verify")
    assert result.exit_code == 1
    assert "ES256: no key is signing." in result.stderr


def test_verifying_a_token(ring: Run) -> None:
    """Whose it is, for whom, until when; never printed itself."""

    async def sign() -> str:
        settings = read_settings(None)
        async with opened(settings) as storage:
            opened_ring = await load_ring(storage.keys, (), workshop(settings, storage).seal)
        claims = {"iss": "https://login.example.se", "aud": "a", "iat": 1, "exp": 2}
        signer = LocalSigner(opened_ring, holds=lambda: True)
        return signer.sign(claims, typ="at+jwt", algorithm=Algorithm.ES256)

    token = asyncio.run(sign())
    result = ring("keys", "verify", "--token", answers=token)
    assert result.exit_code == 0, result.output
    assert '"aud": "a"' in result.stdout
    assert token not in result.output
    header, payload, signature = token.split(".")
    for other, why in (
        (f"{header}.{payload}.{'A' * len(signature)}", "the signature is not"),
        ("", "no JWT"),
        ("a.b.c", "no JWT"),
        ("a.b", "no JWT"),
        (f"{'e30'}.{payload}.{signature}", "other members"),
    ):
        result = ring("keys", "verify", "--token", answers=other)
        assert result.exit_code == 1
        assert why in result.stderr


def test_a_token_of_a_revoked_key(ring: Run) -> None:
    """It was ours: since when it is not any more is what an incident asks."""

    async def sign() -> str:
        settings = read_settings(None)
        async with opened(settings) as storage:
            opened_ring = await load_ring(storage.keys, (), workshop(settings, storage).seal)
        signer = LocalSigner(opened_ring, holds=lambda: True)
        return signer.sign({"aud": "a"}, typ="at+jwt", algorithm=Algorithm.ES256)

    token, kid = asyncio.run(sign()), kid_in(State.SIGNING)
    assert ring("keys", "revoke", "--scope", "key", "--kid", kid, *WHY).exit_code == 0
    result = ring("keys", "verify", "--token", answers=token)
    assert result.exit_code == 1
    assert f"its key {kid} was revoked, 20" in result.stderr


def test_the_public_key_of_a_revoked_one_is_not_given(ring: Run) -> None:
    """Nobody should put it anywhere."""
    kid = kid_in(State.SIGNING)
    assert ring("keys", "revoke", "--scope", "key", "--kid", kid, *WHY).exit_code == 0
    result = ring("keys", "export-public", kid)
    assert result.exit_code == 1
    assert "revoked" in result.stderr
    assert not result.stdout


def test_a_key_that_somebody_wrote_is_not_given(ring: Run) -> None:
    """What the broker would not publish is not printed either."""

    async def write() -> None:
        async with opened(read_settings(None)) as storage:
            [spare] = [each for each in await storage.keys.all() if each.kid == kid]
            await storage.keys.change(replace(spare, sealed_private=b"x"), was=spare.state)

    kid = kid_in(State.ANNOUNCED)
    asyncio.run(write())
    result = ring("keys", "export-public")
    assert result.exit_code == 1
    assert kid in result.stderr
    assert not result.stdout


def test_the_public_keys(ring: Run) -> None:
    """All as a JWK Set, without anything private; or one as PEM."""
    whole = json.loads(ring("keys", "export-public").stdout)
    assert {each["kid"] for each in whole["keys"]} == {each.kid for each in kept()}
    assert all(not {"d", "p", "q"} & each.keys() for each in whole["keys"])
    pem = ring("keys", "export-public", kid_in(State.SIGNING)).stdout
    assert pem.startswith("-----BEGIN PUBLIC KEY-----")


def test_rewrapping(ring: Run) -> None:
    """Under a new master key; then the old one is not needed any more."""
    path = Path("farstu.toml")
    path.write_text(path.read_text().replace("{ k01 =", f'{{ k02 = "{new_key()}", k01 ='))
    result = ring("keys", "rewrap", "--reason", "a new master key")
    assert result.exit_code == 0, result.output
    assert {each.master_key for each in kept()} == {"k02"}
    assert "already" in ring("keys", "rewrap", "--reason", "a new master key").stdout
