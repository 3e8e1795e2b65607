"""Documents that point somewhere point right, and nothing is left over."""

import re
import subprocess
from pathlib import Path

import pytest

import broker

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_to_a_file_leads_to_one(path: Path) -> None:
    """Relative links exist."""
    for target in LINK.findall(path.read_text()):
        if "://" not in target and not target.startswith("mailto:"):
            assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_refers_to_what_readers_cannot_look_up(path: Path) -> None:
    """What is there and what is not, never by the title of a piece of work."""
    assert not re.search(r"\bissues? [*`#\d]", path.read_text())


def test_every_test_that_is_promised_exists() -> None:
    """SECURITY.md says which test proves what: each one is there."""
    promised = re.findall(r"`(tests/[\w/.]+)`", (ROOT / "SECURITY.md").read_text())
    promised += [
        f"tests/attacks/{name}"
        for name in re.findall(r"`(test_\w+\.py)`", (ROOT / "SECURITY.md").read_text())
    ]
    assert promised
    assert [name for name in promised if not (ROOT / name).exists()] == []


def test_the_changelog_is_about_this_version() -> None:
    """The newest version in the changelog is the code's."""
    newest = re.search(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert newest[1] == broker.__version__


def test_every_decision_is_listed() -> None:
    """Each ADR stands in the list of decisions."""
    listed = (ROOT / "docs/adr/README.md").read_text()
    for path in (ROOT / "docs/adr").glob("0*.md"):
        assert path.name in listed


def test_top_level_holds_what_it_may() -> None:
    """Four packages, tests, documents, deploy files; no fifth package."""
    tracked = subprocess.run(
        ["git", "ls-files"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    folders = {name.partition("/")[0] for name in tracked if "/" in name}
    assert folders <= {"broker", "providers", "linking", "keys", "tests", "docs", "deploy", ".ci"}


def test_nothing_is_left_to_do_in_the_code() -> None:
    """No note to self, no assert that carries security."""
    marker = "TO" + "DO"
    for package in ("broker", "providers", "linking", "keys"):
        for path in (ROOT / package).rglob("*.py"):
            source = path.read_text()
            assert marker not in source, path
            assert not re.search(r"^\s*assert ", source, re.MULTILINE), path
