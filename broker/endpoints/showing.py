"""A page as an answer: its frame, its headers, its status.

The frame comes from the client that the person is on the way to; without one, all companies stand
behind the page. Headers that every answer has are set by `middleware.headers`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from broker.endpoints.visits import POSTED, Visit, Visits, chosen_language
from broker.flow.begin import speak
from broker.oauth.client import Client
from broker.oauth.return_address import SendBack
from broker.pages.brands import Brand
from broker.pages.choosing import Door
from broker.pages.faces import LANGUAGES, ClientFace, CompanyFace, Language, ProviderFace
from broker.pages.leaving import FormPostPage
from broker.pages.page import Frame, LanguageLink, Page
from broker.pages.policy import FORM_POST_SCRIPT_HASH, content_security_policy
from broker.pages.render import Pages

LATER = {"Retry-After": "60"}
"""For a page that says to try again in a minute."""


@dataclass(frozen=True, slots=True)
class Faces:
    """What pages show of the configuration. `default_brand` stands where no client is known.

    `company_brands` are by company, for a page that belongs to one and to no client.
    """

    brands: Mapping[str, Brand]
    default_brand: Brand
    company_brands: Mapping[str, Brand]
    companies: Mapping[str, CompanyFace]
    providers: Mapping[str, ProviderFace]
    doors: tuple[Door, ...]
    default_language: Language


@dataclass(frozen=True, slots=True)
class Showing:
    """Turns pages into answers."""

    pages: Pages
    faces: Faces
    visits: Visits
    form_targets: tuple[str, ...]

    def in_flow(
        self,
        visit: Visit,
        page: Page,
        *,
        request: Request,
        back: str = "",
        reference: str = "",
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        ticket: str = "",
    ) -> Response:
        """A page of a login; `back` is the path of the step before.

        With `ticket`, its form is still the one that was shown before.
        """
        language = self._known(visit.language)
        frame = replace(
            self.frame(visit.client, language),
            ticket=ticket or self.visits.ticket(visit.request, POSTED, language=language),
            back=self._address(visit, back, language) if back else "",
            reference=reference,
            languages=() if _is_posted(request) else _languages(request, language),
            switches=_languages(request, language) if _is_switched(request, page) else (),
        )
        targets = (*self.form_targets, visit.request.redirect_uri)
        return self.answer(page, frame, status=status, targets=targets, headers=headers)

    def outside(
        self,
        page: Page,
        *,
        request: Request,
        client: Client | None = None,
        company: str = "",
        back: str = "",
        language: str = "",
        ticket: str = "",
        reference: str = "",
        status: int = 200,
        targets: Sequence[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """A page that belongs to no login; perhaps to a client, or to a company."""
        spoken = self._known(language or self.language_of(request))
        frame = replace(
            self.company_frame(company, spoken) if company else self.frame(client, spoken),
            ticket=ticket,
            back=back,
            reference=reference,
            languages=() if _is_posted(request) else _languages(request, spoken),
            switches=_languages(request, spoken) if _is_switched(request, page) else (),
        )
        return self.answer(page, frame, status=status, targets=targets, headers=headers)

    def send(self, send_back: SendBack, client: Client | None, language: str) -> Response:
        """An answer to a client, by redirect or by a form that sends itself."""
        if send_back.mode != "form_post":
            return RedirectResponse(send_back.location, 303)
        page = FormPostPage(action=send_back.uri, fields=send_back.fields)
        frame = self.frame(client, self._known(language))
        return self.answer(page, frame, targets=(send_back.uri,), script_hash=FORM_POST_SCRIPT_HASH)

    def answer(
        self,
        page: Page,
        frame: Frame,
        *,
        status: int = 200,
        targets: Sequence[str] = (),
        script_hash: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """The rendered page under its own policy."""
        policy = content_security_policy(form_targets=targets, script_hash=script_hash)
        return HTMLResponse(
            self.pages.render(page, frame),
            status,
            headers={**(headers or {}), "Content-Security-Policy": policy},
        )

    def frame(self, client: Client | None, language: Language) -> Frame:
        """The frame for this client's pages, or for pages of nobody in particular."""
        companies = self.faces.companies
        if client is None:
            return Frame(self.faces.default_brand, language, tuple(companies.values()))
        return Frame(
            brand=self.faces.brands.get(client.brand, self.faces.default_brand),
            language=language,
            companies=tuple(companies.values()),
            company=companies[client.company],
            client=ClientFace(client.client_id, client.name, client.home_uri, client.start_uri),
        )

    def company_frame(self, company: str, language: Language) -> Frame:
        """The frame for a company's page; as without one where it has left the configuration."""
        frame = self.frame(None, language)
        face = self.faces.companies.get(company)
        brand = self.faces.company_brands.get(company, frame.brand)
        return frame if face is None else replace(frame, brand=brand, company=face)

    def provider(self, name: str) -> ProviderFace:
        """How a provider looks, also one that has been taken out of the configuration."""
        return self.faces.providers.get(name, ProviderFace(name=name, kind=""))

    def language_of(self, request: Request) -> str:
        """`lang` in the address, else what the browser prefers (RFC 9110 section 12.5.4)."""
        if chosen := chosen_language(request):
            return chosen
        wanted = tuple(
            part.partition(";")[0].strip()
            for part in request.headers.get("accept-language", "").split(",")[:10]
        )
        return speak(wanted, LANGUAGES)

    def _address(self, visit: Visit, path: str, language: str) -> str:
        """A page of the same login, with the ticket that opens it."""
        step = path.rpartition("/")[2]
        return f"{path}?t={self.visits.ticket(visit.request, step, language=language)}"

    def _known(self, language: str) -> Language:
        return next(
            (known for known in LANGUAGES if known == language), self.faces.default_language
        )


def _is_posted(request: Request) -> bool:
    return request.method not in {"GET", "HEAD"}


def _is_switched(request: Request, page: Page) -> bool:
    """Whether the page answers a form, where a link would lose what was typed and what was said.

    There the other language is a form, if the page keeps both.
    """
    return _is_posted(request) and bool(page.kept)


def _languages(request: Request, now: Language) -> tuple[LanguageLink, ...]:
    """Queries alone, so that no path (`//elsewhere.example`) can lead to another host."""
    query = request.query_params.multi_items()
    kept = [(name, value) for name, value in query if name != "lang"]
    return tuple(
        LanguageLink(language, "?" + urlencode([*kept, ("lang", language)]))
        for language in LANGUAGES
        if language != now
    )
