"""`/jwks/canary`: a service gets a token that the next key has signed, to test itself with.

Whoever refuses it would refuse good tokens from the next rotation on: it does not fetch the keys
anew when it meets a `kid` that it does not know. The token opens nothing anywhere.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from broker.clients.authenticate import AuthenticatedClient, ClientAuthentication
from broker.endpoints.forms import NotAForm, read_form
from broker.endpoints.json_answers import error_answer, json_answer
from broker.endpoints.token import CHALLENGE
from broker.oauth.errors import (
    InvalidClient,
    InvalidRequest,
    OAuthError,
    TooManyRequests,
    UnauthorizedClient,
)
from broker.oauth.parameters import Parameters, read_parameters
from broker.storage.ports import Shelf, TransientStore
from broker.telemetry.keys import CanaryMinted
from broker.telemetry.log import Log, RequestRefused
from broker.tokens.mint import CANARY_SECONDS, Mint

AT_MOST: Final = 60
"""Canaries of one client in a minute: each costs a signature, and a test needs a few."""
_WINDOW: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class CanaryEndpoint:
    """POST only, authenticated as at `/token`; a public client could be anybody."""

    authenticate: ClientAuthentication
    mint: Mint
    store: TransientStore
    log: Log

    async def post(self, request: Request) -> Response:
        """The token, or an error."""
        try:
            return json_answer(await self._answer(request))
        except OAuthError as error:
            self.log.write(RequestRefused("/jwks/canary", error.code, error.detail))
            return error_answer(error, _headers(error))

    async def _answer(self, request: Request) -> dict[str, object]:
        parameters = await _parameters(request)
        parameters.refuse_repeated()
        authorization = ", ".join(request.headers.getlist("authorization"))
        client = await self.authenticate(authorization, parameters)
        if not client.secret_hashes:
            raise UnauthorizedClient("a canary is for clients that have a secret")
        if await self.store.count(Shelf.CANARIES, _key(client), window=_WINDOW) > AT_MOST:
            raise TooManyRequests(f"at most {AT_MOST} canaries a minute")
        token = self.mint.canary(client)
        self.log.write(CanaryMinted(client.client_id, client.resource.algorithm))
        return {"access_token": token, "token_type": "Bearer", "expires_in": CANARY_SECONDS}


def _key(client: AuthenticatedClient) -> bytes:
    return hashlib.sha256(client.client_id.encode()).digest()


def _headers(error: OAuthError) -> Mapping[str, str] | None:
    if isinstance(error, TooManyRequests):
        return {"Retry-After": f"{_WINDOW.total_seconds():.0f}"}
    return CHALLENGE if isinstance(error, InvalidClient) else None


async def _parameters(request: Request) -> Parameters:
    """Of the form, if there is one: who authenticates in a header has nothing to say in a body."""
    if not await request.body():
        return read_parameters(b"")
    try:
        return await read_form(request)
    except NotAForm:
        raise InvalidRequest("the body must be a form") from None
