"""Keys are kept: how often the service fetches them while it is asked, by friends and by others."""

import secrets
from collections.abc import AsyncIterator

from broker.cli.consumer.exam import Exam
from broker.cli.consumer.faults import unknown_kids
from broker.cli.consumer.service import Verdict
from broker.upkeep.finding import Finding, error, ok, warning

ROUND = 20
_FEW = 3


async def keeping(exam: Exam) -> AsyncIterator[Finding]:
    """Good tokens, twice as many as are counted: each process of the service may fetch once."""
    exam.tell(f"The cache: {2 * ROUND} good tokens …")
    for _ in range(ROUND):
        await exam.service.show(exam.bench.good())
    fetched = exam.issuer.fetched
    keys, metadata = fetched.jwks, fetched.discovery
    for _ in range(ROUND):
        await exam.service.show(exam.bench.good())
    yield _judged("keys are kept", "the keys", fetched.jwks - keys)
    yield _judged("metadata is kept", "our metadata", fetched.discovery - metadata)


def _judged(name: str, what: str, fetches: int) -> Finding:
    if fetches < _FEW:
        return ok(name, f"{ROUND} good tokens, {_times(fetches)}")
    return warning(
        name,
        f"{ROUND} good tokens, {_times(fetches)} of {what}",
        "Make the verifier once, when the service starts, and let it keep what it fetched for as"
        " long as Cache-Control says: else every call waits for the issuer, and fails with it.",
    )


def _times(fetches: int) -> str:
    return {0: "no fetch", 1: "1 fetch"}.get(fetches, f"{fetches} fetches")


async def flood(exam: Exam) -> AsyncIterator[Finding]:
    """Tokens under names of keys that there are not: anybody can send them."""
    exam.tell(f"A flood: {2 * ROUND} tokens, each with a kid that nobody has published …")
    before = exam.issuer.fetched.jwks
    kids = [secrets.token_urlsafe(32) for _ in range(2 * ROUND)]
    answers = [await exam.service.show(token) for token in unknown_kids(exam.bench, kids)]
    fetches = exam.issuer.fetched.jwks - before
    if any(each.verdict is Verdict.ADMITTED for each in answers):
        yield error(
            "unknown kid, a stranger's key",
            "let in: anybody can be anybody",
            "Refuse a token whose `kid` is not in the JWK Set after it was fetched anew.",
        )
    if fetches > _FEW:
        yield warning(
            "flood of unknown kids",
            f"{len(kids)} tokens, {_times(fetches)}: whoever sends nonsense makes the service call"
            " the issuer",
            "Fetch anew for an unknown `kid` at most once in 30 s or so (a cooldown), for all"
            " callers together.",
        )
    else:
        yield ok("flood of unknown kids", f"{len(kids)} tokens, {_times(fetches)}")
