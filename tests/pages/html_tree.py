"""A page's elements in order, read by the standard library's parser: enough to check a promise."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "input", "img", "br"})


@dataclass
class Element:
    """A tag with its attributes, the tags that it stands in, and the text inside it."""

    tag: str
    attributes: dict[str, str]
    ancestors: tuple["Element", ...]
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text inside, spaces collapsed."""
        return " ".join("".join(self.words).split())

    def inside(self, tag: str) -> bool:
        """Whether an element of that tag stands around it."""
        return any(ancestor.tag == tag for ancestor in self.ancestors)


class Document(HTMLParser):
    """Parses a page; fails on a tag that is closed out of order or not closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        assert self._open == [], f"not closed: {[e.tag for e in self._open]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute twice in <{tag}>: {names}"
        element = Element(tag, {n: v or "" for n, v in attrs}, tuple(self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {n: v or "" for n, v in attrs}, tuple(self._open)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.words.append(data)

    def all(self, *tags: str) -> Iterator[Element]:
        """Elements of these tags, in order."""
        return (element for element in self.elements if element.tag in tags)

    def one(self, tag: str) -> Element:
        """The only element of this tag."""
        (element,) = self.all(tag)
        return element
