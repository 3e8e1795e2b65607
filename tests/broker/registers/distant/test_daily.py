"""The daily reading, and what linked people have while the billing system is down."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from broker.registers.distant.copies import CopySeal
from broker.registers.distant.daily import CompanyRead
from broker.sealed import Vault, master_key_of
from broker.wiring.secret_keys import master_keys
from linking.errors import RegisterUnavailable
from linking.model import (
    Contact,
    Customer,
    CustomerId,
    CustomerStatus,
    Identity,
    IdentityKey,
    Link,
    LinkId,
    PersonId,
    Proof,
    Relation,
    Standing,
)
from tests.billing import Billing, CustomerRow
from tests.contracts.samples import session
from tests.registers_open import NOW, OpenRegister, import_rows, open_register

ME = IdentityKey("https://issuer.example", "me")
TODAY = NOW.date()


@pytest.fixture
def billing() -> Billing:
    """Three customers of one company and one of another."""
    billing = Billing()
    billing.add(*(CustomerRow(number) for number in ("100245", "100246", "100247")))
    billing.add(CustomerRow("200245", company="elhandel"))
    return billing


@pytest.fixture
async def opened(billing: Billing, tmp_path: Path) -> AsyncIterator[OpenRegister]:
    """A company's API, which a test can take down; two of its customers are linked."""
    async with open_register("http", billing, tmp_path, None) as register:
        for number in ("100245", "100246"):
            await connect(register, number)
        yield register


async def connect(opened: OpenRegister, number: str, company: str = "elnat") -> Customer:
    """Somebody is this customer, and signed in."""
    storage, id_ = opened.storage, f"{company}-{number}"
    person = PersonId(f"p-{id_}")
    key = IdentityKey(ME.issuer, id_)
    await storage.persons.admit(Identity(key, person, "google", "m•••", NOW, NOW))
    customer = await storage.links.customer(company, number, proposed=CustomerId(f"c-{id_}"))
    await storage.links.create(
        Link(LinkId(f"l-{id_}"), person, customer, Relation.HOLDER, Proof.INVOICE, key, NOW)
    )
    long = timedelta(days=90)
    made = replace(session(f"s-{id_}", person=person), expires_at=NOW + long, idle=long)
    await storage.sessions.create(made, secret_hash=id_.encode())
    return customer


async def standing(opened: OpenRegister, number: str) -> Standing | None:
    """What a sign-in hears of a linked customer."""
    customer = Customer(CustomerId(f"c-elnat-{number}"), "elnat", number)
    found: dict[str, Standing | None] = await opened.answering.standings([customer])
    return found[customer.id]


async def is_signed_in(opened: OpenRegister, number: str) -> bool:
    """Whether the customer's person still is."""
    found = await opened.storage.sessions.by_id(f"s-elnat-{number}", now=opened.clock())
    return found is not None


def take_down(opened: OpenRegister) -> None:
    """The billing system answers nobody."""
    assert opened.api is not None
    opened.api.fault = "status 503"


def put_up(opened: OpenRegister) -> None:
    """It answers again, and so long ago that everybody has noticed."""
    assert opened.api is not None
    opened.api.fault = ""
    opened.clock.advance(minutes=1)


async def read(opened: OpenRegister, **how: bool) -> CompanyRead:
    """A reading of tomorrow; what it found of `elnat`."""
    opened.clock.advance(days=1)
    done: list[CompanyRead] = await opened.read(**how)
    return next(each for each in done if each.company == "elnat")


async def test_linked_customers_are_answered_for_while_it_is_down(opened: OpenRegister) -> None:
    """As they were at the latest reading; numbers that people type are not looked up there."""
    assert (await read(opened)).linked == 2
    take_down(opened)
    known = await standing(opened, "100245")
    assert known is not None
    assert known.status is CustomerStatus.ACTIVE
    ask = opened.answering
    assert await ask.standing("elnat", "100245") == known
    assert (await ask.contact("elnat", "100245")).email == "kund@brev.example"
    for question in (
        ask.standing("elnat", "100245", asker=b"me"),
        ask.contact("elnat", "100245", asker=b"me"),
        ask.find_invoice("elnat", "100245", "1007001", asker=b"me"),
        ask.standing("elnat", "100247"),
        ask.contact("elnat", "100247"),
    ):
        with pytest.raises(RegisterUnavailable):
            await question


async def test_who_was_linked_since_the_reading_is_asked_about_once(opened: OpenRegister) -> None:
    """And is answered for from then on."""
    assert opened.api is not None
    assert await standing(opened, "100245") is not None
    asked = len(opened.api.asked)
    assert await standing(opened, "100245") is not None
    assert len(opened.api.asked) == asked == 1
    take_down(opened)
    assert await standing(opened, "100245") is not None
    with pytest.raises(RegisterUnavailable):
        await standing(opened, "100246")


