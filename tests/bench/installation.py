"""An installation to be measured: its `farstu.toml`, its database, its register of invented people.

One company, two portals that differ in their tokens' algorithm alone, and emulated Google.
"""

import hashlib
import subprocess
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from providers.emulated import consoles
from tests.bench.processes import ROOT, python

CALLBACK = "https://portal.example/callback"
PROVIDER_SECRET = "what-the-measured-brokers-say-to-emulated-google"
VERIFIER = "a-code-verifier-of-at-least-forty-three-characters"
CHALLENGE = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
PORTALS = {"portal-rs256": "RS256", "portal-es256": "ES256"}
SCOPES = "openid profile email invoices:read"
CUSTOMERS = 64
_FIRST_CUSTOMER, _FIRST_INVOICE = 100_001, 4_100_001
_PROGRAM = "from broker.cli.main import main; main()"


@dataclass(frozen=True, slots=True)
class Engines:
    """Where an installation keeps things; addresses as the configuration takes them."""

    name: str
    database: str
    database_password: str = ""
    transient: str = ""


@dataclass(frozen=True, slots=True)
class Installation:
    """A folder with a configuration, ready to be served."""

    folder: Path
    engines: Engines
    port: int
    upstreams: str
    workers: int = 1

    def prepare(self, *, with_register: bool = True) -> None:
        """Write the configuration, make the schema, import a small register."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "farstu.toml").write_text(self._toml())
        self.run("db", "migrate")
        if with_register:
            self._write_register()
            self.run("register", "import", str(self.folder))

    def run(self, *arguments: str) -> None:
        """Run one of the broker's commands to its end."""
        subprocess.run(
            self.command(*arguments), check=True, cwd=ROOT, stdout=subprocess.DEVNULL, timeout=900
        )

    def command(self, *arguments: str) -> list[str]:
        """The command line of `farstu`."""
        return python("-c", _PROGRAM, *self.arguments(*arguments))

    def arguments(self, *arguments: str) -> list[str]:
        """Those of a command, and which installation it is for."""
        return [*arguments, "--config", str(self.folder / "farstu.toml")]

    def customer(self, place: int) -> tuple[str, str]:
        """Return the customer number and the invoice number of the customer at this place."""
        return str(_FIRST_CUSTOMER + place), str(_FIRST_INVOICE + place)

    def _write_register(self) -> None:
        day = (date.today() - timedelta(days=40)).isoformat()  # noqa: DTZ011 - any recent day
        customers = ["company;customer_number;kind;status;email;phone;protected"]
        invoices = ["company;customer_number;invoice_number;ocr;issued_on;due_on;amount;type"]
        for place in range(CUSTOMERS):
            customer, invoice = self.customer(place)
            customers.append(
                f"elnat;{customer};private;active;k{customer}@brev.example;0701740605;0"
            )
            invoices.append(f"elnat;{customer};{invoice};;{day};{day};512,50;invoice")
        (self.folder / "customers.csv").write_text("\n".join(customers) + "\n")
        (self.folder / "invoices.csv").write_text("\n".join(invoices) + "\n")

    def _toml(self) -> str:
        keys = {name: _key(name) for name in ("cookie", "master", "pepper", "salt")}
        engines = self.engines
        storage = [f'database = "{engines.database}"']
        if engines.database_password:
            storage.append(f'database_password = "{engines.database_password}"')
        if engines.transient:
            storage.append(f'transient = "{engines.transient}"')
        return "\n".join(
            [
                f'issuer = "http://localhost:{self.port}"',
                f'[secrets]\ncookie_keys = ["{keys["cookie"]}"]',
                f'master_keys = {{ m1 = "{keys["master"]}" }}',
                f'peppers = {{ p1 = "{keys["pepper"]}" }}\npairwise_salt = "{keys["salt"]}"',
                "[storage]",
                *storage,
                f'[server]\nhost = "127.0.0.1"\nport = {self.port}\nworkers = {self.workers}',
                _COMPANY,
                *(_portal(name, algorithm) for name, algorithm in PORTALS.items()),
                f'[providers.google]\nkind = "google"\nissuer = "{self.upstreams}/google"',
                f'client_id = "{consoles.GOOGLE_CLIENT_ID}"',
                f'client_secrets = ["{PROVIDER_SECRET}"]',
            ]
        )


_COMPANY = """
[companies.elnat]
name = "Provberga Elnät"
phone = "08-465 004 00"
hours = { sv = "vardagar 8–16", en = "weekdays 8–16" }
customer_number = { min_length = 6, max_length = 8, example = "100245" }
invoice_number = { min_length = 6, max_length = 9, example = "4711023" }
"""


def secret_of(client_id: str) -> str:
    """A portal's secret."""
    return f"the-secret-of-{client_id}-of-more-than-32-characters"


def _portal(name: str, algorithm: str) -> str:
    """A client and an API whose tokens are signed alike."""
    return f"""
[resources.{name}]
audience = "https://{name}.example"
companies = ["elnat"]
scopes = ["invoices:read"]
algorithm = "{algorithm}"

[clients.{name}]
name = "Mina sidor {algorithm}"
company = "elnat"
redirect_uris = ["{CALLBACK}"]
home_uri = "https://portal.example"
initiate_login_uri = "https://portal.example/login"
secrets = ["{secret_of(name)}"]
scopes = ["openid", "profile", "email", "invoices:read"]
resource = "{name}"
id_token_algorithm = "{algorithm}"
"""


def _key(seed: str) -> str:
    digest = hashlib.sha256(f"bench {seed}".encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
