"""Which secrets a backup needs, which are there, and what the loss of each means."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from broker.storage.archive import Purpose, SecretPrint
from broker.upkeep.finding import Finding, error, ok, warning

NOT_OPENED = (
    "Put every master key that they were sealed with into [secrets.master_keys] again. If one is "
    "lost for good: docs/rotating-keys.md, `farstu keys revoke --scope master --master NAME`."
)
"""What to do where signing keys do not open: no broker starts so."""

CONSEQUENCES = {
    Purpose.MASTER_KEY: "signing keys, contacts and messages that it sealed cannot be opened: no "
    "broker starts until `farstu keys revoke --scope master --master NAME` has revoked the signing "
    "keys, and every token ends; unsent messages are lost, and contacts come back with the next "
    "import",
    Purpose.PEPPER: "the register cannot be asked: nobody new can connect until it is imported "
    "anew",
    Purpose.PAIRWISE_SALT: "every pairwise `sub` changes: portals that have it do not recognise "
    "their users any more",
    Purpose.COOKIE_KEY: "people sign in again, as after every restore",
}

_FIND = "Put it into [secrets] again, from where the secrets are kept apart from backups."


@dataclass(frozen=True, slots=True)
class Needed:
    """A secret by purpose and name, and what for."""

    purpose: Purpose
    name: str
    by: str


def judge_secrets(
    needed: Sequence[Needed], then: Collection[SecretPrint], now: Collection[SecretPrint]
) -> Iterator[Finding]:
    """Compare what a backup needs with what was and what is configured."""
    for each in needed:
        yield _judge_named(each, _print_of(each, then), _print_of(each, now))
    yield _judge_salt(then, now)
    yield _judge_cookie_keys(then, now)


def _judge_named(needed: Needed, then: bytes | None, now: bytes | None) -> Finding:
    name = f"{needed.purpose} {needed.name}"
    consequence = f"Without it: {CONSEQUENCES[needed.purpose]}."
    if now is None:
        return error(name, f"not configured, and needed for {needed.by}", f"{_FIND} {consequence}")
    if then is not None and then != now:
        return error(
            name,
            f"another secret than then has this name; the right one is needed for {needed.by}",
            f"{_FIND} {consequence}",
        )
    return ok(name, f"the same as then; for {needed.by}")


def _judge_salt(then: Collection[SecretPrint], now: Collection[SecretPrint]) -> Finding:
    if _prints(Purpose.PAIRWISE_SALT, then) == _prints(Purpose.PAIRWISE_SALT, now):
        return ok("pairwise salt", "the one that the backup was taken with")
    return error(
        "pairwise salt",
        "another one than when the backup was taken",
        f"{_FIND} Without it: {CONSEQUENCES[Purpose.PAIRWISE_SALT]}.",
    )


def _judge_cookie_keys(then: Collection[SecretPrint], now: Collection[SecretPrint]) -> Finding:
    if _prints(Purpose.COOKIE_KEY, then) & _prints(Purpose.COOKIE_KEY, now):
        return ok("cookie keys", "one of them is as when the backup was taken")
    return warning(
        "cookie keys",
        "none is as when the backup was taken",
        f"Nothing needs to be done: {CONSEQUENCES[Purpose.COOKIE_KEY]}.",
    )


def _print_of(needed: Needed, among: Collection[SecretPrint]) -> bytes | None:
    found = (
        each.print for each in among if (each.purpose, each.name) == (needed.purpose, needed.name)
    )
    return next(found, None)


def _prints(purpose: Purpose, among: Collection[SecretPrint]) -> set[bytes]:
    return {each.print for each in among if each.purpose == purpose}
