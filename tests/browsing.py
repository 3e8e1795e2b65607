"""A browser without JavaScript: cookies, redirects, and the forms of the page that it is on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import httpx2

MAX_HOPS = 20


@dataclass
class Form:
    """A form as it stands on a page: where it goes, its fields' values, its buttons."""

    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.title = ""
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(got.get("method", "get").lower(), got.get("action", "")))
        elif tag == "a" and "href" in got:
            self.links.append(got["href"])
        elif tag == "title":
            self._in_title = True
        elif self.forms and "name" in got:
            self._field(tag, got)

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data

    def _field(self, tag: str, got: Mapping[str, str]) -> None:
        form, name, kind = self.forms[-1], got["name"], got.get("type", "")
        form.names.add(name)
        if tag == "button" and "disabled" not in got:
            form.buttons.append((name, got.get("value", "")))
        elif tag == "input" and (kind not in {"radio", "checkbox"} or "checked" in got):
            form.fields[name] = got.get("value", "")


class Browser:
    """Follows redirects until a page, or until an address at a host that is not served."""

    def __init__(self, transport: httpx2.AsyncBaseTransport, served: set[str]) -> None:
        self.client = httpx2.AsyncClient(transport=transport, follow_redirects=False)
        self.served = served
        self.url = ""
        self.hops: list[str] = []
        self.page = httpx2.Response(200)

    async def go(self, url: str, **headers: str) -> "Browser":
        """Open an address."""
        return await self._request("GET", urljoin(self.url, url), headers=headers)

    async def submit(self, button: str = "", *, action: str = "", **fields: str) -> "Browser":
        """Send a form of the page: the one with this action, else the one with this button."""
        form = self._form(button, action)
        values = {**form.fields, **fields}
        if button:
            values |= {name: value for name, value in form.buttons if button in {value, name}}
        target = urljoin(self.url, form.action)
        if form.method == "get":
            return await self._request("GET", f"{target}?{urlencode(values)}")
        site = urlsplit(self.url)
        origin = f"{site.scheme}://{site.netloc}"
        same = origin == "{0.scheme}://{0.netloc}".format(urlsplit(target))
        headers = {"origin": origin, "sec-fetch-site": "same-origin" if same else "same-site"}
        return await self._request("POST", target, data=values, headers=headers)

    @property
    def forms(self) -> list[Form]:
        """The page's forms."""
        return [form for form in self._read().forms if not form.action.startswith("?lang=")]

    async def speak(self, language: str) -> "Browser":
        """Press the language switch of a page that answers a form."""
        (form,) = [each for each in self._read().forms if each.action == f"?lang={language}"]
        site = urlsplit(self.url)
        target = f"{site.scheme}://{site.netloc}{site.path}{form.action}"
        headers = {"origin": f"{site.scheme}://{site.netloc}", "sec-fetch-site": "same-origin"}
        return await self._request("POST", target, data=form.fields, headers=headers)

    @property
    def links(self) -> list[str]:
        """The page's links, absolute."""
        return [urljoin(self.url, link) for link in self._read().links]

    @property
    def title(self) -> str:
        """The page's title."""
        return self._read().title

    @property
    def text(self) -> str:
        """The page's HTML."""
        return self.page.text

    @property
    def path(self) -> str:
        """The path of where the browser is."""
        return urlsplit(self.url).path

    @property
    def query(self) -> dict[str, str]:
        """The query of where the browser is."""
        return dict(parse_qsl(urlsplit(self.url).query))

    def _read(self) -> _Reader:
        reader = _Reader()
        reader.feed(self.page.text)
        return reader

    def _form(self, button: str, action: str) -> Form:
        for form in self.forms:
            if action and urlsplit(form.action)._replace(scheme="", netloc="").geturl() == action:
                return form
            if not action and (not button or any(button in pair for pair in form.buttons)):
                return form
        raise LookupError(f"no form {action or button!r} on {self.url}: {self.title}")

    async def _request(self, method: str, url: str, **kwargs: object) -> "Browser":
        self.hops = []
        for _ in range(MAX_HOPS):
            self.url = url
            self.hops.append(url)
            if urlsplit(url).netloc not in self.served:
                return self
            self.page = await self.client.request(method, url, **kwargs)  # type: ignore[arg-type]
            location = self.page.headers.get("location")
            if location is None or not self.page.is_redirect:
                return self
            url, method, kwargs = urljoin(url, location), "GET", {}
        raise LookupError(f"more than {MAX_HOPS} redirects: {self.hops[-3:]}")
