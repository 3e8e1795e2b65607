"""The rule for the first time, as tables: what is true, what is not, and what a try costs."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from linking import (
    Early,
    Field,
    Hint,
    IdentityKey,
    Level,
    Mistake,
    Mistyped,
    MoreEvidence,
    NoMatch,
    OcrTemplate,
    RegisterUnavailable,
    TypedItem,
    TypedNumbers,
    Wait,
)
from linking.company import NOBODYS
from linking.model import CustomerKind, CustomerStatus
from linking.typed.numbers import NumberFormat
from linking.verification import Claim, Judgement, Proven, Verified
from tests.linking.fakes import ACTIVE, ASTRID, BERTIL, ELNAT, NOW, VARME, World, tag


async def judge(
    world: World,
    customer: str,
    invoice: str,
    *,
    companies: tuple[str, ...] = ("elnat",),
    identity: IdentityKey = ASTRID,
    item: TypedItem | None = None,
    after: timedelta = timedelta(0),
    open_for: timedelta = timedelta(hours=1),
) -> Judgement:
    """One try by somebody at some companies, in a form that has been open for a while."""
    claim = Claim(
        identity=identity,
        companies=tuple(world.companies[company] for company in companies),
        typed=TypedNumbers(customer, invoice, item),
        shown_at=NOW + after - open_for,
        now=NOW + after,
    )
    return await world.verification.judge(claim)


def proven(judgement: Judgement) -> tuple[Proven, ...]:
    """The customers that were proved, none if it was not true."""
    return judgement.customers if isinstance(judgement, Verified) else ()


async def test_a_true_pair_is_verified() -> None:
    """Customer number and a past invoice number of the same customer."""
    judgement = await judge(World(), "100423", "4711023")
    assert proven(judgement) == (Proven("elnat", "100423"),)


async def test_however_it_is_typed() -> None:
    """Spaces, dashes, labels and look-alike letters are forgiven."""
    judgement = await judge(World(), "Kundnr: 1OO 423", "0471-1023")
    assert proven(judgement) == (Proven("elnat", "100423"),)


@pytest.mark.parametrize(
    ("customer", "invoice"),
    [
        ("999999", "4711023"),
        ("100423", "4711024"),
        ("100423", "4711999"),
        ("100977", "4711023"),
        ("999999", "4711024"),
    ],
)
async def test_a_false_pair_is_not(customer: str, invoice: str) -> None:
    """Unknown customer, unknown invoice, somebody else's invoice: one and the same answer."""
    assert await judge(World(), customer, invoice) == NoMatch(hints=())


@pytest.mark.parametrize(
    "standing",
    [
        replace(ACTIVE, kind=CustomerKind.ORGANISATION),
        replace(ACTIVE, status=CustomerStatus.CLOSED),
        replace(ACTIVE, status=CustomerStatus.DECEASED),
        replace(ACTIVE, protected=True),
        replace(ACTIVE, evidence_from=date(2026, 2, 2)),
    ],
)
async def test_who_cannot_be_linked_gets_the_same_answer(standing: object) -> None:
    """Protected, deceased, moved, organisation: nothing tells them from a wrong number."""
    world = World()
    world.register.on_file["elnat", "100423"] = standing  # type: ignore[assignment]
    assert await judge(world, "100423", "4711023") == NoMatch(hints=())


@pytest.mark.parametrize("issued_on", [date(2026, 3, 11), date(2025, 1, 9)])
async def test_an_invoice_of_tomorrow_or_too_old_gets_the_same_answer(issued_on: date) -> None:
    """Neither is a past invoice."""
    world = World()
    world.add("elnat", "100423", "4711023", issued_on=issued_on)
    assert await judge(world, "100423", "4711023") == NoMatch(hints=())


async def test_every_answer_costs_the_same_questions() -> None:
    """The register is asked the same whether the pair is true, half true or not at all."""
    asked = []
    for customer, invoice in [
        ("100423", "4711023"),
        ("100423", "4711024"),
        ("999999", "4711023"),
        ("999999", "4711024"),
    ]:
        world = World()
        await judge(world, customer, invoice, companies=("elnat", "varme"))
        asked.append(world.register.questions)
    assert asked == [["find_invoice", "standing", "bar"] * 2] * 4


