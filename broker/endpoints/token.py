"""`/token` (RFC 6749 section 3.2): POST only, client-authenticated, never cached."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from broker.clients.authenticate import AuthenticatedClient, ClientAuthentication
from broker.endpoints.forms import NotAForm, read_form
from broker.endpoints.json_answers import error_answer, json_answer
from broker.grants.token_answer import TokenAnswer
from broker.oauth.errors import InvalidClient, InvalidRequest, OAuthError, UnsupportedGrantType
from broker.oauth.parameters import Parameters
from broker.telemetry.log import Log, RequestRefused
from broker.telemetry.logins import CodeRedeemed

CHALLENGE = {"WWW-Authenticate": 'Basic realm="token", charset="UTF-8"'}


class Grant(Protocol):
    """What a grant type does with an authenticated client's request."""

    async def __call__(
        self, client: AuthenticatedClient, parameters: Parameters
    ) -> TokenAnswer: ...


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """`grants` by `grant_type`."""

    authenticate: ClientAuthentication
    grants: Mapping[str, Grant]
    log: Log

    async def post(self, request: Request) -> Response:
        """Tokens, or an error."""
        try:
            return json_answer((await self._answer(request)).members())
        except OAuthError as error:
            self.log.write(RequestRefused(path="/token", code=error.code, detail=error.detail))
            return error_answer(error, CHALLENGE if isinstance(error, InvalidClient) else None)

    async def _answer(self, request: Request) -> TokenAnswer:
        try:
            parameters = await read_form(request)
        except NotAForm:
            raise InvalidRequest("the body must be a form") from None
        parameters.refuse_repeated()
        authorization = ", ".join(request.headers.getlist("authorization"))
        client = await self.authenticate(authorization, parameters)
        grant = self.grants.get(parameters.require("grant_type"))
        if grant is None:
            raise UnsupportedGrantType("grant_type is not supported")
        answer = await grant(client, parameters)
        self.log.write(
            CodeRedeemed(
                client.client_id,
                client.resource.algorithm,
                client.id_token_algorithm if answer.id_token else "",
                answer.login_id,
            )
        )
        return answer
