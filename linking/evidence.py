"""What counts as evidence, and which customers can be linked by it. Plain rules."""

from datetime import date, datetime

from linking.company import Company
from linking.days import months_from, swedish_day
from linking.ladder import Level
from linking.model import CustomerKind, CustomerStatus, Standing
from linking.ports import RegisteredInvoice

NO_INVOICE = RegisteredInvoice(date.max)
_NOBODY = Standing(CustomerKind.PRIVATE, CustomerStatus.ACTIVE, date.min, protected=True)
"""Judged in place of what is not there."""


def is_linkable(standing: Standing, company: Company, given: Level) -> bool:
    """Only active, unprotected customers of a class that begins at this level or below.

    An organisation's invoices pass through many hands, and a municipality's are public: unless the
    company says otherwise, a code that was sent to them is the least.
    """
    return (
        company.ladder.links(given, standing.kind)
        and standing.status is CustomerStatus.ACTIVE
        and not standing.protected
    )


def is_past_invoice(
    invoice: RegisteredInvoice, standing: Standing, company: Company, *, now: datetime
) -> bool:
    """Issued no later than today in Sweden, recent enough, and by this very customer.

    A number changes hands with a move: invoices from before `evidence_from` prove nothing.
    """
    day = swedish_day(now)
    earliest = months_from(day, -company.evidence_months)
    if standing.evidence_from is not None:
        earliest = max(earliest, standing.evidence_from)
    return earliest <= invoice.issued_on <= day


def was_before_handover(at: datetime, evidence_from: date | None, *, now: datetime) -> bool:
    """Whether the number has passed to somebody else since: what was so then is not theirs.

    What happened on the very day counts as the new holder's. A day that is still to come changes
    nothing before it has come.
    """
    return evidence_from is not None and swedish_day(at) < evidence_from <= swedish_day(now)


def proves(
    invoice: RegisteredInvoice | None,
    standing: Standing | None,
    company: Company,
    given: Level,
    *,
    now: datetime,
) -> bool:
    """Whether the register's two answers together show that this is the customer.

    Everything is judged, whatever is missing: a no that comes early would be told by its time.
    """
    shown, known = invoice or NO_INVOICE, standing or _NOBODY
    judged = (
        invoice is not None,
        standing is not None,
        shown.second_holds is True or given is Level.INVOICE,
        is_linkable(known, company, given),
        is_past_invoice(shown, known, company, now=now),
    )
    return all(judged)
