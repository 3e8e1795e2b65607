"""What an examination is made with; and how long it takes until the service says what it must."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from joserfc.jwk import Key

from broker.cli.consumer.issuer import PlayedIssuer
from broker.cli.consumer.ring import PlayedRing
from broker.cli.consumer.service import Answer, Service, Verdict
from broker.cli.consumer.stamp import Signature, Stamp, by_key, compact
from broker.tokens.mint import ACCESS_TOKEN

IN_A_ROW = 3
"""So many equal answers count as one: a service may have several processes."""
_TOLD_EVERY = 10.0


@dataclass(frozen=True, slots=True)
class Bench:
    """What tokens are made from. `stranger`: a key that is in nobody's JWK Set."""

    ring: PlayedRing
    stamp: Stamp
    stranger: Key
    lure: str

    def header(self, **changes: Any) -> dict[str, Any]:
        """A good token's header with these changes; what is None is left out."""
        good = {"alg": self.ring.algorithm.value, "kid": self.ring.signing, "typ": ACCESS_TOKEN}
        return _changed(good, changes)

    def claims(self, **changes: Any) -> dict[str, Any]:
        """A good token's claims, likewise."""
        return _changed(self.stamp.good(), changes)

    def ours(self) -> Signature:
        """With the key that signs."""
        return by_key(self.ring.private(self.ring.signing), self.ring.algorithm.value)

    def theirs(self) -> Signature:
        """With a stranger's key."""
        return by_key(self.stranger, self.ring.algorithm.value)

    def good(self) -> str:
        """An access token as the broker signs it."""
        return self.ring.signer.sign(
            self.stamp.good(), typ=ACCESS_TOKEN, algorithm=self.ring.algorithm
        )

    def good_by(self, kid: str) -> str:
        """The same, signed with another key of this run."""
        signature = by_key(self.ring.private(kid), self.ring.algorithm.value)
        return compact(self.header(kid=kid), self.claims(), signature)

    def canary(self) -> str:
        """What `POST /jwks/canary` gives: signed with the announced key."""
        return self.ring.signer.canary(
            self.stamp.canary(), typ=ACCESS_TOKEN, algorithm=self.ring.algorithm
        )


def _changed(good: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (good | changes).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: `patience` for what may take long, `step` between two tries."""

    patience: float
    timer: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    step: float = 1.0
    first_patience: float = 10.0


@dataclass(frozen=True, slots=True)
class Exam:
    """Who plays, who is examined, and how long it may take; `tell` says what goes on."""

    issuer: PlayedIssuer
    service: Service
    bench: Bench
    pace: Pace
    tell: Callable[[str], None]

    async def until(
        self, wanted: Verdict, made: Callable[[], str], *, patience: float, waiting: str
    ) -> "Waited":
        """Show a fresh token again and again until the answer is as wanted, a few times running."""
        begin = since = told = self.pace.timer()
        row = 0
        while True:
            answer = await self.service.show(made())
            now = self.pace.timer()
            row = row + 1 if answer.verdict is wanted else 0
            since = now if row <= 1 else since
            if row == IN_A_ROW:
                return Waited(since - begin, answer, happened=True)
            if row == 0:
                if now - begin >= patience:
                    return Waited(now - begin, answer, happened=False)
                if now - told >= _TOLD_EVERY:
                    told = now
                    self.tell(f"{waiting} ({answer}); {now - begin:.0f} of {patience:.0f} s …")
                await self.pace.sleep(self.pace.step)


@dataclass(frozen=True, slots=True)
class Waited:
    """After how many seconds it happened, or was given up; `answer` is the last one."""

    seconds: float
    answer: Answer
    happened: bool

    @property
    def at_once(self) -> bool:
        """Within the time that a fetch takes."""
        return self.seconds < 2  # noqa: PLR2004 - seconds

    def __str__(self) -> str:
        return "at once" if self.at_once else f"after {self.seconds:.0f} s"
