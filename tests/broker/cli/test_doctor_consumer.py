"""`farstu doctor consumer`: a sound verifier passes; each fault of another is found and named."""

import base64
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from broker.cli.consumer.exam import Bench, Exam, Pace
from broker.cli.consumer.faults import lure_document
from broker.cli.consumer.issuer import LURE, PlayedIssuer, serving
from broker.cli.consumer.ring import PlayedRing, stranger
from broker.cli.consumer.sequence import examined
from broker.cli.consumer.service import Service
from broker.cli.consumer.stamp import Stamp
from broker.cli.serving.sockets import listening
from broker.dev.api import Door, Invoice, IssuerKeys, Use, build
from broker.upkeep.finding import Finding, Outcome
from keys import Algorithm
from tests.house import TestHouse
from tests.moment import Moment
from tests.servers.ports import free_port
from tests.servers.resource_server import ResourceServer, answering, resource_server
from tests.walking import tokens_of

AUDIENCE = "https://api.example.se"


@dataclass
class Told:
    """All findings by name."""

    findings: list[Finding]

    @property
    def wrong(self) -> dict[str, Outcome]:
        return {each.name: each.outcome for each in self.findings if each.remedy}

    def names(self, outcome: Outcome) -> set[str]:
        """What is like this."""
        return {each.name for each in self.findings if each.outcome is outcome}

    def __getitem__(self, name: str) -> Finding:
        return next(each for each in self.findings if each.name == name)


def seconds_of(moment: Moment) -> Callable[[], float]:
    """The same clock in POSIX seconds."""
    return lambda: moment().timestamp()


@asynccontextmanager
async def examination(
    issuer: str,
    url: str,
    *,
    moment: Moment,
    algorithm: Algorithm = Algorithm.ES256,
    scope: str = "openid",
    max_age: int = 300,
) -> AsyncIterator[Exam]:
    """Play the issuer on loopback; time passes only where the examination waits."""

    async def sleep(seconds: float) -> None:
        moment.advance(seconds=seconds)

    bench = Bench(
        PlayedRing(algorithm, moment),
        Stamp(issuer, AUDIENCE, scope, moment),
        stranger(algorithm),
        issuer + LURE,
    )
    played = PlayedIssuer(issuer, bench.ring, max_age, lure_document(bench))
    pace = Pace(90, seconds_of(moment), sleep)
    port = int(issuer.rpartition(":")[2])
    with listening("127.0.0.1", port, share_port=False) as sockets:
        async with serving(played, sockets), httpx2.AsyncClient(trust_env=False) as http:
            yield Exam(played, Service(http, url, {200}), bench, pace, lambda _line: None)


async def examine(
    *faults: str,
    algorithm: Algorithm = Algorithm.ES256,
    max_age: int = 300,
    **service: Any,
) -> Told:
    """Examine a service with these faults over HTTP; it keeps keys for 300 s unless told else."""
    moment = Moment()
    issuer = f"http://127.0.0.1:{free_port()}"
    made = ResourceServer(
        issuer,
        AUDIENCE,
        frozenset(faults),
        algorithm=algorithm.value,
        clock=seconds_of(moment),
        **service,
    )
    opened = examination(issuer, made.url, moment=moment, algorithm=algorithm, max_age=max_age)
    async with resource_server(made), opened as exam:
        return Told([each async for each in examined(exam)])


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # the verifier's own library says so
@pytest.mark.parametrize("algorithm", Algorithm)
async def test_a_sound_verifier_has_nothing_to_mend(algorithm: Algorithm) -> None:
    """Every section has said something, and all is well."""
    told = await examine(algorithm=algorithm)
    assert told.wrong == {}
    assert {each.name for each in told.findings} >= {
        "no token", "good token", "keys are kept", "metadata is kept", "alg none", "typ", "iss",
        "aud", "planned rotation", "unknown kid", "canary", "removed key", "flood of unknown kids",
        "good token, at the end",
    }  # fmt: skip


BY_ANYBODY = {
    "alg none",
    "signature left out",
    "claims changed after signing",
    "another key under a known kid",
    "key inside the token (jwk)",
    "key elsewhere (jku)",
    "public key as a secret (HS256)",
    "unknown kid, a stranger's key",
}


@pytest.mark.parametrize(
    ("fault", "errors", "warnings"),
    [
        ("typ", {"typ"}, set()),
        ("aud", {"aud"}, set()),
        ("iss", {"iss"}, set()),
        ("exp", {"exp, long ago"}, {"exp, two minutes ago"}),
        ("no exp", {"exp left out"}, set()),
        ("nbf", {"nbf"}, set()),
        ("alg none", {"alg none"}, set()),
        ("hmac", {"public key as a secret (HS256)"}, set()),
        ("jwk", {"key inside the token (jwk)"}, set()),
        ("jku", {"key elsewhere (jku)", "fetches where a token says"}, set()),
        ("any alg", set(), {"another algorithm of the issuer"}),
        ("no kid", set(), {"kid left out"}),
        ("crit", set(), {"crit"}),
        ("fetches always", set(), {"keys are kept", "metadata is kept", "flood of unknown kids"}),
        ("no cooldown", set(), {"flood of unknown kids"}),
        ("never refetches", {"unknown kid", "removed key"}, {"canary"}),
        ("scope 401", set(), {"canary"}),
    ],
)
async def test_each_fault_is_found_and_nothing_else(
    fault: str, errors: set[str], warnings: set[str]
) -> None:
    """A verifier with one fault gets exactly the findings that are about it."""
    told = await examine(fault)
    assert told.names(Outcome.ERROR) == errors
    assert told.names(Outcome.WARNING) == warnings


