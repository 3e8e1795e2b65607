"""A browser without JavaScript, for the check: cookies, redirects, links, forms and buttons."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx2

_MOST_REDIRECTS = 20


class LostWay(Exception):
    """The page does not have what a person would look for on it."""


@dataclass(slots=True)
class Form:
    """A form: what it sends by itself, its buttons as (name, value).

    `choices` are radio buttons and boxes: nothing of them is sent until they are chosen.
    """

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    choices: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Page:
    """What is in front of the person."""

    address: str
    status: int
    title: str = ""
    forms: list[Form] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        # The query may hold a code or a ticket: it is never shown.
        return f"“{self.title}” ({self.status}, {self.address.partition('?')[0]})"


@dataclass(slots=True)
class Browser:
    """One person's browser; `page` is what it shows."""

    http: httpx2.AsyncClient
    page: Page = field(default_factory=lambda: Page("about:blank", 0))

    async def open(self, address: str) -> Page:
        """Go to an address, typed or clicked."""
        return await self._go("GET", urljoin(self.page.address, address))

    async def press(self, value: str) -> Page:
        """Press the button that sends this value, or has this name, in whatever form it is."""
        for form in self.page.forms:
            for name, sent in form.buttons:
                if value in {name, sent}:
                    return await self._send(form, {**form.fields, name: sent})
        raise LostWay(f"no button for {value} at {self.page}")

    async def fill(self, **typed: str) -> Page:
        """Fill in the first form that asks for this, and press its first button."""
        for form in self.page.forms:
            if form.buttons and typed.keys() <= form.fields.keys() | form.choices:
                name, sent = form.buttons[0]
                pressed = {name: sent} if name else {}
                return await self._send(form, form.fields | typed | pressed)
        raise LostWay(f"no form for {' and '.join(typed) or 'going on'} at {self.page}")

    async def _send(self, form: Form, values: dict[str, str]) -> Page:
        address = urljoin(self.page.address, form.action or self.page.address)
        if form.method == "get":
            return await self._go("GET", str(httpx2.URL(address).copy_merge_params(values)))
        return await self._go("POST", address, values)

    async def _go(self, method: str, address: str, values: dict[str, str] | None = None) -> Page:
        for _ in range(_MOST_REDIRECTS):
            headers = {"Origin": _origin(self.page.address)} if method == "POST" else {}
            answer = await self.http.request(method, address, data=values, headers=headers)
            if not answer.has_redirect_location:
                self.page = read_page(str(answer.url), answer.status_code, answer.text)
                return self.page
            address = urljoin(address, answer.headers["location"])
            method, values = "GET", None
        raise LostWay(f"redirected in circles from {self.page}")


def read_page(address: str, status: int, html: str) -> Page:
    """Return what a person could do on a page."""
    reader = _Reader(Page(address, status))
    reader.feed(html)
    return reader.page


class _Reader(HTMLParser):
    """Collects title, forms and `<pre>` texts."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self._open: Form | None = None
        self._into = ""
        self._collected = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values: dict[str, str] = {name: value or "" for name, value in attrs}
        match tag:
            case "title" | "pre":
                self._into, self._collected = values.get("id", tag), ""
            case "form":
                action, method = values.get("action", ""), values.get("method", "get").lower()
                self._open = Form(action, method)
                self.page.forms.append(self._open)
            case "button" if self._open is not None and "disabled" not in values:
                self._open.buttons.append((values.get("name", ""), values.get("value", "")))
            case "input" if self._open is not None:
                self._input(self._open, values)

    def _input(self, form: Form, values: dict[str, str]) -> None:
        name, kind = values.get("name", ""), values.get("type", "text")
        if kind in {"radio", "checkbox"}:
            form.choices.add(name)
        elif name:
            form.fields[name] = values.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._into:
            self._collected += data

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "title":
                self.page.title, self._into = self._collected.strip(), ""
            case "pre":
                self.page.texts[self._into], self._into = self._collected, ""
            case "form":
                self._open = None
            case _:
                pass


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
