"""Every decision, over every combination of facts."""

from dataclasses import replace
from itertools import product

import pytest

from broker.flow.steps import Facts, Step, next_step

YES_NO = (False, True)
ALL = [
    Facts(*combination)
    for combination in product(
        YES_NO,  # is_known
        YES_NO,  # silent
        YES_NO,  # can_sign_in
        YES_NO,  # is_provider_named
        YES_NO,  # is_right_person
        YES_NO,  # customer_required
        (0, 1, 30),  # customers
        YES_NO,  # by_code_alone
        ("", "first", "code", "not_customer", "again"),  # answer
        ("", "mine", "helping"),  # whose
        YES_NO,  # has_news
        YES_NO,  # has_newcomers
        YES_NO,  # needs_consent
    )
]
PAGES = {
    Step.CHOOSE, Step.RECOGNISE, Step.WHOSE, Step.VERIFY, Step.NOT_CUSTOMER, Step.DONE,
    Step.NEWCOMER, Step.CONSENT, Step.CODE,
}  # fmt: skip
REFUSALS = {
    Step.LOGIN_REQUIRED, Step.INTERACTION_REQUIRED, Step.CONSENT_REQUIRED, Step.UNMET,
}  # fmt: skip


def test_every_step_is_reached_and_every_combination_decided() -> None:
    """No step is dead, no combination raises."""
    assert {next_step(facts) for facts in ALL} == set(Step)


def test_only_the_right_known_person_finishes() -> None:
    """With a customer where one is required, and consent where it is asked for."""
    for facts in ALL:
        if next_step(facts) is Step.FINISH:
            assert facts.is_known
            assert facts.is_right_person
            assert facts.customers or not facts.customer_required
            assert not facts.needs_consent
            assert not facts.has_news
            assert facts.silent or not facts.has_newcomers


def test_whoever_may_finish_does() -> None:
    """The other way round: nothing else holds anybody up."""
    for facts in ALL:
        may = (
            facts.is_known
            and facts.is_right_person
            and (facts.customers or not facts.customer_required)
            and not facts.needs_consent
            and not facts.has_news
            and (facts.silent or not facts.has_newcomers)
        )
        assert bool(may) == (next_step(facts) is Step.FINISH)


def test_a_silent_request_ends_at_no_page_and_no_provider() -> None:
    """But at what a login has just connected, which a silent request never does (79)."""
    for facts in ALL:
        if facts.silent and not facts.has_news:
            assert next_step(facts) not in PAGES | {Step.LEAVE}


def test_nobody_known_is_never_past_the_choice() -> None:
    """Without a signed-in person there is only the choice, the provider, or a refusal."""
    for facts in ALL:
        if not facts.is_known:
            assert next_step(facts) in {
                Step.CHOOSE,
                Step.LEAVE,
                Step.LOGIN_REQUIRED,
                Step.UNMET,
            }


def test_the_wrong_person_gets_nothing_but_a_refusal() -> None:
    """`id_token_hint` names somebody else (Core section 3.1.2.1)."""
    for facts in ALL:
        if facts.is_known and not facts.is_right_person:
            assert next_step(facts) is Step.LOGIN_REQUIRED


def test_numbers_are_asked_for_after_both_questions_only() -> None:
    """Of somebody who has no customer here, and whose client needs one; or a code is."""
    for facts in ALL:
        step = next_step(facts)
        due = (
            facts.is_known
            and facts.is_right_person
            and not facts.silent
            and facts.customer_required
            and not facts.customers
            and facts.answer in {"first", "code"}
            and bool(facts.whose)
        )
        by_code = facts.by_code_alone or facts.answer == "code"
        assert (step is Step.CODE) == (due and by_code)
        assert (step is Step.VERIFY) == (due and not by_code)


def test_a_customer_changes_the_way_and_not_their_number() -> None:
    """One or thirty: the same step."""
    for facts in ALL:
        if facts.customers == 1:
            assert next_step(facts) is next_step(replace(facts, customers=30))


def test_refusals_are_for_those_who_may_not_be_asked() -> None:
    """Somebody who can be shown a page is refused only as the wrong person, or with no way in."""
    for facts in ALL:
        step = next_step(facts)
        if step in REFUSALS and not facts.silent:
            assert step is Step.UNMET or not facts.is_right_person


KNOWN = Facts(is_known=True, customers=1)
STRANGER = Facts(is_known=True)


@pytest.mark.parametrize(
    ("facts", "step"),
    [
        (Facts(is_known=False), Step.CHOOSE),
        (Facts(is_known=False, is_provider_named=True), Step.LEAVE),
        (Facts(is_known=False, can_sign_in=False), Step.UNMET),
        (Facts(is_known=False, can_sign_in=False, is_provider_named=True), Step.UNMET),
        (Facts(is_known=False, silent=True, can_sign_in=False), Step.LOGIN_REQUIRED),
        (STRANGER, Step.RECOGNISE),
        (replace(STRANGER, answer="not_customer"), Step.NOT_CUSTOMER),
        (replace(STRANGER, answer="first"), Step.WHOSE),
        (replace(STRANGER, answer="first", whose="helping"), Step.VERIFY),
        (replace(STRANGER, silent=True), Step.INTERACTION_REQUIRED),
        (replace(STRANGER, customer_required=False), Step.FINISH),
        (KNOWN, Step.FINISH),
        (replace(KNOWN, has_news=True, needs_consent=True), Step.DONE),
        (replace(KNOWN, needs_consent=True), Step.CONSENT),
        (replace(KNOWN, needs_consent=True, silent=True), Step.CONSENT_REQUIRED),
    ],
)
def test_the_usual_ways(facts: Facts, step: Step) -> None:
    """What a reader of `next_step` looks for first."""
    assert next_step(facts) is step
