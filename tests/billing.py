"""What an invented billing system knows, and the three ways in which Farstu learns of it.

Rows are as in an export; a test changes them, and every way shows the change.
"""

from dataclasses import dataclass, field, replace

COMPANIES = ("elnat", "elhandel", "varme")


@dataclass(frozen=True)
class CustomerRow:
    """A customer of `elnat`, private and active, unless the test says otherwise."""

    customer_number: str
    company: str = "elnat"
    kind: str = "private"
    status: str = "active"
    email: str = "kund@brev.example"
    phone: str = "070-174 06 05"
    protected: str = "0"
    name: str = "Tuva Ekblad"
    evidence_from: str = ""
    status_since: str = ""
    contact_since: str = ""


@dataclass(frozen=True)
class InvoiceRow:
    """An invoice of `elnat`; a reminder has the number of what it reminds of."""

    customer_number: str
    invoice_number: str
    company: str = "elnat"
    ocr: str = ""
    issued_on: str = "2026-02-01"
    due_on: str = "2026-02-28"
    amount: str = "512,50"
    type: str = "invoice"
    code: str = ""


@dataclass
class Billing:
    """The rows as they are now; customers by company and number."""

    customers: dict[tuple[str, str], CustomerRow] = field(default_factory=dict)
    invoices: list[InvoiceRow] = field(default_factory=list)

    def add(self, *rows: CustomerRow | InvoiceRow) -> None:
        """Customers and invoices."""
        for row in rows:
            if isinstance(row, CustomerRow):
                self.customers[row.company, row.customer_number] = row
            else:
                self.invoices.append(row)

    def change(self, number: str, company: str = "elnat", **changes: str) -> None:
        """A customer is something else from now on."""
        self.customers[company, number] = replace(self.customers[company, number], **changes)

    def drop(self, number: str, company: str = "elnat") -> None:
        """A customer is not there any more."""
        del self.customers[company, number]

    def as_csv(self) -> tuple[str, str]:
        """As an export has it; what only a living register has is left out."""
        columns = (
            "company", "customer_number", "kind", "status", "email", "phone", "protected", "name",
            "evidence_from",
        )  # fmt: skip
        customers = [";".join(columns)]
        customers += [
            ";".join(getattr(row, each) for each in columns) for row in self.customers.values()
        ]
        columns = (
            "company", "customer_number", "invoice_number", "ocr", "issued_on", "due_on", "amount",
            "type", "code",
        )  # fmt: skip
        invoices = [";".join(columns)]
        invoices += [";".join(getattr(row, each) for each in columns) for row in self.invoices]
        return "\n".join(customers) + "\n", "\n".join(invoices) + "\n"
