"""Bad tokens, one fault each: all of them must be refused."""

from collections.abc import AsyncIterator

from broker.cli.consumer.exam import Exam
from broker.cli.consumer.faults import FAULTS, Fault
from broker.cli.consumer.service import Answer, Verdict
from broker.upkeep.finding import Finding, error, ok, warning


async def refusals(exam: Exam) -> AsyncIterator[Finding]:
    """A finding for each fault, and whether the service went where a token sent it."""
    exam.tell(f"Bad tokens: {len(FAULTS)} kinds …")
    for fault in FAULTS:
        answers = [await exam.service.show(token) for token in fault.made(exam.bench)]
        yield _judged(fault, answers)
    if exam.issuer.fetched.lure:
        yield error(
            "fetches where a token says",
            "the service fetched an address that it read in a token",
            "Ignore `jku` and `x5u`: whoever sends a token could make the service call any address"
            " within your network.",
        )


def _judged(fault: Fault, answers: list[Answer]) -> Finding:
    admitted = [each for each in answers if each.verdict is Verdict.ADMITTED]
    odd = [each for each in answers if each.verdict is Verdict.ODD]
    if admitted:
        found = error if fault.grave else warning
        return found(fault.name, fault.admitted, fault.remedy)
    if odd:
        return warning(
            fault.name,
            f"not let in, but not refused as it should be either: {odd[0]}",
            'Answer 401 with error="invalid_token" (RFC 6750 section 3.1): a caller cannot tell'
            " a bad token from a broken service, and a log full of exceptions hides real ones.",
        )
    return ok(fault.name, f"refused ({answers[0].status})")
