"""The tables about operation: where things are kept, how it listens, what is seen and how long.

As `schema`: shapes, defaults, and the text of the reference page.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from broker.settings.section import Address, Section


class StorageSettings(Section):
    """Where things are kept."""

    database: str = Field(
        default="sqlite:///farstu.db",
        description="The durable database: `sqlite:///relative.db`, `sqlite:////absolute.db`, or "
        "`postgresql://user@host:5432/name`. A relative file starts at the configuration file, "
        "here and in `transient`, wherever the program was started. PostgreSQL on another host is "
        "asked for a certificate (`sslmode=verify-full`) unless the address says "
        "`?sslmode=disable`; `sslrootcert=FILE` names the authority, and asks for one on this "
        "machine too.",
    )
    database_password: SecretStr | None = Field(
        default=None, description="PostgreSQL's password, when it asks for one."
    )
    transient: str = Field(
        default="",
        description="Where short-lived things are kept. Empty: a SQLite file beside the database, "
        "or tables of their own in PostgreSQL. Redis or Valkey: `redis://host:6379/0`, `rediss://` "
        "with TLS, `redis+sentinel://host:26379,host:26379/NAME/0`, "
        "`redis+cluster://host:6379,host:6379`, and `rediss+…` for these with TLS; `?ca=FILE` "
        "names an authority of your own.",
    )
    transient_password: SecretStr | None = Field(
        default=None, description="Redis's password, when it asks for one."
    )
    transient_user: str = Field(
        default="", description="Redis's user, when it has access lists; empty: the default user."
    )
    connections: int = Field(
        default=8,
        ge=2,
        le=64,
        description="Connections that each worker keeps to PostgreSQL at most.",
    )


class ServerSettings(Section):
    """How the broker listens."""

    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on.")
    workers: int = Field(
        default=1, ge=1, le=64, description="Processes that answer; one for each core is usual."
    )
    max_concurrent: int = Field(
        default=256,
        ge=8,
        description="Requests under way at once in a worker; more are answered 503 with "
        "Retry-After.",
    )
    drain_seconds: int = Field(
        default=15,
        ge=1,
        le=300,
        description="How long requests under way may take when a worker is told to stop.",
    )
    leave_seconds: int = Field(
        default=0,
        ge=0,
        le=120,
        description="How long the broker goes on answering after it is told to stop, while "
        "`/readyz` says 503: until a load balancer in front has noticed. 0 where there is none.",
    )
    trusted_proxies: tuple[str, ...] = Field(
        default=(),
        description="Addresses or networks of the proxies in front of us (`10.0.0.5`, "
        "`10.1.0.0/16`). Only they are believed when they say who the visitor is.",
    )
    tls_certificate: Path | None = Field(
        default=None,
        description="PEM file with our certificate and its chain, when TLS ends here and not at a "
        "proxy; a relative path starts at the configuration file.",
    )
    tls_key: Path | None = Field(
        default=None, description="PEM file with the certificate's private key."
    )


class TelemetrySettings(Section):
    """What operators see of it."""

    metrics_host: str = Field(
        default="127.0.0.1", description="Address that `/metrics` listens on: the operator's own."
    )
    metrics_port: int = Field(
        default=0, ge=0, le=65535, description="Port of `/metrics` (Prometheus); 0: none."
    )
    otlp_endpoint: Address = Field(
        default="",
        description="Where traces are sent (OpenTelemetry over HTTP), such as "
        "`http://collector:4318/v1/traces`. Empty: nowhere. Needs the `otel` extra.",
    )


class KeySettings(Section):
    """The signing keys: how they are replaced. How long each stays published is computed."""

    automatic: bool = Field(
        default=True,
        description="Replace signing keys by themselves. Else only `farstu keys rotate` does; what "
        "retires is removed in time all the same.",
    )
    rotate_days: int = Field(
        default=90, ge=7, le=365, description="Days that a key signs before the next one does."
    )
    announce_hours: int = Field(
        default=24,
        ge=1,
        le=168,
        description="Hours that a new key is published at least before it signs: longer than any "
        "service keeps the keys that it has fetched.",
    )
    rsa_bits: Literal[2048, 3072, 4096] = Field(
        default=2048,
        description="Length of new RSA keys, for RS256 and PS256. Longer ones take longer to sign "
        "with: 3 times for 3072, 6 times for 4096.",
    )


class SessionSettings(Section):
    """How long people stay signed in."""

    idle_minutes: int = Field(
        default=30, ge=5, le=480, description="Minutes without use that end a session."
    )
    absolute_hours: int = Field(
        default=8, ge=1, le=24, description="Hours that a session lasts at most, used or not."
    )
    remembered_idle_days: int = Field(
        default=30,
        ge=1,
        le=60,
        description="Days without use that end a session whose person chose to stay signed in.",
    )
    remembered_absolute_days: int = Field(
        default=90, ge=1, le=180, description="Days that such a session lasts at most."
    )


class RetentionSettings(Section):
    """How long each kind of record stays after it is over; a chore deletes it then, every hour."""

    ended_session_hours: int = Field(
        default=24,
        ge=2,
        le=720,
        description="Hours that a session's record stays after it ended or ran out, so that "
        "nothing brings it back. What the provider said of the person is erased at once.",
    )
    grant_hours: int = Field(
        default=24,
        ge=2,
        le=720,
        description="Hours that a grant's record stays after it expired: it refuses its code.",
    )
    unconnected_days: int = Field(
        default=30,
        ge=1,
        le=365,
        description="Days after the last login until an account without any customer is forgotten.",
    )
    delivered_message_days: int = Field(
        default=90,
        ge=1,
        le=730,
        description="Days that the fact of a message stays after it was delivered or given up; its "
        "content is erased at once.",
    )
    ended_link_months: int = Field(
        default=24,
        ge=1,
        le=120,
        description="Months that an ended link or delegation stays as history.",
    )
