"""An authorization request, read and judged parameter by parameter.

`read_request` is called once a ReturnAddress exists, so every error in it can be sent home. Unknown
parameters are ignored, repeated ones refused (RFC 6749 section 3.1; OpenID Connect Core section
3.1.2.1).
"""

from dataclasses import dataclass

from broker.oauth.client import Client
from broker.oauth.errors import (
    InvalidRequest,
    InvalidScope,
    RegistrationNotSupported,
    RequestNotSupported,
    RequestUriNotSupported,
    UnsupportedResponseType,
)
from broker.oauth.parameters import Parameters
from broker.oauth.pkce import read_challenge
from broker.oauth.scopes import IDENTITY_SCOPES

PROMPTS = frozenset({"none", "login", "consent", "select_account"})
DISPLAYS = frozenset({"", "page", "popup", "touch", "wap"})
MAX_NONCE = 512
MAX_HINT = 254
LONGEST_AGE = 10 * 365 * 86400


@dataclass(frozen=True, slots=True)
class AuthorizeParams:
    """What the client asks for, checked. `max_age` is in seconds."""

    scopes: tuple[str, ...]
    nonce: str
    code_challenge: str
    prompts: frozenset[str]
    max_age: int | None
    ui_locales: tuple[str, ...]
    login_hint: str
    id_token_hint: str
    idp_hint: str


def read_request(parameters: Parameters, client: Client) -> AuthorizeParams:
    """Judge everything but client, redirect address, state and response mode."""
    parameters.refuse_repeated()
    _refuse_unsupported(parameters)
    if parameters.require("response_type") != "code":
        raise UnsupportedResponseType("response_type must be code")
    if parameters.get("display") not in DISPLAYS:
        raise InvalidRequest("display must be page, popup, touch or wap")
    return AuthorizeParams(
        scopes=_scopes(parameters, client),
        nonce=_short(parameters, "nonce", MAX_NONCE),
        code_challenge=read_challenge(
            parameters.get("code_challenge"),
            parameters.get("code_challenge_method"),
            required=client.requires_pkce,
        ),
        prompts=_prompts(parameters),
        max_age=_max_age(parameters.get("max_age")),
        ui_locales=parameters.words("ui_locales")[:8],
        login_hint=_short(parameters, "login_hint", MAX_HINT),
        id_token_hint=parameters.get("id_token_hint"),
        idp_hint=parameters.get("idp_hint"),
    )


def _refuse_unsupported(parameters: Parameters) -> None:
    if parameters.get("request"):
        raise RequestNotSupported("request objects are not supported")
    if parameters.get("request_uri"):
        raise RequestUriNotSupported("request objects are not supported")
    if parameters.get("registration"):
        raise RegistrationNotSupported("registration is not supported")


def _scopes(parameters: Parameters, client: Client) -> tuple[str, ...]:
    """What was asked for and may be given; words that we do not know are ignored (Core 3.1.2.1)."""
    known = {*IDENTITY_SCOPES, *client.resource.scopes}
    allowed = known.intersection(client.scopes)
    scopes = tuple(word for word in parameters.words("scope") if word in allowed)
    if not scopes:
        raise InvalidScope("scope names nothing that this client may have")
    return scopes


def _prompts(parameters: Parameters) -> frozenset[str]:
    prompts = frozenset(parameters.words("prompt"))
    if not prompts <= PROMPTS:
        raise InvalidRequest("prompt must be none, login, consent or select_account")
    if "none" in prompts and len(prompts) > 1:
        raise InvalidRequest("prompt=none cannot be combined")
    return prompts


def _max_age(value: str) -> int | None:
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 10):  # noqa: PLR2004 — enough for LONGEST_AGE
        raise InvalidRequest("max_age must be a number of seconds")
    return min(int(value), LONGEST_AGE)


def _short(parameters: Parameters, name: str, limit: int) -> str:
    value = parameters.get(name)
    if len(value) > limit:
        raise InvalidRequest(f"{name} is longer than {limit} characters")
    return value
