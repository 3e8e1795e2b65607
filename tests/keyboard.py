"""A person at the keyboard: Tab, arrow, space and Enter, and an eye on the screen's width."""

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

ENOUGH_TABS = 40
READ_FOCUS = """() => {
  const it = document.activeElement
  const label = it.labels && it.labels.length ? it.labels[0] : it
  return (label.innerText || label.textContent || '').trim().split('\\n')[0]
}"""


@dataclass
class Keyboard:
    """A person at the keyboard: what they pass on the way is kept."""

    page: Page
    shots: Path
    width: int
    passed: list[str] = field(default_factory=list)

    def focus(self) -> str:
        """The label or text of what has the focus."""
        return str(self.page.evaluate(READ_FOCUS))

    def tab_to(self, text: str) -> None:
        """Press Tab until something that begins so has the focus."""
        self.passed = []
        for _ in range(ENOUGH_TABS):
            self.page.keyboard.press("Tab")
            self.passed.append(self.focus())
            if self.passed[-1].startswith(text):
                return
        raise AssertionError(f"Tab does not reach {text!r}: {self.passed}")

    def press(self, text: str) -> None:
        """Tab to a button or link, and press it."""
        self.tab_to(text)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def choose(self, text: str) -> None:
        """Tab to a choice, and take it."""
        self.tab_to(text)
        self.page.keyboard.press("Space")

    def look(self, name: str) -> None:
        """Nothing has to be scrolled sideways; a picture is kept for those who want to see."""
        self.page.screenshot(path=self.shots / f"{name}.png", full_page=True)
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width, name

    def fill(self, **fields: str) -> None:
        """Fill in fields by their names, and send with Enter as one does."""
        for name, text in fields.items():
            self.tab_to(self.page.inner_text(f"label[for={name}]"))
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(text)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
