"""The rule that every provider follows before it answers: go on, ask the person, or refuse.

One pure function over what the client wishes and who is signed in; what differs between providers
is how they read their own parameters into a `Wish`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from providers.emulated.login import Wish
from providers.emulated.sessions import SignedIn


@dataclass(frozen=True, slots=True)
class Proceed:
    """Answer at once for this account, no page."""

    signed_in: SignedIn


@dataclass(frozen=True, slots=True)
class Ask:
    """Show a page: of these people (keys; empty: everybody), again or not."""

    people: tuple[str, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True)
class Refuse:
    """Silence was demanded and a page is needed (OpenID Connect Core section 3.1.2.6)."""

    error: str


Step = Proceed | Ask | Refuse


def decide(
    wish: Wish,
    accounts: Mapping[str, SignedIn],
    has_agreed: Callable[[str], bool],
    now: int,
) -> Step:
    """Return what to do; `accounts` are those signed in in this browser, by person."""
    step, error = _look(wish, accounts, has_agreed, now)
    return Refuse(error) if wish.silent and not isinstance(step, Proceed) else step


def _look(
    wish: Wish,
    accounts: Mapping[str, SignedIn],
    has_agreed: Callable[[str], bool],
    now: int,
) -> tuple[Step, str]:
    usable = [one for one in accounts.values() if wish.hint in ("", one.person)]
    if wish.sign_in_again or not usable:
        return Ask(_only(wish.hint), again=wish.sign_in_again), "login_required"
    if wish.choose_account:
        return Ask(), "interaction_required"
    if len(usable) > 1:
        return Ask(tuple(accounts)), "account_selection_required"
    return _look_at_one(wish, usable[0], has_agreed, now)


def _look_at_one(
    wish: Wish, chosen: SignedIn, has_agreed: Callable[[str], bool], now: int
) -> tuple[Step, str]:
    if wish.max_age is not None and now - chosen.since > wish.max_age:
        return Ask((chosen.person,), again=True), "login_required"
    if wish.consent_again or not has_agreed(chosen.person):
        return Ask((chosen.person,)), "consent_required"
    return Proceed(chosen), ""


def _only(hint: str) -> tuple[str, ...]:
    return (hint,) if hint else ()
