"""The demo's configuration for a broker that runs by itself."""

from pathlib import Path

from broker.dev.fresh import as_toml, fresh_settings
from broker.settings.load import load


def test_what_is_written_is_what_was_meant(tmp_path: Path) -> None:
    """Read back, it is the same configuration, and no secret of it is refused.

    Its database stands beside it.
    """
    settings = fresh_settings(9000)
    path = tmp_path / "farstu.toml"
    path.write_text(as_toml(settings), encoding="utf-8")
    beside = settings.storage.model_copy(update={"database": f"sqlite:///{tmp_path}/farstu.db"})
    assert load(path, {}) == settings.model_copy(update={"storage": beside})


def test_no_two_have_the_same_secrets() -> None:
    """They are made anew each time."""
    first, second = fresh_settings(9000), fresh_settings(9000)
    assert first.secrets != second.secrets
    assert first.clients["mina-sidor-elnat"].secrets != second.clients["mina-sidor-elnat"].secrets
