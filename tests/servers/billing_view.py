"""A billing system's PostgreSQL: tables of its own, the two views, and a user who may only read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.billing import Billing
from tests.servers.postgresql import PostgreSQL

READER = "farstu_reader"
PASSWORD = "the-readers-password-of-the-billing-system"

_TABLES = """
CREATE SCHEMA billing;
CREATE TABLE billing.kund (
  bolag text, nr text, slag text, lage text, epost text, telefon text, skyddad boolean,
  namn text, underlag_fran date, lage_sedan date, kontakt_sedan date
);
CREATE TABLE billing.faktura (
  bolag text, kund text, nr text, ocr text, utfardad date, forfaller date, belopp numeric(12,2),
  slag text, kod text
);
CREATE INDEX ON billing.kund (bolag, nr);
CREATE INDEX ON billing.faktura (bolag, kund, nr);
CREATE INDEX ON billing.faktura (bolag, kund, ocr);
CREATE VIEW farstu_customers AS SELECT bolag AS company, nr AS customer_number, slag AS kind,
  lage AS status, epost AS email, telefon AS phone, skyddad AS protected, namn AS name,
  underlag_fran AS evidence_from, lage_sedan AS status_since, kontakt_sedan AS contact_since
  FROM billing.kund;
CREATE VIEW farstu_invoices AS SELECT bolag AS company, kund AS customer_number,
  nr AS invoice_number, ocr, utfardad AS issued_on, forfaller AS due_on, belopp AS amount,
  slag AS type, kod AS code FROM billing.faktura;
"""

_MANY = """
INSERT INTO billing.faktura SELECT 'elnat', n::text, (2 * n)::text, '', '2026-02-01', '2026-02-28',
  512.50, 'invoice', '' FROM generate_series({first}, {last}) AS n
"""


@dataclass
class BillingDatabase:
    """A database of the tests' server; `url` is the reader's address, without the password."""

    server: PostgreSQL
    name: str

    @property
    def url(self) -> str:
        return f"postgresql://{READER}@127.0.0.1:{self.server.port}/{self.name}"

    def run(self, statement: str) -> str:
        """As its owner."""
        return self.server.run(statement, database=self.name)

    def let_read(self, view: str) -> None:
        """Give the reader what a view that was made anew has lost."""
        self.run(f"GRANT SELECT ON {view} TO {READER}")

    def add_invoices(self, first: int, count: int) -> None:
        """So many more of `elnat`, each of a customer of its own, with its number doubled."""
        self.run(_MANY.format(first=first, last=first + count - 1))

    def load(self, billing: Billing) -> None:
        """Let it know what the billing system knows, and nothing else."""
        customers = [
            "({})".format(
                ", ".join(
                    [
                        *map(_text, (row.company, row.customer_number, row.kind, row.status)),
                        *map(_text, (row.email, row.phone)),
                        "true" if row.protected == "1" else "false",
                        _text(row.name),
                        *map(_date, (row.evidence_from, row.status_since, row.contact_since)),
                    ]
                )
            )
            for row in billing.customers.values()
        ]
        invoices = [
            "({})".format(
                ", ".join(
                    [
                        *map(_text, (row.company, row.customer_number, row.invoice_number)),
                        _text(row.ocr),
                        *map(_date, (row.issued_on, row.due_on)),
                        row.amount.replace(",", "."),
                        *map(_text, (row.type, row.code)),
                    ]
                )
            )
            for row in billing.invoices
        ]
        statements = ["BEGIN", "TRUNCATE billing.kund, billing.faktura"]
        for table, rows in (("kund", customers), ("faktura", invoices)):
            if rows:
                statements.append(
                    " ".join(("INSERT INTO", f"billing.{table} VALUES", ",".join(rows)))
                )
        self.run("; ".join([*statements, "COMMIT"]))


@contextmanager
def billing_database(server: PostgreSQL) -> Iterator[BillingDatabase]:
    """A database with empty views; dropped in the end."""
    name = server.new_database()
    database = BillingDatabase(server, name)
    server.run(
        f"DO $$ BEGIN CREATE ROLE {READER} LOGIN PASSWORD '{PASSWORD}'; "
        "EXCEPTION WHEN duplicate_object THEN NULL; END $$"
    )
    database.run(_TABLES)
    database.run(f"GRANT SELECT ON farstu_customers, farstu_invoices TO {READER}")
    try:
        yield database
    finally:
        server.drop(name)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _date(value: str) -> str:
    return f"'{value}'::date" if value else "NULL"
