"""The tables about verification: what has to be shown, and what failures bring.

As `schema`: shapes, defaults, and the text of the reference page.
"""

from typing import Annotated, Literal

from pydantic import Field

from broker.settings.section import Section

Seconds = Annotated[int, Field(ge=1, le=600)]
"""Of an own wait: customers are promised that none is longer than ten minutes."""


class LadderSettings(Section):
    """What a company's customers have to show, besides the customer number, to be connected.

    `invoice` is the number of a past invoice, `second_item` one more item from the same paper,
    `code` a long code that was sent to the contact on file.
    """

    private: Literal["invoice", "second_item", "code"] = Field(
        default="invoice",
        description="Where private customers begin. Failures by anybody may ask for the next.",
    )
    organisation: Literal["invoice", "second_item", "code"] = Field(
        default="code",
        description="Where organisations begin: their invoices pass through many hands, and a "
        "municipality's are public.",
    )
    second_item: Literal["amount_and_due_date", "ocr", "printed_code"] = Field(
        default="amount_and_due_date",
        description="The second item. `farstu register audit` measures what it is worth; a "
        "changed one takes a new import. `ocr` only without `accept_ocr` and `ocr_template`.",
    )
    codes: tuple[Literal["email", "sms", "letter"], ...] = Field(
        default=("email", "sms"),
        description="How codes can be sent; each needs a way out in `[outbound]`. Only where there "
        "are letters that leave, which reach everybody, do failures by others ask for a code. Not "
        "empty where a class begins at `code`.",
    )
    target: float = Field(
        default=0.01,
        ge=0,
        le=1_000,
        description="How many takeovers a year by guessing the company puts up with, at most. "
        "`farstu register audit --save` keeps what its register is worth; from then on `farstu "
        "serve` and `farstu doctor` say when the rules in force allow more.",
    )
    refuse_above_target: bool = Field(
        default=False,
        description="Whether the broker does not even start then. Without a kept audit it does.",
    )


class VerificationSettings(Section):
    """What failures bring. Nothing here locks anybody out; see *Why nobody is locked out*."""

    answer_every_ms: int = Field(
        default=250,
        ge=0,
        le=2000,
        description="Answers to what was typed leave at multiples of so many milliseconds after "
        "the question, so that their time tells nothing. 0: as soon as they are ready.",
    )
    codes_a_day: int = Field(
        default=10,
        ge=1,
        le=100,
        description="How often one account may ask for a code in 24 hours, for whatever number.",
    )
    letters_a_week: int = Field(
        default=2,
        ge=1,
        le=10,
        description="How often of those, in seven days, by letter: letters cost money, and anybody "
        "can ask for them.",
    )
    free_failures: int = Field(
        default=5, ge=1, le=20, description="Own failures that bring no wait."
    )
    waits: tuple[tuple[Seconds, Annotated[int, Field(ge=1, le=100)]], ...] = Field(
        default=((30, 5), (120, 5)),
        description="Own waits after those: seconds, and how many times. None is longer than ten "
        "minutes (600): that is what customers and their helpers are told.",
    )
    longest_wait: Seconds = Field(
        default=600,
        description="Every own wait after those, in seconds. At most ten minutes (600): that is "
        "what customers and their helpers are told.",
    )
    daily_failures: int = Field(
        default=0,
        ge=0,
        description="Failures of everybody in 24 hours that ask everybody for the second item. 0: "
        "thrice what honest customers fail, by the number of customers; never fewer than 10.",
    )
    customer_failures: int = Field(
        default=3,
        ge=1,
        le=100,
        description="Failures on one customer number in seven days that ask for the second item.",
    )
    customer_failures_code: int = Field(
        default=100,
        ge=2,
        le=10_000,
        description="As many that ask for a code, where codes reach everybody.",
    )
    invoice_customers: int = Field(
        default=3,
        ge=1,
        le=100,
        description="Customer numbers that one invoice number is tried on in seven days before the "
        "second item is asked for.",
    )
    network_failures: int = Field(
        default=20,
        ge=1,
        description="Failures from one network in 24 hours from which a form must have been open "
        "for ten seconds; five times as many, for thirty.",
    )
    attacker_identities: int = Field(
        default=10_000,
        ge=1,
        le=100_000_000,
        description="How many accounts at the providers attackers are assumed to have, where it "
        "is worked out what guessing can bring in a year.",
    )
