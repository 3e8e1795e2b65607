"""The played issuer's keys: made for one run, never stored, trusted by one test service alone.

The states are moved by hand, without the waiting that `keys.plan` keeps: to come too early and too
late is what the examination does.
"""

from collections.abc import Callable
from datetime import datetime

from joserfc.jwk import Key

from keys import Algorithm, KeyRecord, LocalSigner, OpenRing, State, jwks_document
from keys.jwk import new_key, public_json, public_key, public_pem
from keys.ring import move, published


class PlayedRing:
    """A key that signs and an announced one, as in production; and one of another algorithm."""

    def __init__(self, algorithm: Algorithm, clock: Callable[[], datetime]) -> None:
        self.algorithm = algorithm
        self.other = Algorithm.RS256 if algorithm is not Algorithm.RS256 else Algorithm.ES256
        self._clock = clock
        self._records: dict[str, KeyRecord] = {}
        self._private: dict[str, Key] = {}
        self.signer = LocalSigner(self._ring(), holds=lambda: True)
        self.signing = self.announce(self.other)
        self.activate(self.signing)
        self.signing = self.announce()
        self.activate(self.signing)
        self.announce()

    def announce(self, algorithm: Algorithm | None = None) -> str:
        """Publish a new key; its `kid`."""
        key, now = new_key(algorithm or self.algorithm), self._clock()
        kid = key.thumbprint()
        self._private[kid] = key
        self._records[kid] = KeyRecord(
            kid=kid,
            algorithm=algorithm or self.algorithm,
            state=State.ANNOUNCED,
            public_jwk=public_json(key),
            sealed_private=b"",
            master_key="",
            created_at=now,
            announced_at=now,
        )
        self._show()
        return kid

    def activate(self, kid: str) -> None:
        """Sign with this key; what signed with its algorithm before retires."""
        for each in list(self._records.values()):
            same = each.algorithm is self._records[kid].algorithm
            if same and each.state is State.SIGNING:
                self._move(each.kid, State.RETIRING)
        self._move(kid, State.SIGNING)
        if self._records[kid].algorithm is self.algorithm:
            self.signing = kid

    def remove(self, kid: str) -> None:
        """Take a key that retires out of the JWK Set."""
        self._move(kid, State.REMOVED)

    @property
    def announced(self) -> str:
        """The `kid` of the key that would sign next."""
        return next(
            each.kid
            for each in published(self._records.values())
            if each.state is State.ANNOUNCED and each.algorithm is self.algorithm
        )

    @property
    def retiring(self) -> tuple[str, ...]:
        """What has signed with our algorithm and is still published."""
        return tuple(
            each.kid
            for each in published(self._records.values())
            if each.state is State.RETIRING and each.algorithm is self.algorithm
        )

    def jwks(self) -> bytes:
        """The JWK Set as it is now."""
        return jwks_document(self._records.values())

    def private(self, kid: str) -> Key:
        """A key of this run, removed ones too: whoever has stolen one signs on."""
        return self._private[kid]

    def public_forms(self, kid: str) -> list[bytes]:
        """The public key in the forms in which a verifier may hold it."""
        record = self._records[kid]
        pem = public_pem(record)
        return [pem.encode(), pem.strip().encode(), record.public_jwk.encode()]

    def _move(self, kid: str, to: State) -> None:
        self._records[kid] = move(self._records[kid], to, at=self._clock())
        self._show()

    def _show(self) -> None:
        self.signer.use(self._ring())

    def _ring(self) -> OpenRing:
        seen = published(self._records.values())
        return OpenRing(
            records=tuple(self._records.values()),
            public={each.kid: public_key(each) for each in seen},
            private=dict(self._private),
        )


def stranger(algorithm: Algorithm) -> Key:
    """A key that is in nobody's JWK Set."""
    return new_key(algorithm)
