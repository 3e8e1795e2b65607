import pytest

from broker.oauth.errors import InvalidGrant, InvalidRequest
from broker.oauth.pkce import check_verifier, read_challenge

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_published_example_fits() -> None:
    """RFC 7636 appendix B."""
    assert read_challenge(CHALLENGE, "S256", required=True) == CHALLENGE
    check_verifier(VERIFIER, CHALLENGE)


@pytest.mark.parametrize(
    "verifier",
    ["", VERIFIER[:-1], VERIFIER + "A", VERIFIER.lower(), CHALLENGE, "é" * 43, "a" * 129, " " * 43],
)
def test_no_other_verifier_fits(verifier: str) -> None:
    """Too short, too long, other characters, the challenge itself."""
    with pytest.raises(InvalidGrant):
        check_verifier(verifier, CHALLENGE)


@pytest.mark.parametrize("length", [43, 128])
def test_both_ends_of_the_length(length: int) -> None:
    """RFC 7636 section 4.1: 43 to 128 characters; the hash decides, not the length."""
    with pytest.raises(InvalidGrant):
        check_verifier("a" * length, CHALLENGE)


def test_neither_is_fine_and_either_alone_is_not() -> None:
    """RFC 9700 section 4.8.2: a verifier for a code without challenge is a downgrade."""
    check_verifier("", "")
    with pytest.raises(InvalidGrant):
        check_verifier(VERIFIER, "")
    with pytest.raises(InvalidGrant):
        check_verifier("", CHALLENGE)


def test_where_it_is_not_required_it_may_be_left_out() -> None:
    """But a method without a challenge is a mistake that is told."""
    assert read_challenge("", "", required=False) == ""
    with pytest.raises(InvalidRequest):
        read_challenge("", "S256", required=False)
    with pytest.raises(InvalidRequest):
        read_challenge("", "", required=True)


@pytest.mark.parametrize("method", ["", "plain", "s256", "S256 ", "none"])
def test_only_s256(method: str) -> None:
    """No method means `plain` in RFC 7636; here it is refused."""
    with pytest.raises(InvalidRequest):
        read_challenge(CHALLENGE, method, required=False)


@pytest.mark.parametrize("challenge", [CHALLENGE + "=", CHALLENGE[:-1], "é" * 43, CHALLENGE + "\n"])
def test_a_challenge_is_a_hash(challenge: str) -> None:
    """43 characters of base64url."""
    with pytest.raises(InvalidRequest):
        read_challenge(challenge, "S256", required=False)
