"""Our own secrets: present, long, random, each for one purpose, and never the demo's."""

import re
from collections.abc import Iterator

from pydantic import SecretStr

from broker.settings.demo_digests import digest
from broker.settings.problem import Problem, path_of
from broker.settings.schema import Settings
from broker.settings.strength import (
    CLIENT_SECRET_LENGTH,
    is_guessable,
    key_bytes,
    looks_random,
    one_spelling,
)

_MAKE_KEY = "Make one with `farstu config secret`."


def keys_are_random(settings: Settings) -> Iterator[Problem]:
    """Every key is 32 bytes that look random."""
    for path, secret in _keys(settings):
        raw = key_bytes(secret.get_secret_value())
        if raw is None:
            yield Problem(path, "Not 32 bytes in base64url.", _MAKE_KEY)
        elif not looks_random(raw):
            yield Problem(path, "Not random: it has a pattern or is text.", _MAKE_KEY)


def keys_are_there(settings: Settings) -> Iterator[Problem]:
    """At least one key of each kind that may have several."""
    secrets = settings.secrets
    for name, values in (
        ("cookie_keys", secrets.cookie_keys),
        ("master_keys", secrets.master_keys),
        ("peppers", secrets.peppers),
    ):
        if not values:
            yield empty(name)


def empty(name: str) -> Problem:
    """No key of this kind is there."""
    return Problem(f"secrets.{name}", "Empty.", f"Give one. {_MAKE_KEY}")


def names_sort_by_age(settings: Settings) -> Iterator[Problem]:
    """The last name is the newest, in the alphabet as to a person's eye (`k9` and `k10`)."""
    for table in ("master_keys", "peppers"):
        names = sorted(getattr(settings.secrets, table))
        if names != sorted(names, key=_natural):
            yield Problem(
                f"secrets.{table}",
                "The last name in alphabetical order is not the one with the highest figure.",
                "Name them with as many figures each, such as `2026-01` or `k09`.",
            )


def client_secrets_are_strong(settings: Settings) -> Iterator[Problem]:
    """Every client secret is long and not guessable."""
    for path, secret in _client_secrets(settings):
        value = secret.get_secret_value()
        if len(value) < CLIENT_SECRET_LENGTH:
            reason = f"Shorter than {CLIENT_SECRET_LENGTH} characters."
        elif is_guessable(value):
            reason = "Guessable: repeated, or of few different characters."
        else:
            continue
        yield Problem(path, reason, "Make one with `farstu clients add`.")


def secrets_have_one_purpose(settings: Settings) -> Iterator[Problem]:
    """No secret is used twice: what breaks one must not break the other."""
    first: dict[str, str] = {}
    ours = (*_keys(settings), *_client_secrets(settings), *_outbound_secrets(settings))
    for path, secret in ours:
        other = first.setdefault(secret.get_secret_value(), path)
        if other != path and secret.get_secret_value():
            yield Problem(path, f"The same value as `{other}`.", "Give each a value of its own.")


def no_secret_is_public(settings: Settings, refused: frozenset[str]) -> Iterator[Problem]:
    """None is one that the demo uses, here or at a provider."""
    remedy = "It is known to everybody who has the program: make a new one."
    for path, secret in _all_secrets(settings):
        if digest(secret.get_secret_value()) in refused:
            yield Problem(path, "This is the demo's secret.", remedy)
    for name, client in settings.clients.items():
        for at, value in enumerate(client.secret_digests):
            if value in refused:
                path = path_of(("clients", name, "secret_digests", at))
                yield Problem(path, "This is the demo's secret.", remedy)


def _all_secrets(settings: Settings) -> Iterator[tuple[str, SecretStr]]:
    yield from _keys(settings)
    yield from _client_secrets(settings)
    yield from _outbound_secrets(settings)
    for name, provider in settings.providers.items():
        for at, secret in enumerate(provider.client_secrets):
            yield path_of(("providers", name, "client_secrets", at)), secret


def _keys(settings: Settings) -> Iterator[tuple[str, SecretStr]]:
    for path, secret in _spelt_keys(settings):
        yield path, SecretStr(one_spelling(secret.get_secret_value()))


def _spelt_keys(settings: Settings) -> Iterator[tuple[str, SecretStr]]:
    secrets = settings.secrets
    for at, secret in enumerate(secrets.cookie_keys):
        yield f"secrets.cookie_keys[{at}]", secret
    for name, secret in secrets.master_keys.items():
        yield f"secrets.master_keys.{name}", secret
    for name, secret in secrets.peppers.items():
        yield f"secrets.peppers.{name}", secret
    yield "secrets.pairwise_salt", secrets.pairwise_salt


def _client_secrets(settings: Settings) -> Iterator[tuple[str, SecretStr]]:
    for name, client in settings.clients.items():
        for at, secret in enumerate(client.secrets):
            yield path_of(("clients", name, "secrets", at)), secret


def _outbound_secrets(settings: Settings) -> Iterator[tuple[str, SecretStr]]:
    outbound = settings.outbound
    if outbound.webhook.secret is not None:
        yield "outbound.webhook.secret", outbound.webhook.secret
    if outbound.smtp.password is not None:
        yield "outbound.smtp.password", outbound.smtp.password
    for name, register in settings.registers.items():
        if register.token is not None:
            yield f"registers.{name}.token", register.token
        if register.password is not None:
            yield f"registers.{name}.password", register.password


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part or 0), "") if part.isdigit() else (0, part) for part in _parts(name)]


def _parts(name: str) -> list[str]:
    return [part for part in re.split(r"(\d+)", name) if part]
