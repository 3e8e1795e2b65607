"""The page *Why nobody is locked out*: its prose stays, its tables and curves are the run's."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.simulate.curves import charts
from tests.simulate.findings import Finding, Told
from tests.simulate.tables import parts

PAGE = Path("docs/why-nobody-is-locked-out.md")
PICTURES = Path("docs/why-nobody-is-locked-out")


def write(root: Path, findings: Sequence[Finding], told: Mapping[str, Told]) -> None:
    """Put every table between its marks, and every curve into its file."""
    for path, text in _files(root, findings, told).items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def differences(root: Path, findings: Sequence[Finding], told: Mapping[str, Told]) -> list[str]:
    """The files that this run would write otherwise."""
    return [
        str(path.relative_to(root))
        for path, text in _files(root, findings, told).items()
        if not path.exists() or path.read_text() != text
    ]


def with_parts(page: str, found: Mapping[str, str]) -> str:
    """The page's text with these parts between their marks; every mark must be there."""
    for name, text in found.items():
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        if begin not in page:
            raise LookupError(f"the page has no place for {name}")
        pattern = re.compile(f"{re.escape(begin)}.*{re.escape(end)}", re.DOTALL)
        page = pattern.sub(f"{begin}\n\n{text}\n\n{end}".replace("\\", r"\\"), page)
    return page


def _files(root: Path, findings: Sequence[Finding], told: Mapping[str, Told]) -> dict[Path, str]:
    page = root / PAGE
    drawn = {root / PICTURES / f"{name}.svg": each.svg() for name, each in charts(told).items()}
    return {page: with_parts(page.read_text(), parts(findings, told))} | drawn
