"""What can go wrong with keys: a family of its own, each with a stable code.

Messages name keys by `kid` and master keys by name; never a secret, never a token.
"""

from collections.abc import Iterable, Sequence

from keys.model import Algorithm


class KeysError(Exception):
    """Root of the family; never raised directly."""

    code = "keys_error"


class MasterKeysInvalid(KeysError):
    """The master keys that were given cannot be used; the message says why and what to do."""

    code = "master_keys_invalid"


class MasterKeyMissing(KeysError):
    """Something was sealed under a master key that was not given."""

    code = "master_key_missing"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"the master key '{name}' is missing: give it again beside the current one"
        )
        self.name = name


class SealBroken(KeysError):
    """Sealed bytes do not open: changed, moved to another record, or sealed by another key."""

    code = "seal_broken"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"the master key '{name}' is another one than sealed this, or this was changed since:"
            " give the right key, or restore the record from a backup"
        )
        self.name = name


class NothingSealed(KeysError):
    """A record that is published has nothing that a master key has sealed."""

    code = "nothing_sealed"

    def __init__(self) -> None:
        super().__init__(
            "nothing in the record was sealed with a master key, so somebody has changed it: revoke"
            " the key, or restore the record from a backup"
        )


class KeyMismatch(KeysError):
    """A record's `kid`, public key and private key are not of one key."""

    code = "key_mismatch"

    def __init__(self) -> None:
        super().__init__(
            "its kid, public and private key do not belong together, so somebody has changed the"
            " record: revoke the key, or restore the record from a backup"
        )


class RingNotOpened(KeysError):
    """Some keys of the ring cannot be opened; `closed` has each of them with the reason."""

    code = "ring_not_opened"

    def __init__(self, closed: Sequence[tuple[str, str]]) -> None:
        super().__init__("signing keys cannot be opened:\n" + "\n".join(by_reason(closed)))
        self.closed = tuple(closed)


def by_reason(closed: Iterable[tuple[str, str]]) -> list[str]:
    """A line for each reason, then all keys that it is about: one wrong master key is one line."""
    keys: dict[str, list[str]] = {}
    for key, reason in closed:
        keys.setdefault(reason, []).append(key)
    return [f"{reason}; so it is with {', '.join(about)}" for reason, about in keys.items()]


class KeyStateUnknown(KeysError):
    """A record is in a state that this release does not know; so it may have been taken out."""

    code = "key_state_unknown"

    def __init__(self, kid: str, state: str) -> None:
        super().__init__(
            f"the key {kid} is in the state '{state}', which this release does not know: use the"
            " program of the newer release that wrote it, or restore the record from a backup"
        )
        self.kid = kid
        self.state = state


class NoSigningKey(KeysError):
    """The ring holds no key that signs with this algorithm."""

    code = "no_signing_key"

    def __init__(self, algorithm: Algorithm) -> None:
        super().__init__(f"no key signs with {algorithm.value}")
        self.algorithm = algorithm


class NoSuchKey(KeysError):
    """No key has this `kid`."""

    code = "no_such_key"

    def __init__(self, kid: str) -> None:
        super().__init__(f"no key has the kid {kid}")
        self.kid = kid


class RingStale(KeysError):
    """The ring was not looked at for too long: it may have changed since."""

    code = "ring_stale"

    def __init__(self) -> None:
        super().__init__("it is not known whether the keys were changed since they were seen")


class ForbiddenMove(KeysError):
    """A key cannot go from this state to that."""

    code = "forbidden_move"


class TokenRefused(KeysError):
    """This is not a token of ours; `check` names the first check that it failed."""

    code = "token_refused"

    def __init__(self, check: str) -> None:
        super().__init__(f"token refused: {check}")
        self.check = check
