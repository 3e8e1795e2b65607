"""A configuration that is in order, and small ways to spoil it."""

from collections.abc import Callable
from typing import Any

import pytest

from broker.settings.check import check
from broker.settings.fresh import new_key
from broker.settings.problem import Problem
from broker.settings.schema import Settings

Values = dict[str, Any]


@pytest.fixture(scope="session")
def values() -> Values:
    """A small installation: one company, one portal with an API, one provider."""
    return {
        "issuer": "https://login.example.se",
        "secrets": {
            "cookie_keys": [new_key()],
            "master_keys": {"k01": new_key()},
            "peppers": {"p01": new_key()},
            "pairwise_salt": new_key(),
        },
        "companies": {
            "elnat": {
                "name": "Exempel Elnät",
                "phone": "0771-00 00 00",
                "hours": {"sv": "vardagar 8–16", "en": "weekdays 8–16"},
            },
            "varme": {
                "name": "Exempel Värme",
                "phone": "0771-00 00 01",
                "hours": {"sv": "vardagar 8–16", "en": "weekdays 8–16"},
            },
        },
        "brands": {"kraft": {"name": "Exempel Kraft"}},
        "resources": {
            "api": {
                "audience": "https://api.example.se",
                "companies": ["elnat"],
                "scopes": ["invoices:read"],
            }
        },
        "clients": {
            "mina-sidor": {
                "name": "Mina sidor",
                "company": "elnat",
                "brand": "kraft",
                "redirect_uris": ["https://minasidor.example.se/callback"],
                "secrets": [new_key()],
                "resource": "api",
                "scopes": ["openid", "invoices:read"],
            }
        },
        "providers": {
            "google": {"kind": "google", "client_id": "an-id", "client_secrets": ["a-secret"]}
        },
    }


@pytest.fixture(scope="session")
def problems_with(values: Values) -> Callable[..., list[Problem]]:
    """Judge the configuration with some keys changed: `{"session/idle_minutes": 5}`."""

    def judge(changes: Values) -> list[Problem]:
        changed = values
        for path, value in changes.items():
            changed = _with(changed, path, value)
        return check(Settings.model_validate(changed))

    return judge


def _with(values: Values, path: str, value: Any) -> Values:
    key, _, rest = path.partition("/")
    return {**values, key: _with(values.get(key, {}), rest, value) if rest else value}
