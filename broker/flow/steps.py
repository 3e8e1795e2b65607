"""Every decision of a login, in one pure function.

Steps never route to one another: each ends at `/flow`, which asks `next_step` and goes there.
"""

from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """Where a login goes next: a page, the provider, or back to the client."""

    CHOOSE = "choose"
    LEAVE = "leave"
    RECOGNISE = "new"
    WHOSE = "whose"
    VERIFY = "verify"
    CODE = "code"
    NOT_CUSTOMER = "not_customer"
    DONE = "done"
    NEWCOMER = "newcomer"
    CONSENT = "consent"
    FINISH = "finish"
    LOGIN_REQUIRED = "login_required"
    INTERACTION_REQUIRED = "interaction_required"
    CONSENT_REQUIRED = "consent_required"
    UNMET = "unmet_authentication_requirements"


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the decision rests on.

    `is_known`: somebody suitable is signed in, recently enough for this request.
    `can_sign_in`: some provider on offer can do what the request needs.
    `is_provider_named`: the client named one of them.
    `is_right_person`: the person is the one of `id_token_hint`, or none was sent.
    `by_code_alone`: at these companies no invoice is ever enough.
    `customers`: how many customers of this client's companies the person has or may act for.
    `has_newcomers`: somebody else was connected to one of them, and the person was not told yet.
    """

    is_known: bool
    silent: bool = False
    can_sign_in: bool = True
    is_provider_named: bool = False
    is_right_person: bool = True
    customer_required: bool = True
    customers: int = 0
    by_code_alone: bool = False
    answer: str = ""
    whose: str = ""
    has_news: bool = False
    has_newcomers: bool = False
    needs_consent: bool = False


def next_step(facts: Facts) -> Step:
    """Decide. `prompt=none` never ends at a page (OpenID Connect Core section 3.1.2.1)."""
    if not facts.is_known:
        return _sign_in(facts)
    if not facts.is_right_person:
        return Step.LOGIN_REQUIRED
    if facts.customer_required and not facts.customers:
        return Step.INTERACTION_REQUIRED if facts.silent else _become_known(facts)
    return _return(facts)


def _return(facts: Facts) -> Step:
    """Signed in and known: what has to be told or asked before the way back."""
    if facts.has_news:
        return Step.DONE
    if facts.has_newcomers and not facts.silent:
        return Step.NEWCOMER
    if facts.needs_consent:
        return Step.CONSENT_REQUIRED if facts.silent else Step.CONSENT
    return Step.FINISH


def _sign_in(facts: Facts) -> Step:
    """Nobody suitable is signed in."""
    if facts.silent:
        return Step.LOGIN_REQUIRED
    if not facts.can_sign_in:
        return Step.UNMET
    return Step.LEAVE if facts.is_provider_named else Step.CHOOSE


def _become_known(facts: Facts) -> Step:
    """Signed in, but not yet as anybody's customer or relative here."""
    if facts.answer == "not_customer":
        return Step.NOT_CUSTOMER
    if facts.answer not in {"first", "code"}:
        return Step.RECOGNISE
    if not facts.whose:
        return Step.WHOSE
    return Step.CODE if facts.by_code_alone or facts.answer == "code" else Step.VERIFY
