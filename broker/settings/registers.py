"""The tables of registers that are asked where they are, in place of an import.

As `schema`: shapes, defaults, and the text of the reference page.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from broker.settings.section import Address, Section

_NAME = r"[A-Za-z_][A-Za-z0-9_]{0,62}"
View = Annotated[str, Field(pattern=rf"^{_NAME}(\.{_NAME})?$")]


class RegisterSettings(Section):
    """A billing system that is asked itself; companies name it as their `customer_register`."""

    kind: Literal["sql", "http"] = Field(
        description="`sql`: views in its PostgreSQL; `http`: its API (`docs/register.md` says what "
        "either must give)."
    )
    database: str = Field(
        default="",
        description="`sql`: the database, `postgresql://user@host:5432/name`; `sslmode` and "
        "`sslrootcert` as in `storage.database`.",
    )
    password: SecretStr | None = Field(
        default=None, description="`sql`: that user's password, when it asks for one."
    )
    customers_view: View = Field(
        default="farstu_customers",
        description="`sql`: the view of customers, as the catalogue spells it; a schema may stand "
        "in front, with a dot.",
    )
    invoices_view: View = Field(
        default="farstu_invoices", description="`sql`: the view of invoices."
    )
    url: Address = Field(
        default="",
        description="`http`: the API's address, without a slash at its end: https except on this "
        "machine itself.",
    )
    token: SecretStr | None = Field(
        default=None,
        description="`http`: at least 32 random characters, sent as `Authorization: Bearer`.",
    )
    client_certificate: Path | None = Field(
        default=None,
        description="`http`: PEM file with our certificate and its chain, which the API asks for "
        "(mutual TLS); a relative path starts at the configuration file.",
    )
    client_key: Path | None = Field(
        default=None, description="`http`: PEM file with that certificate's private key."
    )
    ca_file: Path | None = Field(
        default=None,
        description="`http`: PEM file with a certificate authority of your own, trusted besides "
        "the usual ones; a relative path starts at the configuration file.",
    )
    customers: int = Field(
        default=0,
        ge=0,
        description="How many customers each of its companies has, where the register does not "
        "say so itself.",
    )
    connect_seconds: int = Field(
        default=3, ge=1, le=30, description="How long connecting may take."
    )
    answer_seconds: int = Field(
        default=3, ge=1, le=30, description="How long an answer may take, and waiting for a turn."
    )
    parallel: int = Field(
        default=4,
        ge=2,
        le=32,
        description="Questions that each worker asks at the same time, and connections that it "
        "keeps. More wait for their turn, and nobody has more than half of them.",
    )
