"""Tokens with one fault each: how one is made, what it means that it is let in, how to mend it."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from broker.cli.consumer.exam import Bench
from broker.cli.consumer.stamp import by_key, by_nobody, by_secret, compact

_BEYOND_LEEWAY = 310
"""Seconds; some frameworks allow 300 by default."""
_BEYOND_A_MINUTE = 120


@dataclass(frozen=True, slots=True)
class Fault:
    """`made` returns one or more tokens, each to be refused. `grave`: to be mended now."""

    name: str
    made: Callable[[Bench], list[str]]
    admitted: str
    remedy: str
    grave: bool = True


def _garbage(_bench: Bench) -> list[str]:
    return ["garbage", "a.b.c"]


def _unsigned(bench: Bench) -> list[str]:
    return [
        compact(bench.header(alg=alg), bench.claims(), by_nobody)
        for alg in ("none", "None", "NONE")
    ]


def _stripped(bench: Bench) -> list[str]:
    return [compact(bench.header(), bench.claims(), by_nobody)]


def _altered(bench: Bench) -> list[str]:
    signature = bench.good().rpartition(".")[2]
    signed = compact(bench.header(), bench.claims(sub="p_somebody_else"), by_nobody)
    return [signed + signature]


def _by_stranger(bench: Bench) -> list[str]:
    return [compact(bench.header(), bench.claims(), bench.theirs())]


def _key_inside(bench: Bench) -> list[str]:
    public = bench.stranger.as_dict(private=False)
    return [compact(bench.header(jwk=public), bench.claims(), bench.theirs())]


def _key_elsewhere(bench: Bench) -> list[str]:
    return [compact(bench.header(jku=bench.lure), bench.claims(), bench.theirs())]


def _public_as_secret(bench: Bench) -> list[str]:
    header, claims = bench.header(alg="HS256"), bench.claims()
    forms = bench.ring.public_forms(bench.ring.signing)
    return [compact(header, claims, by_secret(each)) for each in forms]


def _other_algorithm(bench: Bench) -> list[str]:
    claims, other = bench.stamp.good(), bench.ring.other
    return [bench.ring.signer.sign(claims, typ="at+jwt", algorithm=other)]


def _types(bench: Bench) -> list[str]:
    return [
        compact(bench.header(typ=typ), bench.claims(), bench.ours())
        for typ in ("JWT", "logout+jwt", None)
    ]


def _claims(**changes: object) -> Callable[[Bench], list[str]]:
    return lambda bench: [compact(bench.header(), bench.claims(**changes), bench.ours())]


def _issuers(bench: Bench) -> list[str]:
    wrong = ("https://login.example.net", f"{bench.stamp.issuer}.example.net", "")
    return [_with(bench, iss=each or None) for each in wrong]


def _audiences(bench: Bench) -> list[str]:
    ours = bench.stamp.audience
    wrong = ("https://other-api.example.net", f"{ours}.example.net", [f"{ours}/other"], None)
    return [_with(bench, aud=each) for each in wrong]


def _with(bench: Bench, **changes: object) -> str:
    return compact(bench.header(), bench.claims(**changes), bench.ours())


def _ended(seconds: int) -> Callable[[Bench], list[str]]:
    def made(bench: Bench) -> list[str]:
        now = bench.stamp.now()
        return [_with(bench, iat=now - seconds - 300, auth_time=now - 900, exp=now - seconds)]

    return made


def _future(bench: Bench) -> list[str]:
    return [_with(bench, nbf=bench.stamp.now() + _BEYOND_LEEWAY)]


def _no_kid(bench: Bench) -> list[str]:
    return [compact(bench.header(kid=None), bench.claims(), bench.ours())]


def _critical(bench: Bench) -> list[str]:
    header = bench.header(crit=["urn:farstu:unknown"]) | {"urn:farstu:unknown": 1}
    return [compact(header, bench.claims(), bench.ours())]


FAULTS = (
    Fault(
        "not a JWT",
        _garbage,
        "a value that is no token is let in",
        "The path does not check tokens. Put your library's check before it.",
    ),
    Fault(
        "alg none",
        _unsigned,
        "a token without a signature is let in: anybody can be anybody",
        "Give your library the list of algorithms that it may accept, with this one alone; never"
        " take the algorithm from the token (RFC 8725 section 3.1).",
    ),
    Fault(
        "signature left out",
        _stripped,
        "a token whose signature is empty is let in: anybody can be anybody",
        "Use the function of your library that verifies, not the one that only decodes.",
    ),
    Fault(
        "claims changed after signing",
        _altered,
        "a token whose claims were changed is let in: anybody can be anybody",
        "Use the function of your library that verifies, not the one that only decodes.",
    ),
    Fault(
        "another key under a known kid",
        _by_stranger,
        "a token that a stranger's key signed is let in: anybody can be anybody",
        "Verify the signature with the key of the JWK Set that has the token's `kid`.",
    ),
    Fault(
        "key inside the token (jwk)",
        _key_inside,
        "a key that the token brought along is believed: anybody can be anybody",
        "Take keys from the issuer's JWK Set alone; ignore `jwk`, `x5c` and `jku` in a header"
        " (RFC 8725 section 3.10).",
    ),
    Fault(
        "key elsewhere (jku)",
        _key_elsewhere,
        "keys from an address in the token are believed: anybody can be anybody",
        "Take keys from the issuer's JWK Set alone; ignore `jwk`, `x5c` and `jku` in a header"
        " (RFC 8725 section 3.10).",
    ),
    Fault(
        "public key as a secret (HS256)",
        _public_as_secret,
        "a token that was signed with our public key as an HMAC secret is let in: anybody can be"
        " anybody",
        "Give your library the list of algorithms that it may accept, with no HS among them (RFC"
        " 8725 section 3.1).",
    ),
    Fault(
        "another algorithm of the issuer",
        _other_algorithm,
        "a token is let in that was signed with another algorithm than yours",
        "Accept the algorithm that your API is configured for, and no other: what is signed with"
        " the others is meant for others.",
        grave=False,
    ),
    Fault(
        "typ",
        _types,
        "a token is let in whose `typ` is not at+jwt: an ID token, or another JWT of the issuer,"
        " would do",
        "Compare the header's `typ` with at+jwt, without regard to capitals, and allow"
        " application/at+jwt (RFC 9068 section 4); many libraries leave this to you.",
    ),
    Fault(
        "iss",
        _issuers,
        "a token of another issuer, or of none, is let in",
        "Compare `iss` with the issuer, whole and exactly; refuse a token without it.",
    ),
    Fault(
        "aud",
        _audiences,
        "a token for another service, or for none, is let in: other services could use their"
        " callers' tokens here",
        "Ask for your own audience, whole and exactly; refuse a token without `aud` (RFC 9068"
        " section 4). Many libraries check it only when it is configured.",
    ),
    Fault(
        "exp, long ago",
        _ended(_BEYOND_LEEWAY),
        "a token is let in that ended more than five minutes ago",
        "Let your library check `exp`, with a leeway of a minute at most.",
    ),
    Fault(
        "exp, two minutes ago",
        _ended(_BEYOND_A_MINUTE),
        "a token is let in that ended two minutes ago",
        "Set the leeway for clocks (clock skew) to a minute at most: the issuer keeps retired keys"
        " for no longer than that.",
        grave=False,
    ),
    Fault(
        "exp left out",
        _claims(exp=None),
        "a token without an end is let in",
        "Tell your library that `exp` is required (RFC 9068 section 2.2).",
    ),
    Fault(
        "nbf",
        _future,
        "a token is let in before the time at which it begins",
        "Let your library check `nbf` where a token has it (RFC 7519 section 4.1.5).",
    ),
    Fault(
        "kid left out",
        _no_kid,
        "a token that names no key is let in: the verifier tries keys until one fits",
        "Look keys up by `kid`; each of our tokens has one.",
        grave=False,
    ),
    Fault(
        "crit",
        _critical,
        "a token is let in whose header demands something that nobody knows",
        "Refuse a header with `crit` that is not understood (RFC 7515 section 4.1.11).",
        grave=False,
    ),
)


def lure_document(bench: Bench) -> bytes:
    """The JWK Set that the forged `jku` leads to: the stranger's key under our `kid`."""
    public = bench.stranger.as_dict(private=False)
    return json.dumps({"keys": [public | {"kid": bench.ring.signing, "use": "sig"}]}).encode()


def unknown_kids(bench: Bench, kids: list[str]) -> list[str]:
    """Tokens that a stranger signed, each under a `kid` that nobody has ever published."""
    signature = by_key(bench.stranger, bench.ring.algorithm.value)
    return [compact(bench.header(kid=each), bench.claims(), signature) for each in kids]
