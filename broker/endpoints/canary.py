"""`/jwks/canary`: a service gets a token that the next key has signed, to test itself with.

Whoever refuses it would refuse good tokens from the next rotation on: it does not fetch the keys
anew when it meets a `kid` that it does not know. The token opens nothing anywhere.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from broker.clients.authenticate import ClientAuthentication
from broker.endpoints.forms import NotAForm, read_form
from broker.endpoints.json_answers import error_answer, json_answer
from broker.endpoints.token import CHALLENGE
from broker.oauth.errors import InvalidClient, InvalidRequest, OAuthError, UnauthorizedClient
from broker.oauth.parameters import Parameters, read_parameters
from broker.telemetry.keys import CanaryMinted
from broker.telemetry.log import Log, RequestRefused
from broker.tokens.mint import CANARY_SECONDS, Mint


@dataclass(frozen=True, slots=True)
class CanaryEndpoint:
    """POST only, authenticated as at `/token`; a public client could be anybody."""

    authenticate: ClientAuthentication
    mint: Mint
    log: Log

    async def post(self, request: Request) -> Response:
        """The token, or an error."""
        try:
            return json_answer(await self._answer(request))
        except OAuthError as error:
            self.log.write(RequestRefused("/jwks/canary", error.code, error.detail))
            return error_answer(error, CHALLENGE if isinstance(error, InvalidClient) else None)

    async def _answer(self, request: Request) -> dict[str, object]:
        parameters = await _parameters(request)
        parameters.refuse_repeated()
        authorization = ", ".join(request.headers.getlist("authorization"))
        client = await self.authenticate(authorization, parameters)
        if not client.secret_hashes:
            raise UnauthorizedClient("a canary is for clients that have a secret")
        token = self.mint.canary(client)
        self.log.write(CanaryMinted(client.client_id, client.resource.algorithm))
        return {"access_token": token, "token_type": "Bearer", "expires_in": CANARY_SECONDS}


async def _parameters(request: Request) -> Parameters:
    """Of the form, if there is one: who authenticates in a header has nothing to say in a body."""
    if not await request.body():
        return read_parameters(b"")
    try:
        return await read_form(request)
    except NotAForm:
        raise InvalidRequest("the body must be a form") from None
