"""The endpoints, put together around the use-cases."""

from dataclasses import dataclass

import msgspec

from broker.app.help_topics import help_topics
from broker.app.login import Login, lifetimes
from broker.app.parts import Parts
from broker.app.ring import ALGORITHMS
from broker.clients.authenticate import ClientAuthentication
from broker.endpoints.account_code import AccountCode
from broker.endpoints.arriving import Arriving
from broker.endpoints.authorize import Authorize
from broker.endpoints.callback import CallbackEndpoint
from broker.endpoints.canary import CanaryEndpoint
from broker.endpoints.choose import Choose
from broker.endpoints.code import CodeEndpoint
from broker.endpoints.cookies import Cookies
from broker.endpoints.departing import Departing
from broker.endpoints.flow import FlowDispatcher
from broker.endpoints.health import Health
from broker.endpoints.last_steps import LastSteps
from broker.endpoints.logout import LogoutEndpoint
from broker.endpoints.newcomers import TellingOfNewcomers
from broker.endpoints.not_me import NotMeEndpoint
from broker.endpoints.open_pages import OpenPages
from broker.endpoints.pacing import Pacing
from broker.endpoints.problems import Problems
from broker.endpoints.recognise import Recognise
from broker.endpoints.showing import Faces, Showing
from broker.endpoints.static import StaticEndpoint
from broker.endpoints.token import TokenEndpoint
from broker.endpoints.trying import Trying
from broker.endpoints.userinfo import UserInfoEndpoint
from broker.endpoints.verify import VerifyEndpoint
from broker.endpoints.visits import Visits
from broker.endpoints.well_known import Document, WellKnown
from broker.flow.tickets import Tickets
from broker.oauth.metadata import discovery_document
from broker.pages.assets import StaticFiles
from broker.pages.faces import LANGUAGES
from broker.pages.render import Pages
from broker.routes import Endpoints
from broker.settings.schema import Settings
from broker.tokens.claims import ACR_UPSTREAM
from broker.wiring.faces import (
    brands,
    code_companies,
    company_brands,
    company_faces,
    doors,
    evidence,
    insecure_origins,
    provider_faces,
)
from broker.wiring.verification import wait_references

DISCOVERY_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class House:
    """The endpoints and the answers for what goes wrong."""

    endpoints: Endpoints
    problems: Problems
    cookies: Cookies


def house(parts: Parts, use: Login) -> House:
    """Every endpoint with its parts."""
    settings = parts.settings
    cookies = Cookies(is_secure=settings.issuer.startswith("https:"))
    visits = _visits(parts, use, cookies)
    static = StaticFiles(tuple(brands(settings).values()))
    showing = Showing(
        Pages(static), _faces(settings), visits, form_targets=insecure_origins(settings)
    )
    departing = Departing(use.upstream, visits, parts.log, parts.clock)
    arriving = _arriving(parts, use, showing, departing)
    senders, asked = code_companies(settings), evidence(settings)
    pacing = Pacing(settings.verification.answer_every_ms / 1000)
    references = wait_references(settings)
    trying = Trying(visits, showing, use.keeping, use.verify, pacing, references, parts.log)
    endpoints = Endpoints(
        open_pages=OpenPages(showing, parts.clients, help_topics(settings, cookies), asked),
        well_known=WellKnown(discovery(settings), parts.ring.document, parts.fetches.count),
        authorize=Authorize(use.begin, visits, showing, arriving, settings.issuer),
        flow=FlowDispatcher(visits, arriving),
        choose=Choose(
            visits, showing, arriving, departing, use.offers, use.keeping, cookies,
            lifetimes(settings.session), asked, parts.clock,
        ),
        callback=CallbackEndpoint(
            use.upstream, use.keeping, visits, departing, parts.clients, cookies
        ),
        recognise=Recognise(visits, showing, arriving, use.keeping, asked),
        verify=VerifyEndpoint(visits, showing, arriving, trying, asked),
        code=CodeEndpoint(visits, showing, arriving, trying, use.ask, senders),
        account_code=AccountCode(
            visits, showing, use.strengthen, use.ask, senders,
            parts.ticket_signer("account"), pacing, references, parts.log,
            f"{settings.issuer}/account/code",
        ),
        last_steps=LastSteps(
            visits, showing, arriving, use.keeping, company_faces(settings), parts.clock,
            _newcomers(parts, use, showing),
        ),
        not_me=_not_me(parts, use, showing),
        token=TokenEndpoint(
            ClientAuthentication(parts.clients),
            {"authorization_code": use.code_grant},
            parts.log,
        ),
        canary=CanaryEndpoint(
            ClientAuthentication(parts.clients), use.mint, parts.storage.transient, parts.log
        ),
        userinfo=UserInfoEndpoint(use.userinfo),
        logout=LogoutEndpoint(
            use.logout, visits, showing, parts.clients, cookies,
            parts.ticket_signer("logout"), settings.issuer, parts.log,
        ),
        static=StaticEndpoint(static),
        health=Health(parts.missing, parts.log),
    )  # fmt: skip
    problems = Problems(
        showing, parts.clients, settings.issuer, parts.log, cookies.clearing_headers()
    )
    return House(endpoints, problems, cookies)


def _newcomers(parts: Parts, use: Login, showing: Showing) -> TellingOfNewcomers:
    faces = company_faces(parts.settings)
    return TellingOfNewcomers(
        showing, use.strangers, parts.storage.newcomers, faces, parts.clock, parts.log
    )


def _not_me(parts: Parts, use: Login, showing: Showing) -> NotMeEndpoint:
    signer = parts.ticket_signer("not me")
    return NotMeEndpoint(use.not_me, showing, signer, parts.settings.issuer, parts.clock, parts.log)


def _arriving(parts: Parts, use: Login, showing: Showing, departing: Departing) -> Arriving:
    visits = showing.visits
    return Arriving(
        use.look,
        use.finish,
        use.keeping,
        visits,
        showing,
        departing,
        visits.cookies,
        parts.log,
        parts.settings.issuer,
    )


def _visits(parts: Parts, use: Login, cookies: Cookies) -> Visits:
    return Visits(
        cookies=cookies,
        sealer=parts.sealer,
        tickets=Tickets(parts.ticket_signer("flow")),
        keeping=use.keeping,
        offers=use.offers,
        clients=parts.clients,
        sessions=use.sessions,
        issuer=parts.settings.issuer,
        clock=parts.clock,
    )


def _faces(settings: Settings) -> Faces:
    known = brands(settings)
    return Faces(
        brands=known,
        default_brand=known["default"],
        company_brands=company_brands(settings),
        companies=company_faces(settings),
        providers=provider_faces(settings),
        doors=doors(settings),
        default_language=settings.default_language,
    )


def discovery(settings: Settings) -> Document:
    """What `/.well-known/openid-configuration` says."""
    scopes = dict.fromkeys(word for each in settings.resources.values() for word in each.scopes)
    members = discovery_document(
        settings.issuer,
        scopes=tuple(scopes),
        algorithms=[algorithm.value for algorithm in ALGORITHMS],
        acr_values=[ACR_UPSTREAM],
        locales=LANGUAGES,
        documentation=f"{settings.issuer}/help",
        policy=f"{settings.issuer}/help/privacy",
    )
    return Document(msgspec.json.encode(members), "application/json", DISCOVERY_SECONDS)
