"""The door: shut without a token, open with a good one. Without that nothing else can be judged."""

from collections.abc import AsyncIterator

from broker.cli.consumer.exam import Exam, Waited
from broker.cli.consumer.service import Verdict
from broker.upkeep.finding import Finding, error, ok, warning


async def door(exam: Exam) -> AsyncIterator[Finding]:
    """No token, then a good one; an error means that the rest would say nothing."""
    exam.tell("The door: no token, then a good one …")
    yield await _no_token(exam)
    waited = await exam.until(
        Verdict.ADMITTED,
        exam.bench.good,
        patience=exam.pace.first_patience,
        waiting="A good token is not let in yet",
    )
    if waited.happened:
        yield ok("good token", f"let in ({waited.answer.status})")
    else:
        yield error("good token", f"not let in: {waited.answer}", _why_not(exam, waited))


async def _no_token(exam: Exam) -> Finding:
    answer = await exam.service.show(None)
    match answer.verdict:
        case Verdict.REFUSED:
            return ok("no token", f"refused ({answer.status})")
        case Verdict.ADMITTED:
            return error(
                "no token",
                f"let in without any ({answer.status})",
                "Give in --service a path that needs an access token; if this one should, check"
                " tokens there.",
            )
        case Verdict.ODD:
            return warning(
                "no token",
                f"neither let in nor refused: {answer}",
                "Answer 401 with WWW-Authenticate: Bearer (RFC 6750 section 3).",
            )


def _why_not(exam: Exam, waited: Waited) -> str:
    """What the fetches tell about the reason."""
    fetched, stamp = exam.issuer.fetched, exam.bench.stamp
    if waited.answer.verdict is Verdict.ODD:
        return (
            "If this is what a good token gets there, name the status in --accepts; else the"
            " service's own log says what went wrong."
        )
    if not fetched.jwks:
        read = (
            "fetched our metadata but no keys" if fetched.discovery else "fetched nothing from us"
        )
        return (
            f"It has {read}: set its issuer to {stamp.issuer} and start it anew. Some frameworks"
            " want an https issuer unless a setting for tests allows http; a service in a container"
            " needs an address that leads here (--listen, --issuer)."
        )
    return (
        f"It has our keys, so something else does not suit it: its audience must be"
        f" {stamp.audience} (--audience), its algorithm {exam.bench.ring.algorithm.value}"
        " (--algorithm); it may ask for a scope (--scope) or other claims (--claims), or refuse"
        " for a reason that its own log says."
    )


async def still_open(exam: Exam) -> AsyncIterator[Finding]:
    """After all of it, good tokens are still let in."""
    waited = await exam.until(
        Verdict.ADMITTED,
        exam.bench.good,
        patience=exam.pace.patience,
        waiting="A good token is not let in any more",
    )
    if waited.happened:
        yield ok("good token, at the end", f"let in {waited}")
    else:
        yield error(
            "good token, at the end",
            f"not let in any more: {waited.answer}",
            "Bad tokens must not shut good ones out: anybody can send bad ones. Look for a limit"
            " or a breaker that counts failed checks for all callers together.",
        )