@pytest.mark.parametrize(
    ("change", "audited"), [({"status": "deceased"}, "deceased"), ({"protected": "1"}, "protected")]
)
async def test_who_is_restricted_at_the_reading_is_signed_out(
    opened: OpenRegister, change: dict[str, str], audited: str
) -> None:
    """At once and noted down; nobody else is."""
    await read(opened)
    opened.billing.change("100245", **change)
    found = await read(opened)
    assert (found.suspended, found.sessions_ended) == (1, 1)
    assert not await is_signed_in(opened, "100245")
    assert await is_signed_in(opened, "100246")
    noted = [each.event async for each in opened.storage.audit.read()]
    assert [(each.kind, each.customer, each.facts["reason"]) for each in noted] == [
        ("customer_suspended", "c-elnat-100245", audited)
    ]
    now = await standing(opened, "100245")
    assert now is not None
    assert now.protected or now.status is CustomerStatus.DECEASED
    assert (await read(opened)).suspended == 0


async def test_a_closed_customer_is_dated(opened: OpenRegister) -> None:
    """From the day on which it was first read, or from the one that the register says."""
    await read(opened)
    opened.billing.change("100245", status="closed")
    opened.billing.change("100246", status="closed", status_since="2026-01-31")
    await read(opened)
    day = opened.clock().date()
    await read(opened)
    found = [await standing(opened, number) for number in ("100245", "100246")]
    assert [each and each.status_since for each in found] == [day, date(2026, 1, 31)]


async def test_who_is_missing_stays_what_they_were(opened: OpenRegister) -> None:
    """Restricted or not; a row that cannot be read is as good as missing."""
    opened.billing.change("100245", protected="1")
    await read(opened)
    opened.billing.drop("100246")
    opened.billing.change("100245", protected="0", status="asleep")
    found = await read(opened)
    assert (found.unknown, found.lifted) == (2, 0)
    first, second = await standing(opened, "100245"), await standing(opened, "100246")
    assert first is not None
    assert first.protected
    assert second is not None
    assert second.status is CustomerStatus.ACTIVE


async def test_a_changed_contact_is_dated_and_the_one_before_is_kept(
    opened: OpenRegister,
) -> None:
    """How it is written is no change; the day is that of the reading."""
    await read(opened)
    opened.billing.change("100245", email="KUND@brev.example", phone="0701740605")
    assert (await read(opened)).contacts_changed == 0
    opened.billing.change("100245", email="ny@brev.example")
    found = await read(opened)
    day = opened.clock().date()
    await read(opened)
    assert found.contacts_changed == 1
    contact = await opened.answering.contact("elnat", "100245")
    earlier = Contact("Tuva Ekblad", "KUND@brev.example", "0701740605")
    assert contact == Contact("Tuva Ekblad", "ny@brev.example", "0701740605", day, earlier)
    reading = opened.registers.readings["billing"]
    [(customer, sealed)] = (await opened.storage.copies.of([CustomerId("c-elnat-100245")])).items()
    before = reading.seal.opened(customer, sealed).previous_contact
    assert before == earlier


async def test_of_changes_in_a_row_the_contact_before_them_all_is_kept(
    opened: OpenRegister,
) -> None:
    """Each is counted, and none hides whose it was."""
    await read(opened)
    for email in ("ny@brev.example", "nyare@brev.example"):
        opened.billing.change("100245", email=email)
        assert (await read(opened)).contacts_changed == 1
    contact = await opened.answering.contact("elnat", "100245")
    assert contact.email == "nyare@brev.example"
    assert contact.previous is not None
    assert contact.previous.email == "kund@brev.example"


async def test_at_a_move_the_contact_before_is_not_kept(opened: OpenRegister) -> None:
    """It is of whoever had the number before."""
    await read(opened)
    today = opened.clock().date().isoformat()
    opened.billing.change("100245", email="ny@brev.example", evidence_from=today)
    await read(opened)
    contact = await opened.answering.contact("elnat", "100245")
    assert (contact.email, contact.previous) == ("ny@brev.example", None)


async def test_a_register_that_dates_contacts_is_believed(opened: OpenRegister) -> None:
    """Also of customers whom nobody is linked to, and who have no copy."""
    opened.billing.change("100247", contact_since="2026-02-27")
    contact = await opened.answering.contact("elnat", "100247", asker=b"me")
    assert contact.changed_on == date(2026, 2, 27)


