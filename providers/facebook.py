"""Facebook: OAuth 2 and the Graph API, since its OpenID Connect has no token endpoint to use.

There is no ID token and no nonce; that the answer is for us rests on the code being redeemed with
our secret, on `state`, and on a redirect address of its own. The subject is the app-scoped `id`.
Facebook verifies no e-mail. Nothing that it signs tells when the person logged in, so it is not
offered where a fresh login is demanded.

Facebook adds the fragment `#_=_` to the address that it sends the browser to. The browser keeps it
to itself and hands it on to whatever it is redirected to next, unless that names a fragment too.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from providers.base import Callback, ExternalIdentity, LoginAttempt
from providers.callback import Code, Declined, Trouble, read_outcome, require_same_login
from providers.dialect import hosts_for, language, without_empty
from providers.errors import UpstreamDenied, UpstreamUnavailable
from providers.failed_check import CheckFailed, refusing
from providers.graph import (
    DEFAULT_VERSION,
    TEMPORARY,
    VERSION,
    WRONG_SECRET,
    GraphError,
    appsecret_proof,
    read_graph_answer,
)
from providers.http import Answer, Outbound
from providers.observer import Observer
from providers.profile import Profile, read_email, read_name
from providers.registration import Registration, RegistrationInvalid
from providers.token_endpoint import read_fields, read_tokens

SITE = "https://www.facebook.com"
GRAPH = "https://graph.facebook.com"
LANGUAGES = {"sv": "sv_SE", "en": "en_US"}
FIELDS = "id,name,first_name,last_name,email"
CANCEL_CODES = frozenset({"access_denied"})
_SUCCESS = 200
_ID = re.compile(r"[0-9]{1,64}")
_DIALOG_CODE = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where Facebook is, and of which version."""

    issuer: str
    version: str
    dialog: str
    token: str
    me: str
    hosts: frozenset[str]


def addresses_of(registration: Registration) -> Addresses:
    """Return the addresses for a registration, or raise RegistrationInvalid."""
    version = registration.graph_version or DEFAULT_VERSION
    if not VERSION.fullmatch(version):
        raise RegistrationInvalid(
            registration.name,
            "graph_version",
            reason="not a Graph version",
            remedy=f"write it as {DEFAULT_VERSION}",
        )
    site = registration.dialog_address.rstrip("/") or SITE
    graph = registration.graph_address.rstrip("/") or GRAPH
    return Addresses(
        issuer=registration.issuer or site,
        version=version,
        dialog=f"{site}/{version}/dialog/oauth",
        token=f"{graph}/{version}/oauth/access_token",
        me=f"{graph}/{version}/me",
        hosts=hosts_for(registration, dialog_address=site, graph_address=graph),
    )


