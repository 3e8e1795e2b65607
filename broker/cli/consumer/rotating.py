"""The issuer's keys change: planned, and unforeseen."""

from collections.abc import AsyncIterator
from typing import Final

from broker.cli.consumer.exam import Exam, Waited
from broker.cli.consumer.service import Verdict
from broker.upkeep.finding import Finding, error, ok, warning

PLANNED = "planned rotation"


async def rotation(exam: Exam) -> AsyncIterator[Finding]:
    """The announced key signs, then one that nobody can have; then a canary."""
    yield await _planned(exam)
    unknown = await _unforeseen(exam)
    yield unknown.finding
    yield await _canary(exam) if unknown.known else _CANARY_NOT_TRIED


_CANARY_NOT_TRIED: Final = warning(
    "canary",
    "not tried: a key that comes later is not taken, so a canary could only be refused",
    "Mend the above first.",
)


async def _planned(exam: Exam) -> Finding:
    exam.tell("A planned rotation: the key that has been announced all the time signs …")
    exam.bench.ring.activate(exam.bench.ring.announced)
    waited = await exam.until(
        Verdict.ADMITTED,
        exam.bench.good,
        patience=exam.pace.patience,
        waiting="The announced key's token is not let in yet",
    )
    if waited.happened and waited.at_once:
        return ok(PLANNED, "the next key, which it could fetch from the first, is taken at once")
    if waited.happened:
        return warning(
            PLANNED,
            f"the next key's token was let in only {waited}, though it was announced long before",
            "Keep all keys of the JWK Set by their `kid`, not only the one that signs today.",
        )
    return error(
        PLANNED,
        f"the next key's token is not let in, though it was announced: {waited.answer}",
        "Keep all keys of the JWK Set and choose by `kid`: the first one of the list, or one that"
        " was copied into a configuration, is not the one that signs tomorrow.",
    )


class _Unknown:
    """How a key that was not there before was taken."""

    def __init__(self, waited: Waited, finding: Finding) -> None:
        self.known, self.finding = waited.happened, finding


async def _unforeseen(exam: Exam) -> _Unknown:
    exam.tell("An emergency: a key signs that nobody can have fetched yet …")
    ring, before = exam.bench.ring, exam.issuer.fetched.jwks
    kid = ring.announce()
    waited = await exam.until(
        Verdict.ADMITTED,
        lambda: exam.bench.good_by(kid),
        patience=exam.pace.patience,
        waiting="The new key's token is not let in yet",
    )
    fetches = exam.issuer.fetched.jwks - before
    name = "unknown kid"
    if not waited.happened:
        return _Unknown(waited, _never(name, waited, fetches))
    slow = "" if waited.at_once else ", so it waits between two fetches, or kept keys no longer"
    return _Unknown(waited, ok(name, f"a new key's token is let in {waited}{slow}"))


def _never(name: str, waited: Waited, fetches: int) -> Finding:
    if fetches:
        return error(
            name,
            f"the service fetched the keys, and refuses the new one's token all the same:"
            f" {waited.answer}",
            "Use the JWK Set as it was fetched last, and its keys by `kid`; see that no cache"
            " between service and issuer keeps it for longer than Cache-Control says.",
        )
    return error(
        name,
        f"the service did not fetch the keys anew within {waited.seconds:.0f} s: {waited.answer}",
        "Fetch the JWK Set again when a token's `kid` is not in it (at most once in 30 s or so):"
        " else good tokens are refused when a key is replaced in an emergency. Where it reads keys"
        " by the clock alone, --patience longer than that shows it.",
    )


async def _canary(exam: Exam) -> Finding:
    exam.tell("A canary …")
    answer = await exam.service.show(exam.bench.canary())
    match answer.verdict, answer.status:
        case Verdict.ADMITTED, _:
            return ok(
                "canary",
                f"let in ({answer.status}): this path asks for no scope and no customer. From the"
                " issuer's POST /jwks/canary, the same answer proves that the service has the next"
                " key",
            )
        case Verdict.REFUSED, 403:
            return ok(
                "canary",
                "refused for its scope (403), as it should be where a scope is asked for. From the"
                " issuer's POST /jwks/canary, the same answer proves that the service has the next"
                " key; a 401 that it has not",
            )
        case Verdict.REFUSED, _:
            return warning(
                "canary",
                f"refused as if it were forged ({answer}), though the key is known",
                'Answer 403 with error="insufficient_scope" to a genuine token that lacks a scope'
                " (RFC 6750 section 3.1): else a canary cannot show whether you have the next key.",
            )
        case _:
            return warning(
                "canary",
                f"neither let in nor refused: {answer}",
                "Expect a token without `authorization_details` and without any person's `sub`, and"
                ' answer 403 with error="insufficient_scope".',
            )