async def test_the_copies_are_sealed(opened: OpenRegister) -> None:
    """Each to its customer; nothing of it stands there in clear."""
    await read(opened)
    kept = await opened.storage.copies.of(
        [CustomerId("c-elnat-100245"), CustomerId("c-elnat-100246")]
    )
    first, second = kept
    for sealed in kept.values():
        for clear in (b"brev", b"Tuva", b"active", b"private", b"0701740605"):
            assert clear not in sealed
    await opened.storage.copies.replace({first: kept[second]})
    with pytest.raises(RegisterUnavailable):
        await standing(opened, first.rpartition("-")[2])


async def test_a_reading_seals_with_the_newest_master_key(opened: OpenRegister) -> None:
    """Also what the register does not know any more, so that an old key can be thrown away."""
    await read(opened)
    opened.billing.drop("100246")
    both = Vault(master_keys(opened.settings) | {"m2": bytes(range(32))})
    reading = replace(opened.registers.readings["billing"], seal=CopySeal(both.seal, both.open))
    await reading.run(opened.clock())
    kept = await opened.storage.copies.of(
        [CustomerId("c-elnat-100245"), CustomerId("c-elnat-100246")]
    )
    assert [master_key_of(each) for each in kept.values()] == ["m2", "m2"]


async def test_a_copy_whose_key_is_gone_is_left_where_the_register_is_silent(
    opened: OpenRegister,
) -> None:
    """It may open again; what the register does know is written anew."""
    await read(opened)
    opened.billing.drop("100246")
    other = Vault({"m1": bytes(range(1, 33))})
    reading = replace(opened.registers.readings["billing"], seal=CopySeal(other.seal, other.open))
    first, second = CustomerId("c-elnat-100245"), CustomerId("c-elnat-100246")
    before = await opened.storage.copies.of([first, second])
    await reading.run(opened.clock())
    after = await opened.storage.copies.of([first, second])
    assert after[first] != before[first]
    assert after[second] == before[second]


async def test_copies_of_who_is_not_linked_any_more_are_forgotten(opened: OpenRegister) -> None:
    """With the next reading."""
    await read(opened)
    await opened.storage.links.end(LinkId("l-elnat-100245"), at=NOW, reason="unlinked")
    assert (await read(opened)).linked == 1
    assert await opened.storage.copies.of([CustomerId("c-elnat-100245")]) == {}


async def test_a_reading_that_fails_leaves_what_was_known(opened: OpenRegister) -> None:
    """It is told, and the next one goes on."""
    await read(opened)
    opened.billing.change("100245", protected="1")
    take_down(opened)
    with pytest.raises(RegisterUnavailable):
        await read(opened)
    before = await opened.storage.copies.readings()
    assert await is_signed_in(opened, "100245")
    put_up(opened)
    assert (await read(opened)).suspended == 1
    assert (await opened.storage.copies.readings())["elnat"].at > before["elnat"].at


async def test_many_who_are_free_at_once_are_not_believed(opened: OpenRegister) -> None:
    """A view that has lost its flags frees nobody, until somebody insists."""
    numbers = [str(number) for number in range(300_000, 300_011)]
    opened.billing.add(*(CustomerRow(number, protected="1") for number in numbers))
    for number in numbers:
        await connect(opened, number)
    await read(opened)
    for number in numbers[1:]:
        opened.billing.change(number, protected="0")
    assert (await read(opened)).lifted == 10
    freed = await standing(opened, numbers[1])
    assert freed is not None
    assert not freed.protected
    for number in numbers:
        opened.billing.change(number, protected="1")
    await read(opened)
    for number in numbers:
        opened.billing.change(number, protected="0")
    found = await read(opened)
    assert (found.lifted, found.is_doubted) == (11, True)
    held = await standing(opened, numbers[1])
    assert held is not None
    assert held.protected
    assert not (await read(opened, force=True)).is_doubted
    freed = await standing(opened, numbers[1])
    assert freed is not None
    assert not freed.protected


async def test_a_register_of_before_keeps_its_word(opened: OpenRegister) -> None:
    """Who was restricted when the company still imported, and is unknown now, stays so."""
    gone = Billing()
    gone.add(CustomerRow("100900", protected="1"), CustomerRow("100901", status="deceased"))
    await import_rows(opened.settings, opened.storage, opened.clock, gone)
    for number in ("100900", "100901"):
        await connect(opened, number)
    first = await standing(opened, "100900")
    assert first is not None
    assert first.protected
    assert (await read(opened)).unknown == 2
    second = await standing(opened, "100901")
    assert second is not None
    assert second.status is CustomerStatus.DECEASED


async def test_customers_of_companies_that_import_are_not_read(
    billing: Billing, tmp_path: Path
) -> None:
    """One installation may mix: each company is asked where its register is."""
    async with open_register("http", billing, tmp_path, None) as opened:
        assert [each.company for each in await opened.read()] == ["elnat", "elhandel", "varme"]
    async with open_register("import", billing, tmp_path, None) as imported:
        assert imported.registers.readings == {}
