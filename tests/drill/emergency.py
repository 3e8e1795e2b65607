"""The emergency: what is known to somebody else is refused, and how soon by whom.

As `farstu keys revoke` does it, with workers at the pace of every installation; only the services'
caches are the drill's short ones.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from broker.cli.keyring.asked import Ring
from keys import Algorithm, Emergency, Leak, Scope
from keys.ring import signing_key
from tests.drill.fleet import Member
from tests.drill.forging import Thief, header_of
from tests.drill.ledger import OK
from tests.drill.services import Service

_LOOK_EVERY: Final = 0.02
_TURN_EVERY: Final = 0.5
PATIENCE: Final = 20.0
"""Seconds: for longer than this nobody is watched."""
WHY: Final = "a drill: the keys are taken for stolen"


@dataclass(slots=True)
class Refusals:
    """Seconds since the revocation; None: not within `PATIENCE`."""

    scope: Scope
    algorithm: Algorithm
    gone: frozenset[str] = frozenset()
    by_worker: list[float | None] = field(default_factory=list)
    signs_again: list[float | None] = field(default_factory=list)
    by_service: dict[str, float | None] = field(default_factory=dict)
    takes_new: dict[str, float | None] = field(default_factory=dict)
    old_kids_signed: int = 0
    stolen_taken: int = 0


@dataclass(slots=True)
class _Watch:
    """What is looked for since the revocation: an old token, and the newest that may be taken."""

    found: Refusals
    old: str
    new: str = ""
    _began: float = field(default_factory=time.monotonic)

    @property
    def passed(self) -> float:
        """Seconds."""
        return time.monotonic() - self._began

    @property
    def goes_on(self) -> bool:
        """Whether there is patience left."""
        return self.passed < PATIENCE


@dataclass(slots=True)
class Alarm:
    """One revocation, watched from all sides."""

    members: Sequence[Member]
    services: Sequence[Service]
    ring: Ring
    thief: Thief

    async def raise_(self, scope: Scope, algorithm: Algorithm) -> Refusals:
        """Revoke, and watch until everybody has refused, or for as long as patience lasts."""
        records = await self.ring.storage.keys.all()
        for each in records:
            self.thief.steal(each)
        leaked = signing_key(records, algorithm)
        old = await self._minted(leaked.kid)
        for service in self.services:
            assert set(await service.judge(_known(service, [old]))) <= {OK}
        found = Refusals(scope, algorithm)
        names = frozenset({leaked.kid}) if scope is Scope.KEY else frozenset()
        watch = _Watch(found, old)
        done = await Emergency(self.ring.shop).revoke(
            Leak(scope, names), now=(await self.ring.storage.revisions.read()).clock, why=WHY
        )
        found.gone = frozenset(each.kid for each in done.revoked)
        forward = asyncio.create_task(self._sign_again())
        try:
            await asyncio.gather(
                *(self._worker(each, watch) for each in self.members),
                *(self._service(each, watch) for each in self.services),
            )
        finally:
            forward.cancel()
        stolen = self.thief.token(leaked, old)
        assert stolen is not None
        found.stolen_taken = await self._who_takes(stolen)
        return found

    async def _worker(self, member: Member, watch: _Watch) -> None:
        found, refused, signs = watch.found, None, None
        while watch.goes_on and (refused is None or signs is None):
            if refused is None and await member.takes(watch.old) is False:
                refused = watch.passed
            tokens = await member.mint(len(Algorithm))
            for each in tokens:
                header = header_of(each)
                is_gone = header["kid"] in found.gone
                found.old_kids_signed += is_gone and refused is not None
                if header["alg"] == found.algorithm and not is_gone:
                    watch.new, signs = each, signs or watch.passed
            await asyncio.sleep(_LOOK_EVERY)
        found.by_worker.append(refused)
        found.signs_again.append(signs)

    async def _service(self, service: Service, watch: _Watch) -> None:
        """It is shown the old token, and new ones as soon as there are."""
        if not _known(service, [watch.old]):
            return
        refused = taken = None
        while watch.goes_on and (refused is None or taken is None):
            if refused is None and await service.judge([watch.old]) != [OK]:
                refused = watch.passed
            if taken is None and watch.new and await service.judge([watch.new]) == [OK]:
                taken = watch.passed
            await asyncio.sleep(_LOOK_EVERY)
        watch.found.by_service[service.name] = refused
        watch.found.takes_new[service.name] = taken

    async def _sign_again(self) -> None:
        """Let the fresh keys sign as soon as they may, as the command does while it waits."""
        rotation, revisions = self.ring.rotation, self.ring.storage.revisions
        fresh = await rotation.prepared(now=(await revisions.read()).clock)
        while True:
            await asyncio.sleep(_TURN_EVERY)
            await rotation.turn(now=(await revisions.read()).clock, fresh=fresh)

    async def _minted(self, kid: str) -> str:
        """A token that this key has signed, from any worker."""
        while True:
            for member in self.members:
                for each in await member.mint(len(Algorithm)):
                    if header_of(each)["kid"] == kid:
                        return each
            await asyncio.sleep(_LOOK_EVERY)

    async def _who_takes(self, stolen: str) -> int:
        """Workers that answer to a token that the thief has made just now."""
        return sum([await each.takes(stolen) is True for each in self.members])


def _known(service: Service, tokens: Sequence[str]) -> list[str]:
    """Those that this service can verify at all."""
    return [each for each in tokens if header_of(each)["alg"] not in service.library.without]
