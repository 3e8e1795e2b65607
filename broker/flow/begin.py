"""An authorization request's first minute: prove the client and its address, judge the rest.

A failure before the address is proved raises; after it, every error is an answer to the client.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from broker.flow.auth_request import AuthRequest
from broker.oauth.client import Client
from broker.oauth.errors import InvalidRequest, OAuthError
from broker.oauth.parameters import Parameters
from broker.oauth.requests import AuthorizeParams, read_request
from broker.oauth.return_address import ReturnAddress, SendBack, prove_redirect, response_mode
from broker.tokens.read import Hint


class UnknownClient(Exception):
    """No such client: answered by a page, never by a redirect."""


class ClientFinder(Protocol):
    """Where clients are looked up."""

    async def find(self, client_id: str) -> Client | None: ...


class HintReader(Protocol):
    """Reads an ID token of ours that comes back as a hint."""

    def read_hint(self, token: str) -> Hint | None: ...


@dataclass(frozen=True, slots=True)
class Begun:
    """A request that the flow can take from here."""

    client: Client
    request: AuthRequest


@dataclass(frozen=True, slots=True)
class Begin:
    """The use-case; `new_id` makes 128-bit random names."""

    clients: ClientFinder
    hints: HintReader
    issuer: str
    languages: tuple[str, ...]
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    async def __call__(self, parameters: Parameters) -> Begun | SendBack:
        """Raises UnknownClient, RedirectMismatch or InvalidRequest while nothing is proved."""
        client = await self.clients.find(parameters.get("client_id"))
        if client is None:
            raise UnknownClient
        uri = prove_redirect(client, parameters.get("redirect_uri"))
        address = ReturnAddress(uri, *_state_and_mode(parameters), self.issuer)
        try:
            # Judged again, now that an error in them has somewhere to go.
            parameters.get("state")
            response_mode(parameters.get("response_mode"))
            asked = read_request(parameters, client)
            return Begun(client, self._request(client, address, asked))
        except OAuthError as error:
            return address.refuse(error)

    def _request(
        self, client: Client, address: ReturnAddress, asked: AuthorizeParams
    ) -> AuthRequest:
        return AuthRequest(
            id=self.new_id(),
            created_at=int(self.clock().timestamp()),
            client_id=client.client_id,
            redirect_uri=address.uri,
            response_mode=address.mode,
            state=address.state,
            scopes=asked.scopes,
            nonce=asked.nonce,
            code_challenge=asked.code_challenge,
            silent="none" in asked.prompts,
            reauthenticate="login" in asked.prompts or asked.max_age == 0,
            select_account="select_account" in asked.prompts,
            ask_consent="consent" in asked.prompts,
            max_age=asked.max_age,
            hinted_subject=self._hinted_subject(client, asked.id_token_hint),
            login_hint=asked.login_hint,
            idp_hint=asked.idp_hint,
            language=speak(asked.ui_locales, self.languages),
        )

    def _hinted_subject(self, client: Client, token: str) -> str:
        if not token:
            return ""
        hint = self.hints.read_hint(token)
        if hint is None or hint.client_id != client.client_id:
            raise InvalidRequest("id_token_hint is not an ID token of ours for this client")
        return hint.subject


def _state_and_mode(parameters: Parameters) -> tuple[str, str]:
    """What can be read of them: an error in one must still reach the client."""
    state = "" if "state" in parameters.repeated else parameters.get("state")
    repeated = "response_mode" in parameters.repeated
    form = not repeated and parameters.get("response_mode") == "form_post"
    return state, "form_post" if form else "query"


def speak(wanted: tuple[str, ...], languages: tuple[str, ...]) -> str:
    """The first wanted language that we have (BCP 47 prefix), or empty."""
    for tag in wanted:
        language = tag.partition("-")[0].lower()
        if language in languages:
            return language
    return ""