async def test_one_form_serves_every_company_of_the_client() -> None:
    """The pair is true where it is true, in whichever company."""
    world = World()
    world.add("varme", "200001", "8800001")
    judgement = await judge(world, "200001", "8800001", companies=("elnat", "varme"))
    assert proven(judgement) == (Proven("varme", "200001"),)
    assert isinstance(await judge(world, "200001", "8800001"), NoMatch)


async def test_numbers_of_two_companies_do_not_make_a_pair() -> None:
    """Customer of the one, invoice of the other: not true at either."""
    world = World()
    world.add("varme", "200001", "8800001")
    judgement = await judge(world, "100423", "8800001", companies=("elnat", "varme"))
    assert judgement == NoMatch(hints=())


async def test_a_pair_that_is_true_at_two_companies_proves_both() -> None:
    """Sister companies with one invoice and one number."""
    world = World()
    world.add("varme", "100423", "4711023")
    judgement = await judge(world, "100423", "4711023", companies=("elnat", "varme"))
    assert proven(judgement) == (Proven("elnat", "100423"), Proven("varme", "100423"))


async def test_each_company_reads_the_numbers_its_own_way() -> None:
    """Padded at the one, stripped at the other."""
    padded = replace(VARME, customer_numbers=NumberFormat(shortest=8, longest=8, zeros=8))
    world = World(companies={"elnat": ELNAT, "varme": padded})
    world.add("varme", "00100423", "4711023")
    judgement = await judge(world, "100423", "4711023", companies=("elnat", "varme"))
    assert proven(judgement) == (Proven("elnat", "100423"), Proven("varme", "00100423"))


async def test_swapped_fields_are_tried_silently() -> None:
    """Within the same try, when only the swapped reading can be right by its shape."""
    world = World()
    assert proven(await judge(world, "4711023", "100423")) == (Proven("elnat", "100423"),)
    assert len(world.store.tries.counted()) == 1


async def test_a_swap_is_no_second_guess() -> None:
    """Where the pair fits as typed, it is judged as typed and in no other way."""
    alike = replace(ELNAT, customer_numbers=NumberFormat(), invoice_numbers=NumberFormat())
    world = World(companies={"elnat": alike})
    assert isinstance(await judge(world, "4711023", "100423"), NoMatch)
    assert world.register.questions == ["find_invoice", "standing", "bar"]


@pytest.mark.parametrize(
    ("customer", "invoice"),
    [("1234567", "4711023"), ("100423", "99"), ("9" * 32, "9" * 32), ("0", "4711023")],
)
async def test_a_register_is_never_asked_for_a_number_that_does_not_fit(
    customer: str, invoice: str
) -> None:
    """It is looked up as nobody's, by the same questions, and proves nothing if there is one."""
    world = World()
    world.add("elnat", customer, invoice)
    world.add("elnat", NOBODYS, NOBODYS)
    world.add("elnat", NOBODYS, "4711023")
    world.add("elnat", "100423", NOBODYS)
    assert isinstance(await judge(world, customer, invoice), NoMatch)
    assert world.register.questions == ["find_invoice", "standing", "bar"]
    for number in world.register.numbers:
        assert number in ("100423", "4711023", NOBODYS)


async def test_the_pair_as_typed_comes_first_even_if_it_looks_swapped() -> None:
    """Where both shapes are the company's, nothing is swapped."""
    alike = replace(ELNAT, customer_numbers=NumberFormat(), invoice_numbers=NumberFormat())
    world = World(companies={"elnat": alike})
    world.add("elnat", "4711023", "100423")
    assert Proven("elnat", "4711023") in proven(await judge(world, "4711023", "100423"))


async def test_the_ocr_number_counts_where_the_company_takes_it() -> None:
    """By its template: the invoice number inside is looked up."""
    template = OcrTemplate.parse("{invoice}{len}{check}")
    taking = replace(ELNAT, accepts_ocr=True, ocr_template=template)
    assert isinstance(await judge(World(), "100423", "471102392"), NoMatch)
    judgement = await judge(World(companies={"elnat": taking}), "100423", "#471102392#")
    assert proven(judgement) == (Proven("elnat", "100423"),)


async def test_the_ocr_number_counts_when_the_register_knows_it() -> None:
    """Without a template the register's own OCR number is the evidence."""
    world = World(companies={"elnat": replace(ELNAT, accepts_ocr=True)})
    world.add("elnat", "100423", "8899001122334")
    assert proven(await judge(world, "100423", "8899 0011 2233 4")) != ()


