"""A key is taken out of the JWK Set: for how long the service still believes it.

It is waited for as long as keys may be kept, and for the patience more: who waits for less than
that cannot tell a service that keeps keys for long from one that keeps them for ever.
"""

from collections.abc import AsyncIterator

from broker.cli.consumer.exam import Exam, Waited
from broker.cli.consumer.service import Verdict
from broker.endpoints.well_known import JWKS_SECONDS
from broker.upkeep.finding import Finding, error, ok, warning

_NAME = "removed key"
_SLACK = 10
"""Seconds that the tries themselves may take."""


async def removal(exam: Exam) -> AsyncIterator[Finding]:
    """Tokens of the first key, until they are refused."""
    kid, max_age = exam.bench.ring.retiring[0], exam.issuer.max_age
    patience = max_age + exam.pace.patience
    exam.bench.ring.remove(kid)
    exam.tell(f"A key is gone; for how long is it still believed? At most {patience:.0f} s …")
    waited = await exam.until(
        Verdict.REFUSED,
        lambda: exam.bench.good_by(kid),
        patience=patience,
        waiting="A removed key's token is still let in",
    )
    if waited.happened:
        yield _kept(waited, max(max_age, JWKS_SECONDS))
    elif waited.answer.verdict is Verdict.ODD:
        yield warning(
            _NAME,
            f"its tokens are neither let in nor refused: {waited.answer}",
            'Answer 401 with error="invalid_token" (RFC 6750 section 3.1).',
        )
    else:
        yield _believed(waited, max_age)


def _kept(waited: Waited, allowed: int) -> Finding:
    """Keys were dropped; a time of the service's own may be as long as the broker's."""
    if waited.seconds <= allowed + _SLACK:
        return ok(_NAME, f"its tokens are refused {waited}: so long does this service keep keys")
    return warning(
        _NAME,
        f"its tokens are refused only {waited}, though keys may be kept for {allowed} s",
        f"Keep keys no longer than Cache-Control says, or for {JWKS_SECONDS} s at most: when a key"
        " has been stolen, whatever it signs is let in for so long.",
    )


def _believed(waited: Waited, max_age: int) -> Finding:
    remedy = (
        "When a key has been stolen and is revoked, whatever the thief signs is let in here,"
        " perhaps until the service is started anew. Drop keys when Cache-Control says so, or"
        f" after a time of your own of {JWKS_SECONDS} s at most. A library that fetches only for a"
        " `kid` that it does not know (go-oidc's RemoteKeySet) never drops one by itself: make its"
        f" key set and verifier anew every {JWKS_SECONDS} s."
    )
    if max_age < JWKS_SECONDS:
        remedy += (
            f" Whether a time of your own is short enough is told by --max-age {JWKS_SECONDS}."
        )
    return error(
        _NAME,
        f"its tokens are still let in after {waited.seconds:.0f} s, though keys may be kept for"
        f" {max_age} s only",
        remedy,
    )
