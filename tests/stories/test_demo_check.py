"""The demo works: all of it in one process, each provider, first time and again."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from broker.dev.check import check
from broker.dev.demo import running
from broker.dev.ports import take_free_ports


@pytest.mark.processes
async def test_the_whole_walk_through_the_demo_succeeds(tmp_path: Path) -> None:
    """Four providers twice, a sister company, somebody who helps, refusals and signing out."""
    said = io.StringIO()
    base, listening = take_free_ports()
    async with running(base, listening, tmp_path) as at:
        assert await check(at, Console(file=said, width=200)), said.getvalue()