async def test_the_ocr_number_of_somebody_else_proves_nothing() -> None:
    """The invoice inside must be this customer's."""
    template = OcrTemplate.parse("{customer:6}{invoice}{len}{check}")
    world = World(companies={"elnat": replace(ELNAT, accepts_ocr=True, ocr_template=template)})
    assert proven(await judge(world, "100423", "100245471102350")) != ()
    assert isinstance(await judge(world, "100977", "100245471102350"), NoMatch)


async def test_evidence_with_letters_is_compared_folded() -> None:
    """O or 0 on the invoice: nobody can tell, and it does not matter."""
    lettered = replace(ELNAT, invoice_numbers=NumberFormat(digits_only=False))
    world = World(companies={"elnat": lettered})
    world.add("elnat", "100423", lettered.read_evidence("FO26-1001"))
    assert proven(await judge(world, "100423", "f026 1oo1")) != ()


async def test_a_look_alike_of_zero_in_front_is_dropped_as_a_zero_is() -> None:
    """Folded before leading zeros are settled, or the two would never meet."""
    lettered = replace(ELNAT, invoice_numbers=NumberFormat(digits_only=False))
    assert lettered.read_evidence("O4711-A") == lettered.read_evidence("04711-A")


async def test_an_ocr_number_is_read_with_the_zeros_in_front_of_it() -> None:
    """A customer number that the template pads begins with them."""
    template = OcrTemplate.parse("{customer:8}{invoice}{len}{check}")
    world = World(companies={"elnat": replace(ELNAT, accepts_ocr=True, ocr_template=template)})
    assert proven(await judge(world, "100423", "# 00100423 4711023 7 9 #")) != ()


async def test_what_cannot_be_looked_up_costs_nothing() -> None:
    """Empty fields and endless ones are answered before anything is counted or asked."""
    world = World()
    assert await judge(world, "", "1" * 65) == Mistyped(
        hints=(
            Hint(Field.CUSTOMER_NUMBER, Mistake.EMPTY),
            Hint(Field.INVOICE_NUMBER, Mistake.TOO_MANY_CHARACTERS),
        )
    )
    assert (world.store.tries.counted(), world.register.questions) == ([], [])


async def test_a_mistake_is_named_without_the_register() -> None:
    """The hint is the same whether or not anything of it exists."""
    hint = Hint(Field.CUSTOMER_NUMBER, Mistake.PERSONAL_IDENTITY_NUMBER)
    assert await judge(World(), "121212-1212", "4711023") == NoMatch(hints=(hint,))
    assert await judge(World(), "121212-1212", "4711024") == NoMatch(hints=(hint,))


async def test_every_try_is_counted_before_it_is_judged() -> None:
    """Under a hash of the typed number, for numbers that do not exist too."""
    world = World()
    for number in ("999999", "00100-423"):
        await judge(world, number, "4711024")
    assert [tags.customer for tags in world.store.tries.counted()] == [tag("999999"), tag("100423")]


@pytest.mark.parametrize("typed", ["121212-1212", "19121212-1212", "010101-0106"])
async def test_a_personal_identity_number_leaves_no_hash(typed: str) -> None:
    """The page says that it was discarded: the try is counted under what is no number at all."""
    world, other = World(), World()
    await judge(world, typed, "4711023")
    await judge(other, "850505-0016", "4711023")
    tags = {tried.customer for tried in world.store.tries.counted()}
    assert tags == {tried.customer for tried in other.store.tries.counted()}
    digits = typed.replace("-", "")
    assert tags.isdisjoint({tag(digits), tag(digits.lstrip("0"))})


async def test_the_sixth_failure_makes_one_wait() -> None:
    """Then even a true pair is not judged, until the stated time has come."""
    world = World()
    for n in range(6):
        assert isinstance(await judge(world, f"99999{n}", f"88000{n:02}"), NoMatch)
    asked = len(world.register.questions)
    assert await judge(world, "100423", "4711023") == Wait(NOW + timedelta(seconds=30))
    assert len(world.register.questions) == asked
    assert proven(await judge(world, "100423", "4711023", after=timedelta(seconds=30)))


async def test_waiting_adds_no_failure() -> None:
    """Whoever keeps trying too early waits no longer for it."""
    world = World()
    for n in range(20):
        await judge(world, f"9999{n:02}", f"88000{n:02}")
    assert len(world.store.tries.counted()) == 6


