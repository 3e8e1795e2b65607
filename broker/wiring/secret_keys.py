"""Our own secrets as bytes, in the order that each part wants them."""

import hmac
from collections.abc import Mapping

from pydantic import SecretStr

from broker.settings.schema import Settings
from broker.settings.strength import key_bytes
from keys.seal import MasterKey


def cookie_keys(settings: Settings) -> tuple[bytes, ...]:
    """Return the keys of cookies and tickets; the first seals, all open."""
    return tuple(_raw(each) for each in settings.secrets.cookie_keys)


def master_keys(settings: Settings) -> dict[str, bytes]:
    """Return the keys at rest by name; the last name seals, all open."""
    return _named(settings.secrets.master_keys)


def signing_masters(settings: Settings) -> tuple[MasterKey, ...]:
    """Return the keys that seal signing keys, made of the same; the one that seals stands first.

    One key per use: what seals contacts and messages opens no signing key.
    """
    newest_first = sorted(master_keys(settings).items(), reverse=True)
    return tuple(MasterKey(name, _for_signing_keys(secret)) for name, secret in newest_first)


def peppers(settings: Settings) -> dict[str, bytes]:
    """Return the keys of the register's hashes by name; the last name is for new imports."""
    return _named(settings.secrets.peppers)


def pairwise_salt(settings: Settings) -> bytes:
    """Return what pairwise subjects are made from."""
    return _raw(settings.secrets.pairwise_salt)


def _for_signing_keys(master: bytes) -> bytes:
    return hmac.digest(master, b"farstu signing keys", "sha256")


def _named(secrets: Mapping[str, SecretStr]) -> dict[str, bytes]:
    return {name: _raw(secret) for name, secret in secrets.items()}


def _raw(secret: SecretStr) -> bytes:
    raw = key_bytes(secret.get_secret_value())
    if raw is None:
        raise ValueError("a key is not 32 bytes in base64url")  # `settings.check` refuses it first
    return raw
