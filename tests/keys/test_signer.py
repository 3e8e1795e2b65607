"""What we sign verifies for anybody; what we did not sign, never for us."""

import base64
import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from joserfc import jws, jwt
from joserfc.jwk import ECKey, KeySet

from keys import Algorithm, KeyRecord, LocalSigner, NoSigningKey, Signer, State, TokenRefused
from keys import jwks_document as document
from keys.jwk import public_key
from keys.loading import OpenRing
from keys.signer import LONGEST_TOKEN
from tests.keys.conftest import always

CLAIMS = {"iss": "https://login.example.se", "sub": "p_1", "namn": "Åsa", "exp": 1_800_000_000}


def encode(part: object) -> str:
    """Base64url of the JSON of something, or of the bytes themselves."""
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def header_of(token: str) -> dict[str, Any]:
    """The header of a compact JWS."""
    segment = token.split(".", maxsplit=1)[0]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    return read


@pytest.fixture
def token(signer: LocalSigner) -> str:
    """An access token of ours."""
    return signer.sign(CLAIMS, typ="at+jwt", algorithm=Algorithm.ES256)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_token_comes_back_as_its_claims(signer: Signer, algorithm: Algorithm) -> None:
    """For every algorithm, what was signed is read again unchanged."""
    token = signer.sign(CLAIMS, typ="at+jwt", algorithm=algorithm)
    assert signer.verify(token, typ="at+jwt") == CLAIMS


@pytest.mark.parametrize("algorithm", [Algorithm.RS256, Algorithm.ES256])
def test_a_relying_party_verifies_with_the_published_set(
    signer: Signer, made: tuple[KeyRecord, ...], algorithm: Algorithm
) -> None:
    """An independent reader needs nothing but the token and the JWK Set."""
    token = signer.sign(CLAIMS, typ="at+jwt", algorithm=algorithm)
    keys = KeySet.import_key_set(json.loads(document(made)))
    assert jwt.decode(token, keys, algorithms=[algorithm.value]).claims == CLAIMS


def test_the_header_has_three_members(token: str, made: tuple[KeyRecord, ...]) -> None:
    """`alg`, `typ`, and the `kid` of the key that signs."""
    signing = next(r for r in made if r.algorithm is Algorithm.ES256 and r.state is State.SIGNING)
    assert header_of(token) == {"alg": "ES256", "kid": signing.kid, "typ": "at+jwt"}


def test_a_token_of_another_type_is_refused(signer: Signer, token: str) -> None:
    """An access token is no ID token; `typ` is compared exactly, case included."""
    for typ in ("JWT", "AT+JWT", "application/at+jwt", ""):
        with pytest.raises(TokenRefused, match="typ"):
            signer.verify(token, typ=typ)


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_changed_part_is_refused(signer: Signer, token: str, part: int) -> None:
    """Header, payload and signature are each protected."""
    other = signer.sign(CLAIMS | {"sub": "p_2"}, typ="at+jwt", algorithm=Algorithm.RS256)
    parts = token.split(".")
    parts[part] = other.split(".")[part]
    with pytest.raises(TokenRefused):
        signer.verify(".".join(parts), typ="at+jwt")


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS256", "ES512", "ES256K", "", None, 1])
def test_the_token_does_not_choose_its_algorithm(
    signer: Signer, token: str, algorithm: object
) -> None:
    """Whatever `alg` a header names, only the one of the key named by `kid` is taken."""
    _, payload, signature = token.split(".")
    forged = encode(header_of(token) | {"alg": algorithm})
    with pytest.raises(TokenRefused, match="alg"):
        signer.verify(f"{forged}.{payload}.{signature}", typ="at+jwt")


