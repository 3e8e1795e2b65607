"""`farstu doctor consumer`: the command, from what it is given to what it says."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from socket import socket
from typing import Any

import httpx2

from broker.cli.clock import now
from broker.cli.consumer import given
from broker.cli.consumer.exam import Bench, Exam, Pace
from broker.cli.consumer.faults import lure_document
from broker.cli.consumer.issuer import LURE, PlayedIssuer, serving
from broker.cli.consumer.options import (
    AcceptsOption,
    AlgorithmOption,
    AnywhereOption,
    AudienceOption,
    CaOption,
    ClaimsOption,
    IssuerOption,
    JsonOption,
    ListenOption,
    MaxAgeOption,
    PatienceOption,
    ScopeOption,
    ServiceOption,
    WaitOption,
)
from broker.cli.consumer.ring import PlayedRing, stranger
from broker.cli.consumer.sequence import examined
from broker.cli.consumer.service import Service, check_is_near
from broker.cli.consumer.stamp import Stamp
from broker.cli.serving.sockets import listening, port_of
from broker.cli.speaking import CommandFailed, say, tell
from broker.cli.telling_findings import say_findings
from broker.endpoints.well_known import JWKS_SECONDS
from broker.upkeep.finding import Finding, Outcome
from keys import Algorithm

_LOOKS_EVERY = 0.5
_ANSWERS_WITHIN = 15.0


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for; `wait` and `patience` in seconds."""

    service: str
    accepts: frozenset[int]
    audience: str
    scope: str
    claims: dict[str, Any]
    algorithm: Algorithm
    max_age: int
    patience: int
    wait: int
    ca: Path | None
    as_json: bool


def consumer(
    *,
    service: ServiceOption,
    audience: AudienceOption = "",
    listen: ListenOption = "127.0.0.1:8765",
    issuer: IssuerOption = "",
    algorithm: AlgorithmOption = Algorithm.ES256,
    scope: ScopeOption = "openid",
    claims: ClaimsOption = None,
    accepts: AcceptsOption = "",
    max_age: MaxAgeOption = JWKS_SECONDS,
    patience: PatienceOption = 90,
    wait: WaitOption = 600,
    ca: CaOption = None,
    anywhere: AnywhereOption = False,
    as_json: JsonOption = False,
) -> None:
    """Examine how a service checks access tokens: what it lets in, whether it follows new keys.

    For the team of a service (an API) that takes our tokens. The command plays an issuer with keys
    that it makes for the occasion: it needs no configuration and no database. Let a test instance
    of the service trust that issuer, and start it; the command asks it with good tokens and with
    forged ones, and changes keys. Never let a production service trust it. Ends with 1 when
    something must be mended.
    """
    origin = given.service_origin(service)
    host, port = given.listen_address(listen)
    order = Order(
        service=service,
        accepts=given.statuses(accepts),
        audience=audience or origin,
        scope=scope,
        claims=given.more_claims(claims),
        algorithm=algorithm,
        max_age=max_age,
        patience=patience,
        wait=wait,
        ca=ca,
        as_json=as_json,
    )
    given.trust(ca)
    with listening(host, port, share_port=False) as sockets:
        known_as = given.issuer_address(issuer, host, port_of(sockets))
        findings = asyncio.run(_run(order, known_as, sockets, anywhere=anywhere))
    _conclude(order, findings)


async def _run(
    order: Order, issuer: str, sockets: list[socket], *, anywhere: bool
) -> list[Finding]:
    if not anywhere:
        await check_is_near(order.service)
    findings: list[Finding] = []
    async with _opened(order, issuer, sockets) as exam:
        _explain(order, issuer)
        await _until_up(exam, order.wait)
        async for finding in examined(exam):
            findings.append(finding)
            if not order.as_json:
                say_findings([finding])
    return findings


@asynccontextmanager
async def _opened(order: Order, issuer: str, sockets: list[socket]) -> AsyncIterator[Exam]:
    bench = Bench(
        ring=PlayedRing(order.algorithm, now),
        stamp=Stamp(issuer, order.audience, order.scope, now, order.claims),
        stranger=stranger(order.algorithm),
        lure=issuer + LURE,
    )
    played = PlayedIssuer(issuer, bench.ring, order.max_age, lure_document(bench))
    pace = Pace(patience=order.patience, timer=time.monotonic)
    async with (
        httpx2.AsyncClient(
            verify=given.trust(order.ca), timeout=_ANSWERS_WITHIN, trust_env=False
        ) as http,
        serving(played, sockets),
    ):
        service = Service(http, order.service, order.accepts)
        yield Exam(played, service, bench, pace, tell)


def _explain(order: Order, issuer: str) -> None:
    """What to set in the service, on standard error as all that is no finding."""
    tell("Set in the configuration of a TEST instance of your service, then start it:")
    tell(f"    issuer     {issuer}")
    tell(f"    audience   {order.audience}")
    tell(f"    algorithm  {order.algorithm.value}")
    tell(f"    keys       {issuer}/jwks, where it does not find them by itself")
    tell("Nobody should trust this issuer in production: its keys are made for this test.")


async def _until_up(exam: Exam, seconds: int) -> None:
    begin = time.monotonic()
    if not await exam.service.is_up():
        tell(f"Waiting for {exam.service.url} to answer …")
    while not await exam.service.is_up():
        if time.monotonic() - begin >= seconds:
            answer = await exam.service.show(None)
            raise CommandFailed(
                f"{exam.service.url} did not answer within {seconds} s: {answer}.",
                "Start the service, see that --service is its address; --wait gives it longer.",
            )
        await asyncio.sleep(_LOOKS_EVERY)


def _conclude(order: Order, findings: list[Finding]) -> None:
    if order.as_json:
        say(json.dumps([asdict(each) for each in findings], ensure_ascii=False))
    outcomes = [each.outcome for each in findings]
    if errors := outcomes.count(Outcome.ERROR):
        raise CommandFailed(f"Something must be mended in the service: {errors}.")
    if order.as_json:
        return
    if warnings := outcomes.count(Outcome.WARNING):
        say(f"It checks what it must; to be made better: {warnings}.", style="bold yellow")
    else:
        say("It checks tokens and follows keys as it should.", style="bold green")
