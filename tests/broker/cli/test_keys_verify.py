"""`farstu keys verify` and `export-public`: proofs, and what the world sees."""

import asyncio
import json
from dataclasses import replace

from broker.cli.clock import now
from broker.cli.configuration import read_settings
from broker.cli.database import opened
from broker.wiring.keys import workshop
from keys import Algorithm, LocalSigner, State, load_ring
from tests.broker.cli.keyring import WHY, Run, kept, kid_in


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
