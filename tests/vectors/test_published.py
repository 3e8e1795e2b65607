"""Values that the specifications print, computed here by our own code."""

import hashlib
from base64 import urlsafe_b64encode

import pytest
from joserfc import jwk

from broker.oauth.errors import InvalidGrant
from broker.oauth.pkce import check_verifier
from broker.tokens.claims import half_hash
from keys.jwk import public_json


def test_rfc_7636_appendix_b() -> None:
    """The verifier fits its challenge, and no other."""
    check_verifier(
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    )
    with pytest.raises(InvalidGrant):
        check_verifier(
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK",
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        )


def test_openid_connect_core_appendix_a() -> None:
    """`at_hash` of the access token in its examples."""
    assert half_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", "RS256") == (
        "77QmUPtjPfzWtF2AnpK9RQ"
    )


def test_rfc_7638_section_3_1() -> None:
    """The thumbprint of its RSA key, which is how our keys get their names."""
    key = jwk.import_key(
        {
            "kty": "RSA",
            "n": (
                "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_"
                "BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0"
                "_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWh"
                "AI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
            ),
            "e": "AQAB",
            "alg": "RS256",
            "kid": "2011-04-29",
        }
    )
    digest = hashlib.sha256(public_json(key).encode()).digest()
    assert urlsafe_b64encode(digest) == b"NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs="
