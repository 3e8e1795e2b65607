"""The demo's configuration with secrets that nobody else has, as TOML.

For a broker that runs by itself and therefore refuses the demo's own secrets.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from broker.dev.settings import demo_settings
from broker.settings.fresh import new_key
from broker.settings.operating import ServerSettings, StorageSettings
from broker.settings.outbound import OutboundSettings
from broker.settings.schema import SecretSettings, Settings


def fresh_settings(port: int) -> Settings:
    """Return the demo's configuration on this port, with fresh secrets and the default database."""
    demo = demo_settings(port, Path())
    return demo.model_copy(
        update={
            "secrets": SecretSettings(
                cookie_keys=(_secret(),),
                master_keys={"k01": _secret()},
                peppers={"p01": _secret()},
                pairwise_salt=_secret(),
            ),
            "server": ServerSettings(port=port, workers=2),
            "storage": StorageSettings(),
            "outbound": OutboundSettings(),
            "clients": {
                name: each.model_copy(update={"secrets": (_secret(),)})
                for name, each in demo.clients.items()
            },
            "providers": {
                name: each.model_copy(update={"client_secrets": (_secret(),)})
                for name, each in demo.providers.items()
            },
        }
    )


def as_toml(settings: Settings) -> str:
    """Write down what was said of the settings, secrets in clear; defaults are left out."""
    return "".join(f"{name} = {_inline(value)}\n" for name, value in _said(settings).items())


def _secret() -> SecretStr:
    return SecretStr(new_key())


def _said(section: BaseModel) -> dict[str, Any]:
    return {
        name: value
        for name in type(section).model_fields
        if name in section.model_fields_set and (value := getattr(section, name)) is not None
    }


def _inline(value: Any) -> str:
    """TOML's inline forms; what JSON writes of texts, numbers and booleans, TOML reads."""
    match value:
        case SecretStr():
            return json.dumps(value.get_secret_value())
        case BaseModel():
            return _inline(_said(value))
        case Mapping():
            pairs = (f"{json.dumps(key)} = {_inline(each)}" for key, each in value.items())
            return f"{{ {', '.join(pairs)} }}"
        case tuple() | list():
            return f"[{', '.join(_inline(each) for each in value)}]"
        case Path():
            return json.dumps(str(value), ensure_ascii=False)
        case _:
            return json.dumps(value, ensure_ascii=False)