async def test_a_verifier_that_only_decodes() -> None:
    """Whatever nobody signed is let in, and said to be everybody's door."""
    assert (await examine("signature")).names(Outcome.ERROR) == {*BY_ANYBODY, "removed key"}


async def test_a_verifier_that_falls_over() -> None:
    """An exception is not a refusal: a warning for each token that brings one about."""
    told = await examine("falls over")
    assert told.names(Outcome.ERROR) == set()
    assert "500" in told["not a JWT"].what


async def test_a_verifier_that_keeps_one_key_alone() -> None:
    """The planned rotation is where it fails: the next key was there all the time."""
    told = await examine("one key", "never refetches")
    assert told.names(Outcome.ERROR) == {"planned rotation", "unknown kid", "removed key"}


async def test_a_large_leeway_is_a_warning() -> None:
    """Five minutes are some frameworks' default: worth a word, and not an alarm."""
    assert (await examine(leeway=300)).wrong == {"exp, two minutes ago": Outcome.WARNING}


async def test_how_long_keys_are_kept_is_measured() -> None:
    """A removed key's tokens are refused when the cache has ended, and the time is told."""
    told = await examine(keeps=20)
    assert told.wrong == {}
    assert "after 21 s: so long does this service keep keys" in told["removed key"].what


@pytest.mark.parametrize(
    ("keeps", "outcome", "said"),
    [
        (300, Outcome.OK, "are refused after 301 s: so long"),
        (350, Outcome.WARNING, "are refused only after 351 s, though keys may be kept for 300 s"),
        (600, Outcome.ERROR, "are still let in after 390 s"),
        (float("inf"), Outcome.ERROR, "are still let in after 390 s"),
    ],
)
async def test_whether_a_key_is_ever_dropped_is_tested_unasked(
    keeps: float, outcome: Outcome, said: str
) -> None:
    """At defaults: for as long as keys may be kept, and so long that the verdict can be a no."""
    found = (await examine(keeps=keeps))["removed key"]
    assert (found.outcome, said in found.what) == (outcome, True), found.what


async def test_a_library_that_never_drops_a_key_is_told_what_to_do() -> None:
    """It fetches for an unknown `kid` alone, as go-oidc does; all else about it is well."""
    told = await examine(keeps=float("inf"))
    assert told.wrong == {"removed key": Outcome.ERROR}
    assert "until the service is started anew" in told["removed key"].remedy
    assert "go-oidc" in told["removed key"].remedy
    assert "anew every 300 s" in told["removed key"].remedy


async def test_keys_that_are_kept_for_longer_than_they_may() -> None:
    """Believed beyond `max-age` and patience: what a thief can use. A time of one's own may do."""
    told = await examine("never forgets", max_age=60)
    assert told.wrong == {"removed key": Outcome.ERROR}
    assert "still let in after 150 s" in told["removed key"].what
    assert "--max-age 300" in told["removed key"].remedy


async def test_a_door_that_is_open_ends_it() -> None:
    """Where no token is needed, nothing else is judged."""
    told = await examine("open")
    assert told.wrong == {"no token": Outcome.ERROR}
    assert "alg none" not in {each.name for each in told.findings}


async def test_a_good_token_that_is_refused_ends_it() -> None:
    """The audience is another one: said with what it must be, and nothing else is judged."""
    told = await examine(scope="invoices:read")
    assert told.wrong == {"good token": Outcome.ERROR}
    assert AUDIENCE in told["good token"].remedy
    assert "--scope" in told["good token"].remedy


async def test_the_canary_is_explained() -> None:
    """Refused for its scope, or let in where none is asked for: both prove something."""
    assert "refused for its scope (403)" in (await examine())["canary"].what
    assert "let in (200)" in (await examine("any scope"))["canary"].what


async def test_a_cooldown_is_waited_for() -> None:
    """A service that has fetched a moment ago may wait; for how long is told."""
    found = (await examine(cooldown=45))["unknown kid"]
    assert found.outcome is Outcome.OK
    assert "after 46 s" in found.what


class Nothing:
    """A company that has no records."""

    def invoices(self, company: str, customer_number: str) -> Sequence[Invoice]:
        """None."""
        return ()

    def consumption(self, company: str, customer_number: str) -> Sequence[Use]:
        """None."""
        return ()


async def test_the_example_api_passes() -> None:
    """What we give to be copied has nothing to mend."""
    issuer, port = f"http://127.0.0.1:{free_port()}", free_port()
    moment = Moment()
    door = Door(IssuerKeys(issuer, clock=seconds_of(moment)), AUDIENCE, "elnat")
    url = f"http://127.0.0.1:{port}/elnat/invoices"
    async with (
        answering(build([door], Nothing()), port),
        examination(issuer, url, moment=moment, scope="invoices:read") as exam,
    ):
        told = Told([each async for each in examined(exam)])
    assert told.wrong == {}
    assert "403" in told["canary"].what


async def test_good_tokens_are_of_the_shape_that_the_broker_mints(house: TestHouse) -> None:
    """The same header members and the same claims as in a customer's access token."""
    real = (await tokens_of(house))["access_token"]
    ring, stamp = PlayedRing(Algorithm.ES256, house.clock), Stamp("", "", "openid", house.clock)
    bench = Bench(ring, stamp, stranger(Algorithm.ES256), "")
    played = bench.good()
    for part in (0, 1):
        assert _members(played, part) == _members(real, part)


def _members(token: str, part: int) -> set[str]:
    raw = token.split(".")[part]
    return set(json.loads(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4))))
