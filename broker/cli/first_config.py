"""The text of a first configuration."""

import json
import re
import unicodedata
from dataclasses import dataclass
from string import Template

from broker.settings.fresh import new_key

_TEXT = Template("""\
# The configuration of Farstu. Every key is explained by `farstu config reference`; after a change,
# `farstu config check` says whether it can be used.
#
# This file holds secrets: keep it readable by the broker's user alone, or move each secret out of
# it, for example `secrets.pairwise_salt` into a file named by the environment variable
# FARSTU_SECRETS__PAIRWISE_SALT_FILE.

issuer = $issuer

[secrets]
cookie_keys = ["$cookie_key"]
master_keys = { k01 = "$master_key" }
peppers = { p01 = "$pepper" }
pairwise_salt = "$pairwise_salt"  # never change it: every pairwise `sub` would change

[storage]
database = "sqlite:///farstu.db"

[companies.$company_id]
name = $company
phone = $phone
hours = { sv = "vardagar 8–16", en = "weekdays 8 am–4 pm" }

[companies.$company_id.customer_number]
min_length = 4
max_length = 10

[companies.$company_id.invoice_number]
min_length = 4
max_length = 12

# Customers are told of every new connection, so that they can say that it was not they. The
# messages wait until this says how they leave; `farstu config reference outbound` has every key,
# docs/notices.md the steps.
#
# [outbound]
# email = "smtp"
#
# [outbound.smtp]
# host = "mail.example.se"

# Each provider is off until it has the id and the secret that its console gives you:
# `farstu providers guide google` says what to do there.

[providers.microsoft]
kind = "microsoft"
enabled = false
client_id = ""
client_secrets = []

[providers.google]
kind = "google"
enabled = false
client_id = ""
client_secrets = []

[providers.facebook]
kind = "facebook"
enabled = false
client_id = ""
client_secrets = []

[providers.yahoo]
kind = "yahoo"
enabled = false
client_id = ""
client_secrets = []

# Portals: `farstu clients add mina-sidor` makes a table to paste here.
""")


@dataclass(frozen=True, slots=True)
class FirstConfig:
    """What somebody may say about their installation before there is one."""

    issuer: str
    company: str
    phone: str


def write_up(first: FirstConfig) -> str:
    """Return the file, with four fresh keys."""
    return _TEXT.substitute(
        issuer=toml_text(first.issuer),
        company=toml_text(first.company),
        phone=toml_text(first.phone),
        company_id=id_from(first.company),
        cookie_key=new_key(),
        master_key=new_key(),
        pepper=new_key(),
        pairwise_salt=new_key(),
    )


def toml_text(value: str) -> str:
    """Quote a text for TOML; what JSON escapes, TOML escapes alike (but for DEL)."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def id_from(name: str) -> str:
    """Make a company id of a name: `Exempel Elnät AB` becomes `exempel-elnat`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    if len(words) > 1 and words[-1] == "ab":
        words.pop()
    return "-".join(words)[:40].strip("-") or "company"
