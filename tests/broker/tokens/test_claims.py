from dataclasses import replace

import pytest

from broker.tokens.claims import ACR_UPSTREAM, about_login, half_hash
from broker.tokens.code import CodeContents, code_key, decode_code, encode_code, grant_id
from broker.tokens.subjects import Subjects
from tests.broker.samples import LOGIN, a_client


def test_a_login_says_how_and_when() -> None:
    """`amr` only where a provider's was verified; `acr` is ours unless one is mapped."""
    assert about_login(LOGIN) == {
        "auth_time": 1_700_000_000,
        "acr": ACR_UPSTREAM,
        "sid": "s1",
        "idp": "google",
    }
    strong = about_login(replace(LOGIN, acr="urn:strong", amr=("pwd", "otp")))
    assert (strong["acr"], strong["amr"]) == ("urn:strong", ["pwd", "otp"])


@pytest.mark.parametrize(("algorithm", "length"), [("RS256", 22), ("ES256", 22), ("EdDSA", 43)])
def test_a_half_hash_is_half_the_algorithms_hash(algorithm: str, length: int) -> None:
    """SHA-256 for two of them, SHA-512 for Ed25519."""
    assert len(half_hash("a-token", algorithm)) == length


def test_a_code_is_kept_by_hash_and_named_by_another() -> None:
    """From the grant's id, which stands in tokens, neither the code nor its key can be told."""
    code = "c" * 43
    assert code.encode() not in code_key(code)
    assert code_key(code).hex()[:12] not in grant_id(code)
    assert grant_id(code) == grant_id(code)
    assert grant_id(code) != grant_id("d" * 43)
    assert "." not in grant_id(code)


def test_a_code_holds_what_was_promised() -> None:
    """All of it comes back."""
    contents = CodeContents("portal", "https://a.example/cb", "ch", "n", ("openid",), LOGIN)
    assert decode_code(encode_code(contents)) == contents


def test_subjects() -> None:
    """The person's own id, or one per sector that another salt would change (requirement 67)."""
    subjects = Subjects(b"salt")
    assert subjects.of("p_1", a_client()) == "p_1"
    one, two = (a_client(pairwise_sector=sector) for sector in ("a.example", "b.example"))
    assert len({subjects.of("p_1", one), subjects.of("p_1", two), subjects.of("p_2", one)}) == 3
    assert subjects.of("p_1", one) == subjects.of("p_1", replace(one, client_id="another"))
    assert subjects.of("p_1", one) != Subjects(b"other").of("p_1", one)
    assert "salt" not in repr(subjects)


def test_a_sector_and_a_person_do_not_run_together() -> None:
    """`a` + `bc` is not `ab` + `c`."""
    subjects = Subjects(b"salt")
    first = subjects.of("bc", a_client(pairwise_sector="a"))
    assert first != subjects.of("c", a_client(pairwise_sector="ab"))
