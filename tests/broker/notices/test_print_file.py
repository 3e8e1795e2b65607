"""Letters in a file for the company's mailing: each once, whole, and for nobody else to read."""

import csv
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.notices.channels.print_file import HEAD, PrintFileChannel, _line, _row
from broker.notices.envelope import Envelope
from broker.notices.outcomes import Later, Sent
from broker.notices.recipients import Letter
from broker.notices.wording import wording
from tests.broker.notices.samples import ASTRID, COMPANY, NOW, envelope

FACTS = {"code": "7K2QX-M4ZTP", "until": "2026-12-23", "medium": "letter"}
FORMULAS = tuple("=+-@\uff1d")
FILE = "letters-2026-11-23.csv"


def letter(
    message: str = "n_1", *, name: str = "Astrid Åberg", number: str = "0100245"
) -> Envelope:
    """A code for somebody without e-mail and telephone."""
    return envelope(
        Letter(number, name),
        id=message,
        kind="code",
        wording=wording("code", COMPANY, FACTS),
        facts=FACTS,
    )


def rows(file: Path) -> list[list[str]]:
    """As a mailing program reads them."""
    return list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))


async def test_a_row_has_all_that_the_mailing_needs(tmp_path: Path) -> None:
    """It adds the address; leading zeros stay."""
    assert await PrintFileChannel(tmp_path / "letters").send(letter()) == Sent()
    file = tmp_path / "letters" / FILE
    assert rows(file) == [
        list(HEAD),
        ["n_1", "elnat", "0100245", "Astrid Åberg", "7K2QX-M4ZTP", "2026-12-23"],
    ]
    assert file.read_bytes().startswith(b"\xef\xbb\xbf"), "a spreadsheet needs the mark"
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "letters").stat().st_mode & 0o077 == 0


async def test_a_day_is_one_file(tmp_path: Path) -> None:
    """A Swedish day: an hour before midnight in UTC it is tomorrow there."""
    channel = PrintFileChannel(tmp_path)
    for number in range(3):
        await channel.send(letter(f"n_{number}"))
    late = envelope(
        Letter("1", ""),
        id="n_9",
        kind="code",
        facts=FACTS,
        at=NOW + timedelta(hours=11, minutes=30),
    )
    await channel.send(late)
    assert [row[0] for row in rows(tmp_path / FILE)] == ["id", "n_0", "n_1", "n_2"]
    assert [row[0] for row in rows(tmp_path / "letters-2026-11-24.csv")] == ["id", "n_9"]


async def test_a_message_that_comes_again_is_not_written_again(tmp_path: Path) -> None:
    """The broker died before it could note it; also if midnight has passed since."""
    channel = PrintFileChannel(tmp_path)
    await channel.send(letter("n_1"))
    await channel.send(letter("n_1"))
    again = envelope(
        Letter("0100245", ""), id="n_1", kind="code", facts=FACTS, at=NOW + timedelta(days=1)
    )
    assert await channel.send(again) == Sent()
    assert [row[0] for row in rows(tmp_path / FILE)] == ["id", "n_1"]
    assert not (tmp_path / "letters-2026-11-24.csv").exists()


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ('Astrid; "Åberg"', 'Astrid; "Åberg"'),
        ("Astrid\r\nÅberg", "Astrid Åberg"),
        ('=HYPERLINK("x")', 'HYPERLINK("x")'),
        ("@+-Astrid", "Astrid"),
        ("Åberg, Astrid", "Åberg, Astrid"),
        ("Åberg-Öst, Ann-Marie", "Åberg-Öst, Ann-Marie"),
        ("Bo,=cmd|'/C calc'!A0,x", "Bo, cmd|'/C calc'!A0,x"),
        ("Bo, =1+1", "Bo, 1+1"),
        ('Bo,"=1+1"', 'Bo, 1+1"'),
        ("Bo;@SUM(1);-1", "Bo; SUM(1); 1"),
        ("Bo\t=1", "Bo =1"),
        ("Bo,\r\n+1,\t-1", "Bo, 1, 1"),
        ("Bo,=,=1", "Bo, , 1"),
        ("Bo,\uff1d1", "Bo, 1"),
        (",=1", "1"),
        ("", ""),
    ],
)
async def test_a_name_stays_in_its_cell(tmp_path: Path, name: str, written: str) -> None:
    """Nothing begins another cell, another row, or a formula."""
    await PrintFileChannel(tmp_path).send(letter(name=name))
    [_, row] = rows(tmp_path / FILE)
    assert len(row) == len(HEAD)
    assert row[3] == written


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@given(name=st.text(st.sampled_from("Bo =+-@,;|\t\r\n\"'\uff1d"), max_size=12))
def test_whatever_separates_cells_none_is_a_formula(separator: str, name: str) -> None:
    """As a spreadsheet finds them that knows nothing of the file, spaces and quotes left away."""
    text = _line(_row(letter(name=name)))
    for row in csv.reader(text.splitlines(), delimiter=separator):
        assert not any(cell.lstrip(" \"'").startswith(FORMULAS) for cell in row)
    for cell in text.split(separator):
        assert not cell.lstrip(" \"'").startswith(FORMULAS)


async def test_what_cannot_be_written_waits(tmp_path: Path) -> None:
    """No other letter is tried in that turn."""
    (tmp_path / "file").write_text("")
    outcome = await PrintFileChannel(tmp_path / "file").send(letter())
    assert outcome == Later("print_file_FileExistsError", unreachable=True)


async def test_what_breaks_off_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk: the rows from before stay, and the new one comes another time."""
    channel = PrintFileChannel(tmp_path)
    await channel.send(letter("n_1"))
    before = (tmp_path / FILE).read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "no space left")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        assert isinstance(await channel.send(letter("n_2")), Later)
    assert (tmp_path / FILE).read_bytes() == before
    assert await channel.send(letter("n_2")) == Sent()
    assert [row[0] for row in rows(tmp_path / FILE)] == ["id", "n_1", "n_2"]


async def test_it_holds_letters_only(tmp_path: Path) -> None:
    """Whoever wires it otherwise hears of it."""
    with pytest.raises(TypeError):
        await PrintFileChannel(tmp_path).send(envelope(ASTRID))


def write_some(folder: Path, first: int) -> None:
    """What one of several workers does; some messages are another's too."""
    import asyncio  # noqa: PLC0415

    async def write() -> None:
        for number in range(first, first + 20):
            await PrintFileChannel(folder).send(letter(f"n_{number}"))

    asyncio.run(write())


@pytest.mark.processes
def test_two_workers_lose_and_repeat_nothing(tmp_path: Path) -> None:
    """A lease may be held twice for a moment."""
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        list(pool.map(write_some, [tmp_path] * 2, [0, 10]))
    found = [row[0] for row in rows(tmp_path / FILE)][1:]
    assert sorted(found) == sorted(f"n_{number}" for number in range(30))
