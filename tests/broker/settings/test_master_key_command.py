"""Master keys from a program of the operator's."""

import json
import sys
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
        ("[" * 100_000, 0, "Did not print a JSON object of names and keys."),
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


def test_a_key_stands_in_one_place(tmp_path: Path, values: dict[str, Any]) -> None:
    """Else nobody knows which of two is the one."""
    [name] = values["secrets"]["master_keys"]
    command = program(tmp_path, json.dumps({name: new_key()}))
    problems = problems_of(write(tmp_path, with_command(values, command)))
    assert "Also given by the program" in problems[f"secrets.master_keys.{name}"].reason
