"""By what each secret of the configuration can be recognised without being revealed.

A keyed hash under the secret itself, with a label per purpose, cut to 8 bytes. Of 256 random bits
that tells nothing, and no other secret has the same by chance.
"""

import hmac
from typing import Final

from broker.settings.schema import Settings
from broker.storage.archive import Purpose, SecretPrint
from broker.wiring.secret_keys import cookie_keys, master_keys, pairwise_salt, peppers

_LENGTH: Final = 8


def secret_prints(settings: Settings) -> tuple[SecretPrint, ...]:
    """Return one for every secret that a backup is worth nothing or less without."""
    return (
        *(_print(Purpose.MASTER_KEY, name, key) for name, key in master_keys(settings).items()),
        *(_print(Purpose.PEPPER, name, key) for name, key in peppers(settings).items()),
        _print(Purpose.PAIRWISE_SALT, "", pairwise_salt(settings)),
        *(_print(Purpose.COOKIE_KEY, "", key) for key in cookie_keys(settings)),
    )


def salt_print(settings: Settings) -> bytes:
    """Return that of the pairwise salt, which no installation may change unnoticed."""
    return _print(Purpose.PAIRWISE_SALT, "", pairwise_salt(settings)).print


def master_marks(settings: Settings) -> tuple[str, ...]:
    """Return name and print of each master key, the one that seals first: what workers tell."""
    newest_first = sorted(master_keys(settings).items(), reverse=True)
    prints = [_print(Purpose.MASTER_KEY, name, key) for name, key in newest_first]
    return tuple(f"{each.name} {each.print.hex()}" for each in prints)


def _print(purpose: Purpose, name: str, secret: bytes) -> SecretPrint:
    label = f"farstu secret print 1\0{purpose}".encode()
    return SecretPrint(purpose, name, hmac.digest(secret, label, "sha256")[:_LENGTH])
