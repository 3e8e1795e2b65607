"""Renders every page to a folder, to be looked at: `python tests/pages/gallery.py FOLDER`.

Open `FOLDER/index.html` in a browser; style sheets lie beside the pages.
"""

import sys
from html import escape
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from broker.pages.assets import StaticFiles
from broker.pages.faces import LANGUAGES
from broker.pages.render import Pages
from tests.pages import samples


def write_gallery(folder: Path) -> list[str]:
    """Write every page × brand × language; the names of the files."""
    static = StaticFiles(samples.BRANDS)
    (folder / "static").mkdir(parents=True, exist_ok=True)
    for name, file in static.files.items():
        (folder / "static" / name).write_bytes(file.content)
    pages = Pages(static)
    names = []
    for title, page in samples.pages().items():
        for brand in samples.BRANDS:
            for language in LANGUAGES:
                html = pages.render(page, samples.frame_of(title, brand, language))
                name = f"{title}.{brand.id}.{language}.html"
                (folder / name).write_text(html.replace('"/static/', '"static/'), encoding="utf-8")
                names.append(name)
    links = "".join(f'<li><a href="{escape(name)}">{escape(name)}</a></li>' for name in names)
    (folder / "index.html").write_text(f"<!doctype html><meta charset=utf-8><ul>{links}</ul>")
    return names


if __name__ == "__main__":
    print(len(write_gallery(Path(sys.argv[1]))), "pages")  # noqa: T201 - a script says what it did
