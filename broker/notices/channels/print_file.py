"""Letters, as a file for the company's own mailing: a row for each, to which it adds the address.

One file a day, `letters-2026-11-26.csv`, that is whole whenever somebody looks. A row stands in it
once: a message that comes again is found by its id, also just after midnight. A file is not touched
after its day, so whoever takes those of days that are over loses none and sends none twice.
"""

import asyncio
import csv
import fcntl
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import ClassVar, Final

from broker.notices.envelope import Envelope
from broker.notices.outcomes import Later, Outcome, Sent
from broker.notices.recipients import Letter
from broker.notices.wording import moment
from broker.pages.texts import SWEDEN

HEAD: Final = ("id", "company", "customer_number", "name", "code", "valid_until")
_OWNER_ONLY: Final = 0o600
_FOLDER_OF_OWNER: Final = 0o700
_FORMULA: Final = re.compile(
    r"""(^|[,;|])[\s"']*[=+\-@\uff1d\uff0b\uff0d\uff20][\s"'=+\-@\uff1d\uff0b\uff0d\uff20]*"""
)
"""What a spreadsheet would compute: a cell that begins so, by whatever separator it finds cells."""
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PrintFileChannel:
    """`folder` is made when it is needed; only our own user can look into it."""

    folder: Path
    name: ClassVar[str] = "print_file"

    async def send(self, envelope: Envelope) -> Outcome:
        day = envelope.at.astimezone(SWEDEN).date()
        try:
            await asyncio.to_thread(self._add, _row(envelope), day)
        except OSError as error:
            return Later(f"print_file_{type(error).__name__}", unreachable=True)
        return Sent()

    def _add(self, row: tuple[str, ...], day: date) -> None:
        self.folder.mkdir(mode=_FOLDER_OF_OWNER, parents=True, exist_ok=True)
        with _alone(self.folder / ".lock"):
            today, yesterday = self._file(day), self._file(day - _DAY)
            if any(_holds(each, row[0]) for each in (today, yesterday)):
                return
            before = today.read_bytes() if today.exists() else _line(HEAD).encode("utf-8-sig")
            _replace(today, before + _line(row).encode())

    def _file(self, day: date) -> Path:
        return self.folder / f"letters-{day.isoformat()}.csv"


def _row(envelope: Envelope) -> tuple[str, ...]:
    to = envelope.to
    if not isinstance(to, Letter):
        raise TypeError("a print file holds letters only")
    until = moment(envelope.facts["until"])
    last = until.astimezone(SWEDEN).date() if isinstance(until, datetime) else until
    return (
        envelope.id,
        envelope.sender.company.id,
        to.customer_number,
        _plain(to.name),
        envelope.facts["code"],
        last.isoformat(),
    )


def _plain(name: str) -> str:
    """One line without a formula; a comma stays, since names are written so: `Berg, Astrid`."""
    return " ".join(_FORMULA.sub(r"\1 ", " ".join(name.split())).split()).lstrip(",;| ")


def _line(cells: tuple[str, ...]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerow(cells)
    return text.getvalue()


def _holds(file: Path, message: str) -> bool:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return False
    return any(row and row[0] == message for row in csv.reader(text.splitlines(), delimiter=";"))


def _replace(file: Path, content: bytes) -> None:
    """Whole or not at all, and on the disk before it counts as sent."""
    unfinished = file.with_name(f".{file.name}")
    with os.fdopen(
        os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY), "wb"
    ) as open_file:
        open_file.write(content)
        open_file.flush()
        os.fsync(open_file.fileno())
    unfinished.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One writer at a time, in whichever process."""
    handle = os.open(lock, os.O_WRONLY | os.O_CREAT, _OWNER_ONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
