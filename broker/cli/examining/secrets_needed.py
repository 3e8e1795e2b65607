"""Checks of the secrets: which master keys and peppers are still needed, and is the salt the same.

What `farstu register take-back` brings back needs its secrets too.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from broker.app.same_salt import CHANGED, SALT
from broker.cli.examining.installation import Installation
from broker.cli.examining.kept import SAMPLE, waiting
from broker.sealed import master_key_of
from broker.storage import Storage
from broker.upkeep.finding import Finding, error, ok
from broker.upkeep.retired import judge_masters, judge_peppers
from broker.wiring.secret_prints import salt_print
from keys.ring import PUBLISHED
from linking.model import CustomerId

_SALT: Final = "pairwise salt"


async def look_at_master_keys(whole: Installation) -> Iterable[Finding]:
    """Which are retired, and which of those are still needed."""
    storage, needed = whole.kept, dict[str, str]()
    for name in await storage.index.sealing_names(is_current=False):
        needed[name] = "contacts of an import before the current one"
    for name in await storage.index.sealing_names(is_current=True):
        needed[name] = "contacts in the register"
    for name in await _sealing_copies(whole, storage):
        needed[name] = "copies of registers elsewhere"
    for message in await waiting(whole):
        if name := master_key_of(message.sealed):
            needed[name] = "messages that have not left"
    for each in await storage.keys.all():
        if each.state in PUBLISHED:
            needed[each.master_key] = "signing keys"
    return judge_masters(whole.settings.secrets.master_keys, needed)


async def look_at_peppers(whole: Installation) -> Iterable[Finding]:
    """Those of the imports that are current, and of those that may become so again."""
    index, current, earlier = whole.kept.index, dict[str, list[str]](), dict[str, list[str]]()
    for company, each in whole.settings.companies.items():
        if each.customer_register is not None:
            continue
        pointed = await index.current(company)
        for generation in await index.generations(company):
            if pointed is None or generation.id > pointed.id:
                continue  # under way, or given up: it never becomes current
            named = current if generation.id == pointed.id else earlier
            named.setdefault(generation.pepper, []).append(company)
    return judge_peppers(
        whole.settings.secrets.peppers,
        _needing("the register of", current),
        _needing("the import before the current one of", earlier),
    )


async def look_at_salt(whole: Installation) -> Iterable[Finding]:
    """Whether a broker would start with it. Nothing is kept in mind by looking."""
    first = await whole.kept.first_prints.kept(SALT)
    if first is None:
        return [ok(_SALT, "the broker keeps it in mind when it first starts")]
    if first != salt_print(whole.settings):
        return [error(_SALT, f"{CHANGED.reason} No broker starts so.", CHANGED.remedy)]
    return [ok(_SALT, "the one that this installation began with")]


def _needing(what: str, companies: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {name: f"{what} {', '.join(dict.fromkeys(each))}" for name, each in companies.items()}


async def _sealing_copies(whole: Installation, storage: Storage) -> set[str]:
    """By which master keys; the daily reading seals with the newest, so that few are left."""
    names: set[str] = set()
    for company, each in whole.settings.companies.items():
        if each.customer_register is None:
            continue
        some: list[CustomerId] = []
        async for customer in storage.copies.linked(company, now=whole.now()):
            some.append(customer.id)
            if len(some) == SAMPLE:
                break
        names.update(map(master_key_of, (await storage.copies.of(some)).values()))
    return names - {""}
