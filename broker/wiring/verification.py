"""The rule of the first visit, on an installation's settings, storage and secrets."""

import hmac
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from broker.settings.schema import Settings
from broker.settings.verifying import VerificationSettings
from broker.wiring.companies import companies
from broker.wiring.not_me import paper_tags
from broker.wiring.secret_keys import peppers
from linking import (
    ByCode,
    CodeKeys,
    Codes,
    CustomerRegister,
    HeldCodes,
    OwnWaits,
    Thresholds,
    Verification,
    WaitReferences,
)
from linking.tries.pressure import daily_for
from linking.tries.waiting import Step

if TYPE_CHECKING:  # whoever asks for the rules alone need not load the stores
    from broker.storage import Storage


def verification(
    settings: Settings, storage: "Storage", register: CustomerRegister
) -> Verification:
    """Return the rule."""
    chosen = settings.verification
    return Verification(
        register,
        storage.tries,
        own_waits(chosen),
        partial(thresholds, chosen),
        _tags(settings),
        storage.guards,
        paper_tags(settings),
    )


def by_code(settings: Settings, storage: "Storage", rule: Verification) -> ByCode:
    """Return the rule for codes that were sent to customers."""
    return ByCode(rule, storage.codes, code_keys(settings))


def code_keys(settings: Settings) -> CodeKeys:
    """Return what codes are kept under: a code holds as long as its key is configured."""
    return CodeKeys(lambda text: _all_tags(settings, "codes", text))


def held_codes(settings: Settings, storage: "Storage") -> HeldCodes:
    """Return what says whether a code still holds, and ends those of a number."""
    return HeldCodes(storage.codes, code_keys(settings))


def wait_references(settings: Settings) -> WaitReferences:
    """Return what leads from a reference that is read aloud to an account that waits."""
    return WaitReferences(lambda who: _all_tags(settings, "waits", who))


def neighbour_tags(settings: Settings) -> Callable[[str], bytes]:
    """Return the keyed hash under which neighbouring invoice numbers are counted."""
    return lambda text: _all_tags(settings, "near", text)[0]


def codes(
    settings: Settings,
    storage: "Storage",
    register: CustomerRegister,
    new_id: Callable[[str], str],
) -> Codes:
    """Return the sending of codes to customers, and the asking for them."""
    return Codes(
        companies=companies(settings),
        register=register,
        store=storage.codes,
        keys=code_keys(settings),
        notices=storage.notices,
        journal=storage.journal,
        transaction=storage.transaction,
        choose=secrets.choice,
        new_id=new_id,
    )


def own_waits(chosen: VerificationSettings) -> OwnWaits:
    """Return what own failures bring."""
    return OwnWaits(
        free=chosen.free_failures,
        steps=tuple(Step(timedelta(seconds=wait), times) for wait, times in chosen.waits),
        longest=timedelta(seconds=chosen.longest_wait),
    )


def thresholds(chosen: VerificationSettings, customers: int) -> Thresholds:
    """Return what everybody's failures bring where there are so many customers."""
    return Thresholds(
        daily=chosen.daily_failures or daily_for(customers),
        on_customer=chosen.customer_failures,
        on_customer_second=chosen.customer_failures_code,
        on_invoice=chosen.invoice_customers,
        from_network=chosen.network_failures,
        from_network_dear=5 * chosen.network_failures,
    )


def _tags(settings: Settings) -> Callable[[str], bytes]:
    """A keyed hash under which tries are counted, whether what was typed exists or not."""
    pepper = peppers(settings)[max(peppers(settings))]
    return lambda number: hmac.digest(pepper, b"farstu tried\0" + number.encode(), "sha256")


def _all_tags(settings: Settings, purpose: str, text: str) -> list[bytes]:
    """Hashes for one purpose under every key that holds, the newest key's first."""
    newest_first = [key for _, key in sorted(peppers(settings).items(), reverse=True)]
    told = f"farstu {purpose}\0{text}".encode()
    return [hmac.digest(key, told, "sha256") for key in newest_first]
