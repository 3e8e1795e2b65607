"""The demo's own secrets. They are public, therefore worthless.

Start-up refuses each of them by its digest in `broker.settings.demo_digests`; a test compares the
two lists. Those of the emulated providers stand in `providers.emulated.consoles`.
"""

from collections.abc import Mapping
from types import MappingProxyType

COOKIE_KEY = "rWa7sMllFIszXhjXrcHk3ZjckM3NTkVBT-Cojf5pqBQ"
MASTER_KEY = "odKmsdYLrcleeQuc6fwu1MZqq-bBb7_YQuc__lvLgPA"
PEPPER = "8srbSQY68sRwtm8Fu5ouFKgnFSgYkbuE-G-M4Dr_Zbg"
PAIRWISE_SALT = "TnmA7-x-3HLQauvAnCoQCRhjz-HN135-mqaa6SYaASY"
CLIENT_SECRETS: Mapping[str, str] = MappingProxyType(
    {
        "mina-sidor-elhandel": "demo-only-elhandel-7Qv2xN4rLk9Ym1Zt6BwS",
        "mina-sidor-elnat": "demo-only-elnat-3Hd8pJ5sTc0Xg6Rf2VaE",
        "mina-sidor-fjarrvarme": "demo-only-fjarrvarme-9Ku4bW7yMe2Pz5Cn8DiG",
    }
)

ALL = (COOKIE_KEY, MASTER_KEY, PEPPER, PAIRWISE_SALT, *CLIENT_SECRETS.values())
