"""A bar of rows done, on standard error, gone when it is over."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


@contextmanager
def row_progress(what: str) -> Iterator[Callable[[str, int, int], None]]:
    """Yield what is told (table, rows done, rows in all)."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task(what, total=None)

        def show(table: str, done: int, total: int) -> None:
            bar.update(task, description=f"{what}: {table}", completed=done, total=total)

        yield show
