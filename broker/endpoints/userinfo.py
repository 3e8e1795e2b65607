"""`/userinfo`: the token in the Authorization header or a posted form, never in an address.

RFC 6750 sections 2.1, 2.2 and 3; OpenID Connect Core section 5.3.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from broker.endpoints.forms import FORM, read_form
from broker.endpoints.json_answers import error_answer, json_answer
from broker.oauth.errors import InvalidRequest, InvalidToken, OAuthError
from broker.tokens.userinfo import UserInfo


class NoToken(Exception):
    """No token at all: the challenge names no error (RFC 6750 section 3.1)."""


@dataclass(frozen=True, slots=True)
class UserInfoEndpoint:
    """GET and POST."""

    userinfo: UserInfo

    async def answer(self, request: Request) -> Response:
        """The claims as JSON."""
        try:
            return json_answer(await self.userinfo(await _token(request)))
        except NoToken:
            return error_answer(
                InvalidToken("an access token is needed"), {"WWW-Authenticate": "Bearer"}
            )
        except OAuthError as error:
            challenge = f'Bearer error="{error.code}", error_description="{error.description}"'
            return error_answer(error, {"WWW-Authenticate": challenge})


async def _token(request: Request) -> str:
    """From the header or the body; both at once is an error (RFC 6750 section 2)."""
    headers = request.headers.getlist("authorization")
    in_body = await _token_in_body(request)
    if len(headers) + bool(in_body) > 1:
        raise InvalidRequest("the access token was sent in more than one way")
    if in_body:
        return in_body
    scheme, _, token = (headers[0] if headers else "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NoToken
    return token.strip()


async def _token_in_body(request: Request) -> str:
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method != "POST" or content_type != FORM:
        return ""
    return (await read_form(request)).get("access_token")
