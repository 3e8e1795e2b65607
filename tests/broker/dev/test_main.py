"""`python -m broker.dev`."""

import sys

import pytest

from broker.dev import __main__ as program
from broker.dev.ports import take_free_ports


def test_a_taken_port_is_told_with_a_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which port, and the line to type instead."""
    base, listening = take_free_ports()
    monkeypatch.setattr(sys, "argv", ["demo", "--port", str(base)])
    try:
        assert program.main() == 2
    finally:
        for sockets in listening:
            for each in sockets:
                each.close()
    said = capsys.readouterr().err
    assert f"Port {base} is taken" in said
    assert "PORT=" in said


@pytest.mark.parametrize("port", ["-1", "65534", "eighty"])
def test_a_port_that_cannot_be_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Three ports must fit."""
    with pytest.raises(SystemExit):
        program.read_arguments(["--port", port])
    assert "--port" in capsys.readouterr().err
