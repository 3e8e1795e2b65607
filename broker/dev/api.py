"""An example API that takes the broker's access tokens. Copy it: it imports nothing of ours.

Every token is checked here, without asking the broker: signature, `typ`, issuer, audience, times,
scope, and then for which customers it may do what (`authorization_details`, RFC 9396). Refusals are
those of RFC 6750 section 3. Each company's API is an audience of its own, so that a token for one
opens nothing at another.
"""

import asyncio
import base64
import json
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any, Protocol

import httpx2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

SKEW = 5
"""Seconds that our clock and the broker's may differ."""

MAX_TOKEN = 16 * 1024
GRANULARITIES = ("year", "month", "day")
"""From coarse to fine: whoever may see days may see months."""

PERIOD = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d"}


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice as the billing system knows it; `id` says nothing and may stand in an address."""

    id: str
    number: str
    ocr: str
    issued_on: date
    due_on: date
    amount: str
    paid: bool


@dataclass(frozen=True, slots=True)
class Use:
    """What one facility used on one day."""

    facility: str
    place: str
    day: date
    kwh: float


class Records(Protocol):
    """The company's own systems, asked by customer number."""

    def invoices(self, company: str, customer_number: str) -> Sequence[Invoice]:
        """Newest first."""
        ...

    def consumption(self, company: str, customer_number: str) -> Sequence[Use]:
        """By facility, oldest first."""
        ...


class Refused(Exception):
    """A request that gets nothing: status, and the error code of RFC 6750 section 3.1."""

    def __init__(self, status: int, error: str = "", text: str = "", scope: str = "") -> None:
        super().__init__(text)
        self.status, self.error, self.text, self.scope = status, error, text, scope


@dataclass(slots=True)
class IssuerKeys:
    """The broker's public keys: fetched when first needed, and again when a new key shows up.

    A forged `kid` must not make us ask for every request: there is a pause between two fetches.
    """

    issuer: str
    transport: httpx2.AsyncBaseTransport | None = None
    clock: Callable[[], float] = time.time
    pause: float = 60
    max_age: float = 300  # the broker's Cache-Control
    _keys: dict[str, Key] = field(default_factory=dict)
    _fetched: float | None = None
    _tried: float | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def find(self, kid: str) -> Key:
        """Return the key, or raise Refused: 401 where there is none, 503 where we cannot know."""
        async with self._lock:
            if kid not in self._keys or self._is_old():
                await self._fetch_unless_just_tried()
        if self._fetched is None:
            raise Refused(503, text="the issuer's keys could not be fetched")
        if kid not in self._keys:
            raise Refused(401, "invalid_token", "signed with an unknown key")
        return self._keys[kid]

    def _is_old(self) -> bool:
        return self._fetched is None or self.clock() - self._fetched > self.max_age

    async def _fetch_unless_just_tried(self) -> None:
        if self._tried is not None and self.clock() - self._tried < self.pause:
            return
        self._tried = self.clock()
        try:
            keys = await self._fetch()
        except (httpx2.HTTPError, ValueError, KeyError, JoseError):
            return  # what we have serves on
        self._keys = {str(key.kid): key for key in keys.keys}
        self._fetched = self.clock()

    async def _fetch(self) -> KeySet:
        async with httpx2.AsyncClient(transport=self.transport, trust_env=False) as http:
            address = f"{self.issuer}/.well-known/openid-configuration"
            metadata = (await http.get(address)).raise_for_status().json()
            if metadata["issuer"] != self.issuer:
                raise ValueError("the metadata is of another issuer")
            answer = await http.get(metadata["jwks_uri"])
            return KeySet.import_key_set(answer.raise_for_status().json())


@dataclass(frozen=True, slots=True)
class Access:
    """One customer that a token opens, and what it opens: an entry of `authorization_details`."""

    entry: dict[str, Any]

    @property
    def customer(self) -> str:
        """The customer's opaque id."""
        return str(self.entry["customer"])

    @property
    def number(self) -> str:
        """The customer's number in our own systems."""
        return str(self.entry["customer_number"])

    def may(self, action: str, granularity: str = "") -> bool:
        """Whether this action is allowed, this finely."""
        finest = self.entry.get("granularity")
        if granularity and finest in GRANULARITIES:
            fine_enough = GRANULARITIES.index(granularity) <= GRANULARITIES.index(finest)
        else:
            fine_enough = True  # no limit, or one finer than anything that we have
        return action in self.entry["actions"] and fine_enough

    def shows(self, day: date) -> bool:
        """Whether history goes back this far."""
        return day.isoformat() >= str(self.entry.get("history_from", ""))

    def covers(self, facility: str) -> bool:
        """Whether this facility is among those given; without a list, all are."""
        return "facilities" not in self.entry or facility in self.entry["facilities"]


