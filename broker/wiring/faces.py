"""What pages show, from the configuration: brands, companies, providers, doors, evidence."""

from urllib.parse import urlsplit

from broker.pages.brands import Brand, read_logo
from broker.pages.choosing import Door
from broker.pages.coding import CodeCompany
from broker.pages.faces import CompanyFace, ProviderFace
from broker.pages.verifying import EvidenceCompany
from broker.settings.schema import BrandSettings, CompanySettings, Settings
from broker.wiring.companies import companies, with_ways_out
from linking.codes.sending import media_of
from linking.ladder import Way


def brands(settings: Settings) -> dict[str, Brand]:
    """Return every brand by its id; `default` is always there."""
    configured = {name: _brand(name, each) for name, each in settings.brands.items()}
    return {"default": Brand("default", settings.group or "Mina sidor"), **configured}


def company_brands(settings: Settings) -> dict[str, Brand]:
    """Return the brand of each company's pages: that of its first client."""
    known = brands(settings)
    firsts = {each.company: each.brand for each in reversed(settings.clients.values())}
    return {company: known[brand] for company, brand in firsts.items()}


def company_faces(settings: Settings) -> dict[str, CompanyFace]:
    """Return every company as its customers know it."""
    return {name: _company(name, each) for name, each in settings.companies.items()}


def provider_faces(settings: Settings) -> dict[str, ProviderFace]:
    """Return every provider as it stands on a button, in the buttons' order."""
    return {
        name: ProviderFace(name, each.kind, each.label) for name, each in settings.providers.items()
    }


def doors(settings: Settings) -> tuple[Door, ...]:
    """Return the portals that can be entered from our front page."""
    return tuple(
        Door(each.name, settings.companies[each.company].name, each.home_uri)
        for each in settings.clients.values()
        if each.home_uri
    )


def evidence(settings: Settings) -> dict[str, EvidenceCompany]:
    """Return what the verification form says of each company's numbers."""
    senders = code_companies(settings)
    return {
        name: EvidenceCompany(
            senders[name].face,
            each.evidence_months,
            each.customer_number.example,
            each.invoice_number.example,
            digits_only=each.customer_number.digits_only and each.invoice_number.digits_only,
            accepts_ocr=each.accept_ocr,
            second_item=each.ladder.second_item,
            begins_with_more=each.ladder.private != "invoice",
            sends_codes=bool(senders[name].media),
            takes_invoices=senders[name].takes_invoices,
        )
        for name, each in settings.companies.items()
    }


def code_companies(settings: Settings) -> dict[str, CodeCompany]:
    """Return how each company sends codes: only by what can leave from here."""
    faces = company_faces(settings)
    ladders = {
        name: with_ways_out(settings, company).ladder
        for name, company in companies(settings).items()
    }
    return {
        name: CodeCompany(
            faces[name],
            media_of([ladder]),
            tuple(way.value for way in Way if way in ladder.ways),
            takes_invoices=ladder.takes_invoices,
        )
        for name, ladder in ladders.items()
    }


def insecure_origins(settings: Settings) -> tuple[str, ...]:
    """Return the upstream addresses on plain http that a form of ours may lead to.

    There are some only while our own issuer is on localhost; `https:` covers all others.
    """
    addresses = (
        address
        for each in settings.providers.values()
        for address in (each.issuer, each.authority, each.dialog_address)
    )
    return tuple(dict.fromkeys(a for a in addresses if urlsplit(a).scheme == "http"))


def _brand(name: str, brand: BrandSettings) -> Brand:
    return Brand(
        id=name,
        name=brand.name,
        primary=brand.primary,
        on_primary=brand.on_primary,
        background=brand.background,
        text=brand.text,
        accent=brand.accent,
        logo=read_logo(brand.logo) if brand.logo else None,
    )


def _company(name: str, company: CompanySettings) -> CompanyFace:
    return CompanyFace(
        id=name,
        name=company.name,
        phone=company.phone,
        hours=company.hours,
        legal_name=company.legal_name,
        organisation_number=company.organisation_number,
        email=company.email,
        website=company.website,
        new_customer_help=company.new_customer_help,
    )
