"""Secrets that have a name: which of them is needed, and what for; a newer one is used."""

from collections.abc import Collection, Iterator, Mapping

from broker.upkeep.finding import Finding, error, ok, warning


def judge_masters(configured: Collection[str], needed: Mapping[str, str]) -> Iterator[Finding]:
    """Which master keys are needed, by what; the newest seals, so it is never superfluous."""
    newest = max(configured)
    for name in sorted(set(configured) | needed.keys()):
        what, label = needed.get(name, ""), f"master key {name}"
        if name not in configured:
            yield error(
                label,
                f"not configured, and needed for {what}",
                "Put it into [secrets.master_keys] again.",
            )
        elif name == newest:
            yield ok(label, "seals what is new")
        elif what:
            yield ok(label, f"retired, and still needed for {what}")
        else:
            yield ok(label, "retired; nothing that was looked at needs it any more")


def judge_peppers(
    configured: Collection[str], current: Mapping[str, str], earlier: Mapping[str, str]
) -> Iterator[Finding]:
    """Which peppers are needed, by which company's current import and by the one before it.

    Both map names of peppers to what needs them. That the current import has its own is said of the
    register.
    """
    newest = max(configured)
    for name in sorted(set(configured) | earlier.keys()):
        label = f"pepper {name}"
        needed = ", ".join(each[name] for each in (current, earlier) if name in each)
        if name not in configured:
            yield warning(
                label,
                f"not configured, and needed for {needed}: it could not be used if it were taken "
                "back",
                "Put it into [secrets.peppers] again until the next import.",
            )
        elif name == newest:
            yield ok(label, "the next import uses it")
        elif needed:
            yield ok(label, f"retired, and still needed for {needed}")
        else:
            yield ok(label, "retired; nothing needs it any more")
