"""Companies of the configuration as `linking` knows them."""

from dataclasses import replace

from broker.settings.schema import CompanySettings, NumberSettings, Settings
from broker.settings.verifying import LadderSettings
from linking.company import Company
from linking.ladder import Ladder, Level, SecondItem, Way
from linking.typed.numbers import NumberFormat
from linking.typed.ocr import OcrTemplate


def companies(settings: Settings) -> dict[str, Company]:
    """Return every company by its id."""
    letters_leave = "letter" in settings.outbound.ways
    return {
        name: _company(name, each, letters_leave=letters_leave)
        for name, each in settings.companies.items()
    }


def with_ways_out(settings: Settings, company: Company) -> Company:
    """The company without the ways by which nothing leaves: such a code would never come."""
    ways = company.ladder.ways.intersection(map(Way, settings.outbound.ways))
    return replace(company, ladder=replace(company.ladder, ways=ways))


def _company(name: str, company: CompanySettings, *, letters_leave: bool) -> Company:
    template = company.ocr_template
    return Company(
        id=name,
        customer_numbers=_numbers(company.customer_number),
        invoice_numbers=_numbers(company.invoice_number),
        accepts_ocr=company.accept_ocr,
        ocr_template=OcrTemplate.parse(template) if template else None,
        payment_accounts=(*company.bankgiro, *company.plusgiro),
        evidence_months=company.evidence_months,
        closed_reading_months=company.closed_reading_months,
        delegation_months=company.delegation_months,
        ladder=_ladder(company.ladder, letters_leave=letters_leave),
    )


_LEVELS = {"invoice": Level.INVOICE, "second_item": Level.SECOND_ITEM, "code": Level.CODE}


def _ladder(ladder: LadderSettings, *, letters_leave: bool) -> Ladder:
    """Only a letter reaches everybody, and only one that leaves; else there is no such way.

    E-mail and text messages may wait until there is a way out for them.
    """
    ways = frozenset(way for way in map(Way, ladder.codes) if letters_leave or way != Way.LETTER)
    return Ladder(
        private=_LEVELS[ladder.private],
        organisation=_LEVELS[ladder.organisation],
        second_item=SecondItem(ladder.second_item),
        all_private_reachable=Way.LETTER in ways,
        ways=ways,
    )


def _numbers(number: NumberSettings) -> NumberFormat:
    return NumberFormat(
        digits_only=number.digits_only,
        shortest=number.min_length,
        longest=number.max_length,
        zeros=number.leading_zeros,
    )
