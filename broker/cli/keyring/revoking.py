"""`farstu keys revoke`: when a key is, or may be, known to somebody else."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import typer

from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.desk.asked import ByOption, ReasonOption, YesOption, checked_by, checked_reason
from broker.cli.keyring.advice import say_advice
from broker.cli.keyring.aftermath import follow_up
from broker.cli.keyring.asked import (
    chosen,
    opened_ring,
    see_that_it_can_be_made_good,
    tell_strange,
)
from broker.cli.keyring.consumers import consumers
from broker.cli.speaking import CommandFailed, confirmed, say
from broker.settings.schema import Settings
from broker.storage.key_ports import Fetches
from keys import (
    Aftermath,
    Emergency,
    KeyRecord,
    Leak,
    MasterKeysInvalid,
    Scope,
    State,
    after,
    compromised,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be revoked, as it was given."""

    scope: Scope
    kids: Sequence[str]
    masters: Sequence[str]

    def leak(self, records: Sequence[KeyRecord]) -> Leak:
        """What is meant, of the keys that there are."""
        match self.scope:
            case Scope.KEY:
                return Leak(self.scope, frozenset(chosen(records, each).kid for each in self.kids))
            case Scope.MASTER:
                return Leak(self.scope, frozenset(self.masters))
            case Scope.STORE:
                return Leak(self.scope)


@dataclass(frozen=True, slots=True)
class Looked:
    """What would be done, before anything is. `leak` has what was seen, and nothing of later.

    `workers` are alive; of these some are `behind`, or `without` the master key that seals here.
    """

    leak: Leak
    gone: tuple[KeyRecord, ...]
    next: tuple[KeyRecord, ...]
    workers: tuple[str, ...]
    behind: tuple[str, ...]
    without: tuple[str, ...]
    fetches: Sequence[Fetches]
    now: datetime
    hindrance: str


def revoke(
    *,
    scope: Annotated[
        Scope,
        typer.Option(
            help="What has leaked: single keys (`--kid`), the database (`store`), or a master key "
            "(`--master`)."
        ),
    ],
    kid: Annotated[
        list[str] | None, typer.Option(help="A leaked key, or the beginning of its kid.")
    ] = None,
    master: Annotated[list[str] | None, typer.Option(help="A leaked master key, by name.")] = None,
    reason: ReasonOption,
    by: ByOption = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done; change nothing.")
    ] = False,
    yes: YesOption = False,
    config: ConfigOption = None,
) -> None:
    """Take what is compromised out at once, on every machine, and sign with something else.

    The announced key signs at once; where that has leaked too, a fresh one does, within seconds,
    once every worker publishes it. Every token that a revoked key signed is refused by the broker
    from then on; services refuse it when they fetch the keys anew. This prints when that is, and
    what their teams must do. People stay signed in; portals fetch new tokens.
    """
    checked_reason(reason)
    checked_by(by)
    settings = read_settings(config)
    asked = Asked(scope, kid or (), master or ())
    _check(asked)
    looked = asyncio.run(_look(settings, asked))
    _say_beforehand(looked)
    if dry_run:
        say_advice(settings.issuer, looked.gone, looked.fetches, at=looked.now)
        say()
        if looked.hindrance:
            say(f"It would be refused now: {looked.hindrance}.", style="yellow")
        say("Nothing was changed.", style="bold")
        return
    if looked.hindrance:
        raise CommandFailed(f"It was not done: {looked.hindrance}.")
    if not yes:
        confirmed("Revoke them? This cannot be undone.")
    done, fetches, revoked_at = asyncio.run(_revoke(settings, looked, reason, by))
    count = len(done.revoked)
    say(f"{count} keys are revoked." if count > 1 else "The key is revoked.", style="bold red")
    say_advice(settings.issuer, done.revoked, fetches, at=revoked_at)
    follow_up(settings, done, looked.workers, by)


def _check(asked: Asked) -> None:
    """A scope needs names, or has none."""
    if asked.scope is Scope.KEY and not asked.kids:
        raise typer.BadParameter("The scope 'key' needs --kid.")
    if asked.scope is Scope.MASTER and not asked.masters:
        raise typer.BadParameter("The scope 'master' needs --master.")
    if (asked.kids and asked.scope is not Scope.KEY) or (
        asked.masters and asked.scope is not Scope.MASTER
    ):
        raise typer.BadParameter("--kid is for the scope 'key', --master for 'master'.")


def _say_beforehand(looked: Looked) -> None:
    if not looked.gone:
        raise CommandFailed("No key in use is meant by this.", "See `farstu keys list`.")
    for each in sorted(looked.gone, key=lambda each: (each.algorithm, each.state)):
        say(f"{each.algorithm} {each.kid} ({each.state}) will be revoked.")
    follows = {each.algorithm: each for each in looked.next}
    for algorithm in sorted({e.algorithm for e in looked.gone if e.state is State.SIGNING}):
        key = follows.get(algorithm)
        if key is not None:
            when = (
                f"as soon as {', '.join(looked.behind)} publish it" if looked.behind else "at once"
            )
            say(f"{algorithm}: {key.kid}, which is announced, signs {when}.")
        else:
            say(f"{algorithm}: a fresh key signs within seconds; until then nothing is signed.")
    if looked.without:
        say(
            f"These brokers do not have the master key that seals the new keys:"
            f" {', '.join(looked.without)}. From the revocation on they sign nothing, and nobody"
            " can log in, until each is reloaded or restarted with it.",
            style="yellow",
        )


async def _look(settings: Settings, asked: Asked) -> Looked:
    async with opened_ring(settings) as ring:
        tell_strange(ring)
        _check_masters(asked, settings, ring.records)
        leak = asked.leak(ring.records)
        await see_that_it_can_be_made_good(ring, leak)
        workers = ring.storage.workers
        gone = compromised(ring.records, leak)
        if leak.scope is Scope.STORE:
            leak = Leak(leak.scope, frozenset(each.kid for each in gone))
        hindrance = _hindrance(Emergency(ring.shop), leak)
        return Looked(
            leak=leak,
            gone=gone,
            next=after(ring.records, leak),
            workers=tuple(await workers.alive()),
            behind=tuple(await workers.behind()),
            without=tuple(await workers.without(ring.mark)),
            fetches=await consumers(settings, ring.storage),
            now=ring.now,
            hindrance=hindrance,
        )


def _hindrance(emergency: Emergency, leak: Leak) -> str:
    """Why it would be refused, or nothing."""
    try:
        emergency.check(leak)
    except MasterKeysInvalid as error:
        return str(error)
    return ""


def _check_masters(asked: Asked, settings: Settings, records: Sequence[KeyRecord]) -> None:
    """A name that nobody knows is a slip, and would revoke nothing."""
    known = {*settings.secrets.master_keys}
    for each in records:
        known |= {each.master_key, *each.earlier_masters}
    for name in set(asked.masters) - known:
        raise CommandFailed(
            f"There is no master key '{name}'.", "`farstu doctor` names those that there are."
        )


async def _revoke(
    settings: Settings, looked: Looked, reason: str, by: str
) -> tuple[Aftermath, Sequence[Fetches], datetime]:
    async with opened_ring(settings, by=by) as ring:
        done = await Emergency(ring.shop).revoke(looked.leak, now=ring.now, why=reason)
        if not done.revoked:
            raise CommandFailed(
                "Somebody else has revoked them meanwhile.", "See `farstu keys list --all`."
            )
        return done, await consumers(settings, ring.storage), ring.now
