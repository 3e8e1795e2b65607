"""What the demo says when it is up."""

import io
from pathlib import Path

from rich.console import Console

from broker.dev.settings import Addresses, demo_settings
from broker.dev.welcome import show


def test_it_says_where_messages_to_customers_lie(tmp_path: Path) -> None:
    """In the folder that the demo's broker writes them into."""
    said = io.StringIO()
    show(Console(file=said, width=200), Addresses(8000), tmp_path)
    folder = demo_settings(8000, tmp_path).outbound.folder.path
    assert folder is not None
    assert f"   {folder}\n" in said.getvalue()
    assert f"   {tmp_path / 'broker.log'}\n" in said.getvalue()
