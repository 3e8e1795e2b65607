"""The JWK Set holds what a relying party needs, and never a private member."""

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import replace

import pytest
from joserfc.jwk import KeySet

from keys import Algorithm, KeyRecord, Seal, State, jwks_document
from keys.generate import new_record
from keys.jwk import private_key, public_key
from keys.seal import Bond, Sealed
from tests.keys.conftest import NOW

PUBLIC = {"kty", "crv", "x", "y", "n", "e", "use", "alg", "kid"}


@pytest.mark.parametrize("algorithm", Algorithm)
def test_no_private_member_is_published(made: tuple[KeyRecord, ...], algorithm: Algorithm) -> None:
    """For every algorithm, each published key has public members only."""
    keys = json.loads(jwks_document(made))["keys"]
    ours = [key for key in keys if key["alg"] == algorithm.value]
    assert len(ours) == 2
    assert all(set(key) <= PUBLIC for key in ours)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_even_a_record_with_private_members_publishes_none(
    made: tuple[KeyRecord, ...], seal: Seal, algorithm: Algorithm
) -> None:
    """A private JWK that got into a record by mistake does not get out."""
    record = next(r for r in made if r.algorithm is algorithm)
    plain = seal.open(
        Sealed(record.sealed_private, record.master_key), Bond(record.kid, algorithm.value)
    )
    leaked = json.dumps(private_key(record, plain).as_dict(private=True))
    assert '"d"' in leaked
    (key,) = json.loads(jwks_document([replace(record, public_jwk=leaked)]))["keys"]
    assert set(key) <= PUBLIC


def test_the_set_is_what_others_can_read(made: tuple[KeyRecord, ...]) -> None:
    """A JOSE library imports the document as a key set; every kid is there once."""
    imported = KeySet.import_key_set(json.loads(jwks_document(made)))
    assert sorted(key.kid or "" for key in imported) == sorted(r.kid for r in made)


def test_removed_and_revoked_keys_are_not_in_it(record: KeyRecord) -> None:
    """They are gone from the next document on."""
    gone = [replace(record, state=state) for state in (State.REMOVED, State.REVOKED)]
    assert jwks_document(gone) == b'{"keys":[]}'


def test_the_same_ring_gives_the_same_bytes(made: tuple[KeyRecord, ...]) -> None:
    """The order of the records does not matter: an ETag can stand on the bytes."""
    assert jwks_document(made) == jwks_document(made[::-1])


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_kid_is_the_thumbprint_of_the_stored_key(
    made: tuple[KeyRecord, ...], algorithm: Algorithm
) -> None:
    """The stored public JSON is canonical: its plain SHA-256 is the `kid` (RFC 7638)."""
    for record in made:
        if record.algorithm is algorithm:
            digest = hashlib.sha256(record.public_jwk.encode()).digest()
            assert record.kid == urlsafe_b64encode(digest).rstrip(b"=").decode()


def test_the_thumbprint_of_the_rfc(seal: Seal) -> None:
    """RFC 7638 section 3.1: its example key has the thumbprint that it says."""
    example = (
        '{"e":"AQAB","kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAt'
        "VT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt"
        "7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91"
        "CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kE"
        'gU8awapJzKnqDKgw"}'
    )
    record = replace(
        new_record(Algorithm.ES256, seal, now=NOW),
        algorithm=Algorithm.RS256,
        public_jwk=example,
        kid="NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
    )
    assert public_key(record).thumbprint() == record.kid