class FacebookProvider:
    """One configured Facebook app; implements `base.Provider`."""

    can_reauthenticate = False

    def __init__(
        self,
        registration: Registration,
        addresses: Addresses,
        *,
        outbound: Outbound,
        observer: Observer,
    ) -> None:
        self.registration = registration
        self.addresses = addresses
        self.outbound = outbound
        self._observer = observer

    @property
    def name(self) -> str:
        return self.registration.name

    @property
    def is_up(self) -> bool:
        return self.outbound.is_up

    async def start(self, attempt: LoginAttempt) -> str:
        """Return the address of the login dialog; asks the network nothing."""
        with refusing(self.name):
            _require_possible(attempt)
            self.outbound.require_up()
            parameters = without_empty(
                {
                    "client_id": self.registration.client_id,
                    "redirect_uri": attempt.redirect_uri,
                    "response_type": "code",
                    "scope": ",".join(self.registration.scopes or ("public_profile", "email")),
                    "state": attempt.state,
                    "auth_type": "reauthenticate" if attempt.choose_account else "",
                    "locale": language(attempt, LANGUAGES),
                }
            )
            return f"{self.addresses.dialog}?{urlencode(parameters, quote_via=quote, safe='')}"

    async def finish(self, attempt: LoginAttempt, callback: Callback) -> ExternalIdentity:
        """Redeem the code, read the profile with proof of the app secret, return who it is."""
        with refusing(self.name):
            _require_possible(attempt)
            require_same_login(attempt, callback, provider=self.name)
            code = self._code(callback.parameters)
            access_token, secret = await self._redeem(code, attempt)
            person = await self._ask_me(access_token, secret)
            subject = read_id(person.get("id"))
        for field in person.keys() - set(FIELDS.split(",")):
            self._observer.unknown_claim(self.name, field)
        profile = read_person(person)
        return ExternalIdentity(
            provider=self.name,
            issuer=self.addresses.issuer,
            subject=subject,
            client_id=self.registration.client_id,
            email=profile.email,
            name=profile.name,
            given_name=profile.given_name,
            family_name=profile.family_name,
        )

    def _code(self, parameters: Mapping[str, str]) -> Code:
        _require_no_dialog_error(self.name, parameters)
        match read_outcome(parameters, cancel_codes=CANCEL_CODES):
            case Code() as code:
                return code
            case Declined():
                raise UpstreamDenied(self.name)
            case Trouble(error):
                raise UpstreamUnavailable(self.name, detail=f"answered {error}")

    async def _redeem(self, code: Code, attempt: LoginAttempt) -> tuple[str, str]:
        """Return the access token and the secret that was accepted for it."""
        form = {"redirect_uri": attempt.redirect_uri, "code": code.value}
        error = GraphError(WRONG_SECRET, 0, "no secret is configured")
        for secret in self.registration.client_secrets:
            outcome = await self.ask_token(form, secret=secret)
            if isinstance(outcome, str):
                return outcome, secret
            error = outcome
            if not error.is_wrong_secret:
                break
        if error.code in TEMPORARY and not error.is_wrong_secret:
            raise UpstreamUnavailable(self.name, detail=error.detail)
        check = "client_authentication" if error.is_wrong_secret else "code_redemption"
        raise CheckFailed(check, detail=error.detail)

    async def ask_token(self, form: Mapping[str, str], *, secret: str) -> str | GraphError:
        """Send one token request by POST, which keeps the secret out of addresses and logs."""
        us = {"client_id": self.registration.client_id, "client_secret": secret}
        answer = await self.outbound.post(self.addresses.token, {**form, **us})
        return read_token(answer)

    async def _ask_me(self, access_token: str, secret: str) -> Mapping[str, Any]:
        query = {"fields": FIELDS, "appsecret_proof": appsecret_proof(secret, access_token)}
        answer = await self.outbound.get(
            f"{self.addresses.me}?{urlencode(query)}",
            endpoint="profile",
            headers={"Authorization": f"Bearer {access_token}"},
        )
        person = read_graph_answer(answer)
        if isinstance(person, GraphError):
            if person.code in TEMPORARY:
                raise UpstreamUnavailable(self.name, detail=person.detail)
            raise CheckFailed("graph_error", detail=person.detail)
        return person


def read_token(answer: Answer) -> str | GraphError:
    """Return the access token, from JSON or an old version's form, or the error."""
    if answer.status == _SUCCESS and not answer.body.lstrip().startswith(b"{"):
        return read_tokens(read_fields(answer.body)).access_token
    fields = read_graph_answer(answer)
    return fields if isinstance(fields, GraphError) else read_tokens(fields).access_token


def read_id(value: object) -> str:
    """The app-scoped id: digits as text, never a number, which would lose the last of them."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise CheckFailed("subject", detail="id is not a string of digits")
    return value


def read_person(person: Mapping[str, Any]) -> Profile:
    """Names and e-mail; an e-mail is absent when declined, and never verified."""
    return Profile(
        email=read_email(person.get("email")),
        name=read_name(person.get("name")),
        given_name=read_name(person.get("first_name")),
        family_name=read_name(person.get("last_name")),
    )


def _require_possible(attempt: LoginAttempt) -> None:
    if attempt.reauthenticate:
        raise CheckFailed("reauthentication", detail="this provider cannot")


def _require_no_dialog_error(provider: str, parameters: Mapping[str, str]) -> None:
    """Some errors of the dialog come as `error_code` alone, without the standard `error`."""
    if "error_code" not in parameters or "error" in parameters:
        return
    code = parameters["error_code"]
    number = int(code) if _DIALOG_CODE.fullmatch(code) else 0
    if number in TEMPORARY:
        raise UpstreamUnavailable(provider, detail=f"dialog error {number}")
    raise CheckFailed("authorization_error", detail=f"dialog error {number}")
