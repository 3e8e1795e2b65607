"""The rule before each answer, as a table."""

import pytest

from providers.emulated.asking import Ask, Proceed, Refuse, Step, decide
from providers.emulated.login import Wish
from providers.emulated.sessions import SignedIn

NOW = 1_800_000_000
KARIN = SignedIn("karin", NOW - 100, "s1")
NILS = SignedIn("nils", NOW - 100, "s2")
NOBODY: dict[str, SignedIn] = {}
ONE = {"karin": KARIN}
TWO = {"karin": KARIN, "nils": NILS}


@pytest.mark.parametrize(
    ("wish", "accounts", "agreed", "step"),
    [
        (Wish(), NOBODY, True, Ask()),
        (Wish(), ONE, True, Proceed(KARIN)),
        (Wish(), ONE, False, Ask(("karin",))),
        (Wish(), TWO, True, Ask(("karin", "nils"))),
        (Wish(hint="nils"), TWO, True, Proceed(NILS)),
        (Wish(hint="eva"), TWO, True, Ask(("eva",))),
        (Wish(choose_account=True), ONE, True, Ask()),
        (Wish(consent_again=True), ONE, True, Ask(("karin",))),
        (Wish(sign_in_again=True), ONE, True, Ask(again=True)),
        (Wish(sign_in_again=True, hint="karin"), ONE, True, Ask(("karin",), again=True)),
        (Wish(max_age=100), ONE, True, Proceed(KARIN)),
        (Wish(max_age=99), ONE, True, Ask(("karin",), again=True)),
        (Wish(silent=True), ONE, True, Proceed(KARIN)),
        (Wish(silent=True), NOBODY, True, Refuse("login_required")),
        (Wish(silent=True), ONE, False, Refuse("consent_required")),
        (Wish(silent=True), TWO, True, Refuse("account_selection_required")),
        (Wish(silent=True, max_age=1), ONE, True, Refuse("login_required")),
    ],
)
def test_the_step_follows_from_wish_and_session(
    wish: Wish, accounts: dict[str, SignedIn], agreed: bool, step: Step
) -> None:
    """Go on, ask (whom, and whether again), or refuse with which error."""
    assert decide(wish, accounts, lambda _: agreed, NOW) == step
