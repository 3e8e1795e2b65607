"""Master keys from a program of the operator's."""

import json
import os
import select
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from broker.settings import master_key_command
from broker.settings.fresh import new_key
from broker.settings.load import load
from tests.broker.settings.test_load import problems_of, write

COMMAND = "secrets.master_keys_command"


def program(folder: Path, said: str, *, code: int = 0) -> list[str]:
    """One that says this and ends so."""
    file = folder / "vault.py"
    file.write_text(f"import sys\nprint({said!r})\nsys.exit({code})\n")
    return [sys.executable, str(file)]


def with_command(values: dict[str, Any], command: list[str]) -> dict[str, Any]:
    """The configuration with it."""
    return values | {"secrets": values["secrets"] | {"master_keys_command": command}}


def test_its_keys_stand_beside_the_others(tmp_path: Path, values: dict[str, Any]) -> None:
    """By name, so that a key can move from the file to the vault, or be changed there."""
    key = new_key()
    command = program(tmp_path, json.dumps({"k99": key}))
    secrets = load(write(tmp_path, with_command(values, command)), {}).secrets
    assert secrets.master_keys["k99"].get_secret_value() == key
    assert secrets.master_keys.keys() == {*values["secrets"]["master_keys"], "k99"}


def test_it_may_give_all_of_them(tmp_path: Path, values: dict[str, Any]) -> None:
    """Then none stands in a file."""
    wanted = with_command(values, program(tmp_path, json.dumps({"k01": new_key()})))
    del wanted["secrets"]["master_keys"]
    assert list(load(write(tmp_path, wanted), {}).secrets.master_keys) == ["k01"]


@pytest.mark.parametrize(
    ("said", "code", "reason"),
    [
        ("{}", 3, "Ended with 3."),
        ("a-secret-that-is-no-json", 0, "Did not print a JSON object of names and keys."),
        ('["a"]', 0, "Did not print a JSON object of names and keys."),
        (
            '{"QXknT5910m8d7tR35TlhleVPpWvuBD20G25Xe7eug0g": "k01"}',
            0,
            "Did not print a JSON object of names and keys.",
        ),
        ("[" * 50_000, 0, "Did not print a JSON object of names and keys."),
        ('{"k01": 5}', 0, "Did not print a JSON object of names and keys."),
    ],
)
def test_what_goes_wrong_is_told_without_what_it_said(
    tmp_path: Path, values: dict[str, Any], said: str, code: int, reason: str
) -> None:
    """It may be a key."""
    command = program(tmp_path, said, code=code)
    problem = problems_of(write(tmp_path, with_command(values, command)))[COMMAND]
    assert problem.reason == reason
    assert "by hand" in problem.remedy
    assert said not in f"{problem}" or said == "{}"


def alone(values: dict[str, Any], command: list[str]) -> dict[str, Any]:
    """The configuration with it, and with no master key elsewhere."""
    wanted = with_command(values, command)
    del wanted["secrets"]["master_keys"]
    return wanted


@pytest.mark.parametrize(
    "program_of",
    [
        lambda folder: program(folder, "{}", code=1),
        lambda folder: program(folder, "no JSON"),
        lambda folder: program(folder, "{}"),
        lambda folder: [str(folder / "nowhere")],
        lambda _folder: "vault read keys",
        lambda _folder: [5],
    ],
)
def test_nobody_is_told_to_make_a_key_while_the_vault_is_down(
    tmp_path: Path, values: dict[str, Any], program_of: Callable[[Path], Any]
) -> None:
    """The program is the one problem: a new master key opens nothing that there is."""
    problems = problems_of(write(tmp_path, alone(values, program_of(tmp_path))))
    assert [path.partition("[")[0] for path in problems] == [COMMAND]


def test_keys_may_be_missing_for_another_reason(tmp_path: Path, values: dict[str, Any]) -> None:
    """Without a program, it is said that there is no master key."""
    wanted = alone(values, [])
    assert list(problems_of(write(tmp_path, wanted))) == ["secrets.master_keys"]


def test_other_faults_are_told_beside_it(tmp_path: Path, values: dict[str, Any]) -> None:
    """Names that do not sort stay a problem of the master keys that are there."""
    wanted = with_command(values, program(tmp_path, "{}", code=1))
    wanted["secrets"]["master_keys"] = {"k9": new_key(), "k10": new_key()}
    assert problems_of(write(tmp_path, wanted)).keys() == {COMMAND, "secrets.master_keys"}


def test_trying_it_shows_no_key(tmp_path: Path, values: dict[str, Any]) -> None:
    """Whoever looks for the reason does not get the keys onto a terminal."""
    command = program(tmp_path, "{}", code=1)
    remedy = problems_of(write(tmp_path, with_command(values, command)))[COMMAND].remedy
    assert "`… >/dev/null; echo $?`" in remedy


def test_what_is_too_much_is_not_read(tmp_path: Path, values: dict[str, Any]) -> None:
    """One that never stops printing is ended at once, and not when its time is up."""
    endless = "import itertools\nfor _ in itertools.repeat(0): print('x' * 65536)"
    problems = problems_of(write(tmp_path, with_command(values, [sys.executable, "-c", endless])))
    assert problems[COMMAND].reason == "Printed more than 64 KiB."


def test_a_program_that_is_not_there(tmp_path: Path, values: dict[str, Any]) -> None:
    """The system's own word for it."""
    wanted = with_command(values, [str(tmp_path / "nowhere")])
    reason = problems_of(write(tmp_path, wanted))[COMMAND].reason
    assert reason == "Cannot be run: No such file or directory."


def test_one_that_does_not_end(
    tmp_path: Path, values: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is ended."""
    monkeypatch.setattr(master_key_command, "_SECONDS", 0.2)
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    reason = problems_of(write(tmp_path, with_command(values, command)))[COMMAND].reason
    assert reason == "Has not ended in time."


def test_what_it_has_started_is_ended_with_it(
    tmp_path: Path, values: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A vault's client is often a script: it is the program within that does not end."""
    monkeypatch.setattr(master_key_command, "_SECONDS", 1.0)
    line = tmp_path / "line"
    os.mkfifo(line)
    hears = os.open(line, os.O_RDONLY | os.O_NONBLOCK)
    script = '(echo up; exec sleep 60) > "$0" & wait'
    wanted = with_command(values, ["/bin/sh", "-c", script, str(line)])
    assert problems_of(write(tmp_path, wanted))[COMMAND].reason == "Has not ended in time."
    assert os.read(hears, 10) == b"up\n"
    assert select.select([hears], [], [], 10)[0] == [hears]  # nobody holds the other end
    assert os.read(hears, 10) == b""
    os.close(hears)


def test_a_key_stands_in_one_place(tmp_path: Path, values: dict[str, Any]) -> None:
    """Else nobody knows which of two is the one."""
    [name] = values["secrets"]["master_keys"]
    command = program(tmp_path, json.dumps({name: new_key()}))
    problems = problems_of(write(tmp_path, with_command(values, command)))
    assert "Also given by the program" in problems[f"secrets.master_keys.{name}"].reason
