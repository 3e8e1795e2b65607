"""Signing in at an OpenID Provider: authorization code flow with nonce and proof key.

The same for all of them (OpenID Connect Core section 3.1, RFC 9700 section 2.1); in what they
differ is said by a `Dialect`. An answer without an ID token is a failed login. The upstream's
tokens live as long as `finish` runs and go nowhere.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from providers.base import Callback, ExternalIdentity, LoginAttempt
from providers.callback import (
    Code,
    Declined,
    Trouble,
    read_outcome,
    require_issuer,
    require_same_login,
)
from providers.dialect import Dialect
from providers.errors import UpstreamDenied, UpstreamUnavailable
from providers.failed_check import CheckFailed, refusing
from providers.http import Outbound
from providers.id_token import Check, Expectation, IdTokens, SignedClaims
from providers.jwks import RemoteKeys
from providers.metadata import Discovery, Metadata
from providers.observer import Observer
from providers.profile import read_profile, read_word
from providers.registration import Registration
from providers.strict_json import read_object
from providers.token_endpoint import (
    Refusal,
    Tokens,
    authenticate,
    read_token_answer,
)

_OK = 200


class OidcProvider:
    """One configured OpenID Provider; implements `base.Provider`."""

    def __init__(
        self,
        registration: Registration,
        dialect: Dialect,
        *,
        outbound: Outbound,
        clock: Callable[[], datetime],
        observer: Observer,
    ) -> None:
        self.registration = registration
        self.dialect = dialect
        self.outbound = outbound
        self._clock = clock
        self._observer = observer
        self.discovery = Discovery(
            registration.name,
            outbound,
            url=dialect.discovery_url,
            issuer=dialect.issuer,
            clock=clock,
            observer=observer,
        )
        self.keys = RemoteKeys(
            registration.name,
            outbound,
            algorithms=dialect.algorithms,
            clock=clock,
            observer=observer,
        )
        known = Check("issuer", lambda it: bool(dialect.canonical_issuer(it.claims.get("iss"))))
        self._id_tokens = IdTokens(
            self.keys, algorithms=dialect.algorithms, checks=(known, *dialect.checks)
        )

    @property
    def name(self) -> str:
        return self.registration.name

    @property
    def can_reauthenticate(self) -> bool:
        return self.dialect.can_reauthenticate

    @property
    def is_up(self) -> bool:
        return self.outbound.is_up

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secrets to try, newest first; a public client has one that is never sent."""
        public = self.dialect.client_auth == "none"
        return ("",) if public else self.registration.client_secrets

    async def start(self, attempt: LoginAttempt) -> str:
        """Return the address of the provider's login page for this attempt.

        Raises UpstreamInvalid when a fresh login is demanded that this provider cannot give.
        """
        with refusing(self.name):
            self._require_possible(attempt)
            self.outbound.require_up()
            metadata = await self.discovery.current()
            return _with_query(metadata.authorization_endpoint, self._parameters(attempt, metadata))

    async def finish(self, attempt: LoginAttempt, callback: Callback) -> ExternalIdentity:
        """Redeem the code, verify the ID token, and return who it is."""
        with refusing(self.name):
            self._require_possible(attempt)
            require_same_login(attempt, callback, provider=self.name)
            code = self._code(callback)
            metadata = await self.discovery.current()
            self._require_issuer(callback, promised=metadata.promises_iss)
            tokens = await self._redeem(code, attempt, metadata)
            claims = await self._verify(tokens, attempt, metadata)
            self._require_same_issuer(callback, claims)
            userinfo = await self._userinfo(tokens, claims, metadata)
        for claim in self.dialect.ledger.unknown(claims):
            self._observer.unknown_claim(self.name, claim)
        return self._identity(claims, userinfo)

    def _require_possible(self, attempt: LoginAttempt) -> None:
        if attempt.reauthenticate and not self.can_reauthenticate:
            raise CheckFailed("reauthentication", detail="this provider cannot")

    def _parameters(self, attempt: LoginAttempt, metadata: Metadata) -> dict[str, str]:
        parameters = {
            "client_id": self.registration.client_id,
            "response_type": "code",
            "redirect_uri": attempt.redirect_uri,
            "scope": " ".join(self.dialect.scopes),
            "state": attempt.state,
            "nonce": attempt.nonce,
        }
        if self.sends_challenge(metadata):
            parameters["code_challenge"] = create_s256_code_challenge(attempt.code_verifier)
            parameters["code_challenge_method"] = "S256"
        return {**self.dialect.asks(attempt), **parameters}

    def sends_challenge(self, metadata: Metadata) -> bool:
        """Whether a proof key goes with the request (RFC 7636)."""
        match self.dialect.pkce:
            case "force":
                return True
            case "never":
                return False
            case "auto":
                return "S256" in metadata.challenge_methods

    def _code(self, callback: Callback) -> Code:
        self._require_issuer(callback, promised=False)
        match read_outcome(callback.parameters, cancel_codes=self.dialect.cancel_codes):
            case Code() as code:
                return code
            case Declined():
                raise UpstreamDenied(self.name)
            case Trouble(error):
                raise UpstreamUnavailable(self.name, detail=f"answered {error}")

    async def _redeem(self, code: Code, attempt: LoginAttempt, metadata: Metadata) -> Tokens:
        """Exchange the code; a secret that is refused gives way to the next one, if any."""
        form = {
            "grant_type": "authorization_code",
            "code": code.value,
            "redirect_uri": attempt.redirect_uri,
        }
        if self.sends_challenge(metadata):
            form["code_verifier"] = attempt.code_verifier
        refusal = Refusal("invalid_client", "no secret is configured")
        for secret in self.secrets:
            outcome = await self.ask_token_endpoint(metadata, form, secret=secret)
            if isinstance(outcome, Tokens):
                return outcome
            refusal = outcome
            if refusal.error != "invalid_client":
                break
        if refusal.error in {"server_error", "temporarily_unavailable"}:
            raise UpstreamUnavailable(self.name, detail=refusal.detail)
        refused_us = refusal.error == "invalid_client"
        raise CheckFailed(
            "client_authentication" if refused_us else "code_redemption", detail=refusal.detail
        )

    async def ask_token_endpoint(
        self, metadata: Metadata, form: Mapping[str, str], *, secret: str
    ) -> Tokens | Refusal:
        """Send one token request with this secret; also how `check` tries a secret."""
        fields, headers = authenticate(
            self.dialect.client_auth, self.registration.client_id, secret
        )
        answer = await self.outbound.post(
            metadata.token_endpoint, {**form, **fields}, headers=headers
        )
        return read_token_answer(answer)

    async def _verify(
        self, tokens: Tokens, attempt: LoginAttempt, metadata: Metadata
    ) -> SignedClaims:
        if tokens.id_token is None:
            raise CheckFailed("id_token", detail="the token response holds none")
        expected = Expectation(
            client_id=self.registration.client_id,
            nonce=attempt.nonce,
            access_token=tokens.access_token,
            now=self._clock(),
            started_at=attempt.started_at,
            authenticated_since=authenticated_since(attempt),
            requires_auth_time=self.dialect.proves_auth_time,
        )
        return await self._id_tokens.verify(tokens.id_token, expected, jwks_uri=metadata.jwks_uri)

    def _require_issuer(self, callback: Callback, *, promised: bool) -> None:
        require_issuer(callback, canonical_issuer=self.dialect.canonical_issuer, promised=promised)

    def _require_same_issuer(self, callback: Callback, claims: SignedClaims) -> None:
        canonical = self.dialect.canonical_issuer
        said = callback.parameters.get("iss")
        if said is not None and canonical(said) != canonical(claims["iss"]):
            raise CheckFailed("response_issuer", detail="not the issuer of the ID token")

    async def _userinfo(
        self, tokens: Tokens, claims: SignedClaims, metadata: Metadata
    ) -> Mapping[str, Any]:
        """Claims of the userinfo endpoint, or none: it only adds what is shown."""
        wanted = self.dialect.userinfo == "on" or (
            self.dialect.userinfo == "fallback" and "email" not in claims
        )
        if not wanted or not metadata.userinfo_endpoint:
            return {}
        headers = {"Authorization": f"Bearer {tokens.access_token}"}
        try:
            answer = await self.outbound.get(
                metadata.userinfo_endpoint, endpoint="profile", headers=headers
            )
        except UpstreamUnavailable:
            return {}
        if answer.status != _OK:
            return {}
        userinfo = read_object(answer.body, check="userinfo")
        if userinfo.get("sub") != claims["sub"]:
            raise CheckFailed("userinfo_subject", detail="not the subject of the ID token")
        return userinfo

    def _identity(self, claims: SignedClaims, userinfo: Mapping[str, Any]) -> ExternalIdentity:
        subject = self.dialect.subject(claims)
        profile = read_profile(claims, userinfo, email_is_verified=self.dialect.email_is_verified)
        methods = claims.get("amr")
        return ExternalIdentity(
            provider=self.name,
            issuer=self.dialect.canonical_issuer(claims["iss"]),
            subject=subject.subject,
            client_id=self.registration.client_id,
            other_subjects=subject.others,
            email=profile.email,
            email_verified=profile.email_verified,
            name=profile.name,
            given_name=profile.given_name,
            family_name=profile.family_name,
            auth_time=_moment(claims.get("auth_time")),
            acr=read_word(claims.get("acr")),
            amr=_words(methods) if isinstance(methods, list) else (),
            upstream_sid=read_word(claims.get("sid")),
        )


def authenticated_since(attempt: LoginAttempt) -> datetime | None:
    """The time before which an authentication is too old for this attempt, if it matters."""
    if attempt.reauthenticate:
        return attempt.started_at
    if attempt.max_age is not None:
        return attempt.started_at - timedelta(seconds=attempt.max_age)
    return None


def _with_query(endpoint: str, parameters: Mapping[str, str]) -> str:
    separator = "&" if urlsplit(endpoint).query else "?"
    return endpoint + separator + urlencode(parameters, quote_via=quote, safe="")


def _moment(value: float | None) -> datetime | None:
    """`auth_time` after its check: a NumericDate or absent."""
    return None if value is None else datetime.fromtimestamp(value, UTC)


def _words(values: list[object]) -> tuple[str, ...]:
    return tuple(word for value in values if (word := read_word(value)) is not None)