def test_the_public_key_is_no_shared_secret(
    signer: Signer, token: str, made: tuple[KeyRecord, ...]
) -> None:
    """The old confusion: HS256 with our public key as the secret."""
    signing = next(r for r in made if r.kid == header_of(token)["kid"])
    pem = public_key(signing).public_key.public_bytes(  # type: ignore[union-attr]
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    head = encode({"alg": "HS256", "kid": signing.kid, "typ": "at+jwt"})
    body = f"{head}.{encode(CLAIMS)}"
    forged = f"{body}.{encode(hmac.digest(pem, body.encode(), 'sha256'))}"
    with pytest.raises(TokenRefused, match="alg"):
        signer.verify(forged, typ="at+jwt")


@pytest.mark.parametrize(
    "extra",
    [
        {"crit": ["exp"], "exp": 1},
        {"crit": []},
        {"b64": False},
        {"jwk": {"kty": "EC"}},
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/x5u"},
        {"zip": "DEF"},
        {"cty": "JWT"},
    ],
)
def test_no_other_header_member_is_considered(
    signer: Signer, token: str, extra: dict[str, object]
) -> None:
    """A header with anything that we do not write is refused before any key is used."""
    _, payload, signature = token.split(".")
    with pytest.raises(TokenRefused, match="header"):
        signer.verify(f"{encode(header_of(token) | extra)}.{payload}.{signature}", typ="at+jwt")


@pytest.mark.parametrize("kid", ["unknown", "", None, 7, ["a"], {"a": 1}])
def test_an_unknown_kid_is_refused(signer: Signer, kid: object) -> None:
    """A stranger's key, however well it signs, is not ours."""
    header = {"alg": "ES256", "kid": kid, "typ": "at+jwt"}
    stranger = ECKey.generate_key("P-256")
    signed = jws.serialize_compact(header | {"kid": "x"}, json.dumps(CLAIMS), stranger)
    _, payload, signature = signed.split(".")
    with pytest.raises(TokenRefused, match="kid"):
        signer.verify(f"{encode(header)}.{payload}.{signature}", typ="at+jwt")


@pytest.mark.parametrize(
    "token",
    [
        "",
        "..",
        "a.b",
        "a.b.c.d.e",
        '{"payload":"","signatures":[]}',
        "å.b.c",
        "\x00.\x00.\x00",
        "\ud800.b.c",
        encode([]) + ".e30.e30",
        encode('"alg"') + ".e30.e30",
        encode(b"\xff\xfe") + ".e30.e30",
        encode(b"[" * 12_000) + ".e30.e30",
        encode(b"1" * 9_000) + ".e30.e30",
    ],
)
def test_what_is_no_token_is_refused(signer: Signer, token: str) -> None:
    """Other serialisations and garbage get the one refusal, never another exception."""
    with pytest.raises(TokenRefused, match=r"form|size"):
        signer.verify(token, typ="at+jwt")


@pytest.mark.parametrize("place", [1, 2])
@pytest.mark.parametrize("part", ["", "a", "!", "å", "\ud800", "e30=", "e30\n", " e30"])
def test_garbage_behind_a_header_of_ours_is_refused(
    signer: Signer, token: str, part: str, place: int
) -> None:
    """Payload and signature are read only after the header, and refused like the rest."""
    parts = token.split(".")
    parts[place] = part
    with pytest.raises(TokenRefused):
        signer.verify(".".join(parts), typ="at+jwt")


def test_a_long_token_is_refused_before_it_is_read(signer: Signer, token: str) -> None:
    """The size check comes first."""
    with pytest.raises(TokenRefused, match="size"):
        signer.verify(token + "A" * LONGEST_TOKEN, typ="at+jwt")


def test_only_an_object_is_a_set_of_claims(full_ring: OpenRing) -> None:
    """A signed payload that is not a JSON object is refused even if we signed it."""
    signer = LocalSigner(full_ring, holds=always)
    record = next(
        r for r in full_ring.records if r.algorithm is Algorithm.ES256 and r.state is State.SIGNING
    )
    header = {"alg": "ES256", "kid": record.kid, "typ": "JWT"}
    for payload in (b"[]", b"not json", b""):
        signed = jws.serialize_compact(header, payload, full_ring.private[record.kid])
        with pytest.raises(TokenRefused, match="claims"):
            signer.verify(signed, typ="JWT")


def test_without_a_signing_key_nothing_is_signed() -> None:
    """The error names the algorithm."""
    with pytest.raises(NoSigningKey, match="EdDSA"):
        LocalSigner(OpenRing(records=(), public={}, private={}), holds=always).sign(
            CLAIMS, typ="JWT", algorithm=Algorithm.EDDSA
        )


def test_a_refusal_does_not_repeat_the_token(signer: Signer, token: str) -> None:
    """Exception texts end up in logs; the token does not."""
    with pytest.raises(TokenRefused) as refused:
        signer.verify(token, typ="JWT")
    assert token.split(".")[1] not in str(refused.value)