async def test_nobody_waits_for_what_others_do() -> None:
    """A thousand failures on a customer number: its customer is asked for more, and let in."""
    world = World()
    world.register.second["elnat", "100423", "4711023"] = "125000 2026-03-31"
    wrong, right = TypedItem("1 300", "2026-03-31"), TypedItem("1 250", "2026-03-31")
    for n in range(200):
        stranger = IdentityKey("https://accounts.google.com", f"stranger-{n}")
        for item in (None, None, None, wrong, wrong, wrong):
            await judge(world, "100423", "4711024", identity=stranger, item=item)
    pair = "100423", "4711023"
    assert await judge(world, *pair, identity=BERTIL) == MoreEvidence(Level.SECOND_ITEM)
    assert proven(await judge(world, *pair, identity=BERTIL, item=right))


async def test_who_has_no_second_item_is_asked_for_none() -> None:
    """Others fail on the number, in many ways: the two numbers alone let its customer in."""
    world = World()
    world.register.all_with_second = frozenset()
    for n in range(200):
        stranger = IdentityKey("https://accounts.google.com", f"stranger-{n}")
        await judge(world, "100423", "4711024", identity=stranger)
        await judge(world, f"9999{n:02}", "4711023", identity=stranger)
    assert proven(await judge(world, "100423", "4711023", identity=BERTIL))


async def test_more_is_asked_for_without_a_look_at_the_numbers() -> None:
    """The same words for a true pair, a wrong one and an unknown number; nothing is counted."""
    world = World()
    for n in range(10):
        stranger = IdentityKey("https://accounts.google.com", f"stranger-{n}")
        await judge(world, f"9999{n:02}", f"88000{n:02}", identity=stranger)
    asked, counted = len(world.register.questions), len(world.store.tries.counted())
    for pair in (("100423", "4711023"), ("100423", "4711024"), ("999999", "4711023")):
        assert await judge(world, *pair, identity=BERTIL) == MoreEvidence(Level.SECOND_ITEM)
    assert (len(world.register.questions), len(world.store.tries.counted())) == (asked, counted)


async def test_the_second_item_must_hold_too() -> None:
    """The pair may be true: with a wrong amount, or none, it is the same no as any other."""
    world = World()
    world.register.second["elnat", "100423", "4711023"] = "125000 2026-03-31"
    for item in (TypedItem("1 251", "2026-03-31"), TypedItem("1 250", "2026-03-30")):
        assert await judge(world, "100423", "4711023", item=item) == NoMatch(hints=())
    assert proven(await judge(world, "100423", "4711023", item=TypedItem("1250:-", "31/3 2026")))


async def test_an_item_that_cannot_be_read_costs_nothing() -> None:
    """It is named before anything is counted."""
    world = World()
    assert await judge(world, "100423", "4711023", item=TypedItem("", "31/3")) == Mistyped(
        hints=(Hint(Field.AMOUNT, Mistake.EMPTY), Hint(Field.DUE_DATE, Mistake.NOT_A_DATE))
    )
    assert world.store.tries.counted() == []


async def test_a_form_that_comes_back_at_once_is_early_under_pressure() -> None:
    """Counted from when it was shown; then it is judged, whatever others did meanwhile."""
    world = World()
    world.register.second["elnat", "100423", "4711023"] = "125000 2026-03-31"
    for n in range(10):
        stranger = IdentityKey("https://accounts.google.com", f"stranger-{n}")
        await judge(world, f"9999{n:02}", f"88000{n:02}", identity=stranger)
    right = TypedItem("1 250", "2026-03-31")
    soon, later = timedelta(seconds=2), timedelta(seconds=10)
    early = await judge(world, "100423", "4711023", item=right, identity=BERTIL, open_for=soon)
    assert early == Early(NOW + timedelta(seconds=8))
    assert proven(
        await judge(world, "100423", "4711023", item=right, identity=BERTIL, open_for=later)
    )


@pytest.mark.parametrize("question", ["find_invoice", "standing"])
async def test_a_register_that_is_down_costs_nothing(question: str) -> None:
    """Nothing was judged, so nothing is counted."""
    world = World()
    world.register.down = frozenset({question})
    with pytest.raises(RegisterUnavailable):
        await judge(world, "100423", "4711023")
    assert world.store.tries.counted() == []