@dataclass(frozen=True, slots=True)
class Door:
    """Checks access tokens for one audience (RFC 9068 section 4)."""

    keys: IssuerKeys
    audience: str
    company: str
    algorithm: str = "ES256"

    async def admit(self, request: Request, scope: str) -> list[Access]:
        """Return the customers whom the request may ask about, or raise Refused."""
        claims = await self._claims(_bearer(request))
        if scope not in str(claims.get("scope", "")).split():
            raise Refused(403, "insufficient_scope", "the token lacks the scope", scope)
        return [
            Access(entry)
            for entry in claims.get("authorization_details", [])
            if entry["type"] == "customer_account" and entry["company"] == self.company
        ]

    async def _claims(self, token: str) -> dict[str, Any]:
        header = _header(token)
        if header.get("typ") not in {"at+jwt", "application/at+jwt"}:
            raise Refused(401, "invalid_token", "not an access token")
        key = await self.keys.find(str(header.get("kid", "")))
        try:
            claims = jwt.decode(token, key, algorithms=[self.algorithm]).claims
        except (JoseError, ValueError) as error:
            raise Refused(401, "invalid_token", "the signature is not the issuer's") from error
        now = self.keys.clock()
        if claims.get("iss") != self.keys.issuer or claims.get("aud") != self.audience:
            raise Refused(401, "invalid_token", "from another issuer or for another API")
        begins = max(claims.get("iat", math.inf), claims.get("nbf", 0))
        if not begins - SKEW <= now < claims.get("exp", 0) + SKEW:
            raise Refused(401, "invalid_token", "the token has expired")
        return claims


@dataclass(frozen=True, slots=True)
class Api:
    """One company's API."""

    door: Door
    records: Records

    async def get_invoices(self, request: Request) -> Response:
        """Every invoice of every customer that the token opens."""
        return _told({"invoices": await self._invoices(request)})

    async def get_invoice(self, request: Request) -> Response:
        """One invoice; 404 also where it exists but is another customer's."""
        wanted = request.path_params["id"]
        for invoice in await self._invoices(request):
            if invoice["id"] == wanted:
                return _told(invoice)
        raise Refused(404, text="no such invoice for these customers")

    async def get_consumption(self, request: Request) -> Response:
        """What was used, by year, month or day; days need a scope of their own."""
        granularity = request.query_params.get("granularity", "month")
        if granularity not in GRANULARITIES:
            raise Refused(400, "invalid_request", "granularity is year, month or day")
        scope = "consumption.interval:read" if granularity == "day" else "consumption:read"
        access = await self.door.admit(request, scope)
        found = [
            row
            for one in access
            if one.may(scope, granularity)
            for row in self._consumption(one, granularity)
        ]
        return _told({"granularity": granularity, "consumption": found})

    async def _invoices(self, request: Request) -> list[dict[str, Any]]:
        access = await self.door.admit(request, "invoices:read")
        return [
            _invoice(one, invoice)
            for one in access
            if one.may("invoices:read")
            for invoice in self.records.invoices(self.door.company, one.number)
            if one.shows(invoice.issued_on)
        ]

    def _consumption(self, access: Access, granularity: str) -> Iterable[dict[str, Any]]:
        def period(use: Use) -> tuple[str, str, str]:
            return use.facility, use.place, use.day.strftime(PERIOD[granularity])

        allowed = (
            use
            for use in self.records.consumption(self.door.company, access.number)
            if access.covers(use.facility) and access.shows(use.day)
        )
        for (facility, place, name), uses in groupby(allowed, period):
            yield {
                "customer": access.customer,
                "facility": facility,
                "place": place,
                "period": name,
                "kwh": round(sum(use.kwh for use in uses), 1),
            }


def build(doors: Iterable[Door], records: Records) -> Starlette:
    """Return the APIs of these companies as one application, each below its company's name."""
    routes = []
    for door in doors:
        api = Api(door, records)
        routes += [
            Route(f"/{door.company}/invoices", api.get_invoices),
            Route(f"/{door.company}/invoices/{{id}}", api.get_invoice),
            Route(f"/{door.company}/consumption", api.get_consumption),
        ]
    return Starlette(routes=routes, exception_handlers={Refused: _refuse})


def _bearer(request: Request) -> str:
    """Return the token of the Authorization header (RFC 6750 section 2.1); nowhere else."""
    given = request.headers.getlist("authorization")
    if len(given) > 1:
        raise Refused(400, "invalid_request", "more than one Authorization header")
    scheme, _, token = (given or [""])[0].partition(" ")
    if scheme.lower() != "bearer":
        raise Refused(401)  # no error code: section 3.1
    if not token or len(token) > MAX_TOKEN:
        raise Refused(401, "invalid_token", "not a token")
    return token


def _header(token: str) -> dict[str, Any]:
    """Read the header before the signature is judged: it only says with which key to judge."""
    part = token.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError as error:
        raise Refused(401, "invalid_token", "not a JWT") from error
    if not isinstance(header, dict):
        raise Refused(401, "invalid_token", "not a JWT")
    return header


def _invoice(access: Access, invoice: Invoice) -> dict[str, Any]:
    return {
        "id": invoice.id,
        "customer": access.customer,
        "number": invoice.number,
        "ocr": invoice.ocr,
        "issued_on": invoice.issued_on.isoformat(),
        "due_on": invoice.due_on.isoformat(),
        "amount": invoice.amount,
        "paid": invoice.paid,
    }


def _told(content: dict[str, Any]) -> Response:
    """Answer; nothing about a customer stays in a cache."""
    return JSONResponse(content, headers={"Cache-Control": "no-store"})


async def _refuse(_request: Request, refused: Exception) -> Response:
    if not isinstance(refused, Refused):
        raise refused
    headers = {"Cache-Control": "no-store"}
    if refused.status in {401, 403}:
        words = [f'error="{refused.error}"'] if refused.error else []
        words += [f'error_description="{refused.text}"'] if refused.error else []
        words += [f'scope="{refused.scope}"'] if refused.scope else []
        headers["WWW-Authenticate"] = ", ".join(['Bearer realm="customers"', *words])
    body = {"error": refused.error or "invalid_token", "error_description": refused.text}
    return JSONResponse(body, refused.status, headers)
