"""Is a provider set up right? Asks it what can be asked without a person, for the operator.

Discovery, algorithms, keys, each secret (by redeeming a made-up code), and dates that draw near.
What only a person at a browser can find out, such as consent pages, is in `guide`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from providers.errors import UpstreamUnavailable
from providers.facebook import FacebookProvider
from providers.failed_check import CheckFailed
from providers.graph import DEFAULT_VERSION, last_day
from providers.jwks import MIN_RSA_BITS
from providers.metadata import Metadata
from providers.oidc import OidcProvider
from providers.registration import Registration
from providers.token_endpoint import Refusal

MADE_UP_CODE = "made-up-code-of-a-configuration-check"
MADE_UP_VERIFIER = "made-up-verifier-of-a-configuration-check-0"
SECRET_WARNINGS = (3, 14, 30)
VERSION_WARNING = timedelta(days=180)
_EXPIRED_SECRET = "7000222"  # Microsoft's number for it


class Level(StrEnum):
    """How bad it is: an error keeps people from signing in."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found, and what to do about it (empty when all is well)."""

    level: Level
    text: str
    remedy: str = ""


async def check(
    provider: OidcProvider | FacebookProvider, *, redirect_uri: str, today: date
) -> list[Finding]:
    """Return what was found, best read in order. Never raises for what the provider does."""
    findings = list(check_secret_date(provider.registration, today=today))
    try:
        match provider:
            case OidcProvider():
                findings += await _check_oidc(provider, redirect_uri)
            case FacebookProvider():
                findings += check_version(provider.addresses.version, today=today)
                findings += await _check_facebook(provider)
    except CheckFailed as failure:
        findings.append(_refused(failure))
    except UpstreamUnavailable as error:
        findings.append(
            Finding(
                Level.ERROR,
                f"no answer: {error.detail}",
                "check that this machine may reach the provider, and the provider's status page",
            )
        )
    return findings


def check_secret_date(registration: Registration, *, today: date) -> Iterable[Finding]:
    """Warn 30, 14 and 3 days before the secret ends, and tell when it has."""
    expires = registration.secret_expires_on
    if expires is None:
        return
    days = (expires - today).days
    remedy = "make a second secret there, put it first in client_secrets, then remove the old one"
    if days < 0:
        yield Finding(Level.ERROR, f"the secret ended on {expires}", remedy)
    elif any(days <= limit for limit in SECRET_WARNINGS):
        limit = min(limit for limit in SECRET_WARNINGS if days <= limit)
        text = f"the secret ends on {expires}, in {days} days (fewer than {limit + 1})"
        yield Finding(Level.WARNING, text, remedy)
    else:
        yield Finding(Level.OK, f"the secret is good until {expires}")


def check_version(version: str, *, today: date) -> Iterable[Finding]:
    """Warn half a year before a Graph version ends; calls to an ended one are served by another."""
    last = last_day(version)
    remedy = f"set graph_version to a current one, such as {DEFAULT_VERSION}, and try a login"
    if last is None:
        text = f"it is not known when Graph {version} ends"
        yield Finding(Level.WARNING, text, "look it up in Meta's changelog")
    elif last < today:
        yield Finding(Level.ERROR, f"Graph {version} ended on {last}", remedy)
    elif last - today < VERSION_WARNING:
        yield Finding(Level.WARNING, f"Graph {version} ends on {last}", remedy)
    else:
        yield Finding(Level.OK, f"Graph {version} lives until {last}")


async def _check_oidc(provider: OidcProvider, redirect_uri: str) -> list[Finding]:
    metadata = await provider.discovery.fetch()
    findings = [Finding(Level.OK, f"discovery names the issuer {metadata.issuer}")]
    findings += check_metadata(provider, metadata)
    keys = await provider.keys.fetch(metadata.jwks_uri)
    accepted = ", ".join(provider.dialect.algorithms)
    if keys:
        findings.append(Finding(Level.OK, f"{len(keys)} keys usable for {accepted}"))
    else:
        text = f"no key for {accepted} (RSA needs {MIN_RSA_BITS} bits)"
        findings.append(Finding(Level.ERROR, text, "ask the provider, or set `algorithms`"))
    for number, secret in enumerate(provider.secrets, 1):
        findings.append(await _try_secret(provider, metadata, redirect_uri, secret, number))
    return findings


def check_metadata(provider: OidcProvider, metadata: Metadata) -> Iterable[Finding]:
    """Compare what the provider offers with what we shall ask of it."""
    dialect = provider.dialect
    if metadata.algorithms and not set(metadata.algorithms) & set(dialect.algorithms):
        offered = ", ".join(metadata.algorithms)
        text = f"it signs with {offered}, we accept {', '.join(dialect.algorithms)}"
        yield Finding(Level.ERROR, text, "set `algorithms` to one of both lists")
    if metadata.auth_methods and dialect.client_auth not in {*metadata.auth_methods, "none"}:
        text = f"it does not offer {dialect.client_auth}"
        yield Finding(Level.ERROR, text, f"set `client_auth` to {metadata.auth_methods[0]}")
    missing = set(dialect.scopes) - set(metadata.scopes)
    if metadata.scopes and missing:
        text = f"it does not offer the scope {', '.join(sorted(missing))}"
        yield Finding(Level.WARNING, text, "remove it from `scopes`")
    unadvertised = dialect.pkce == "force" and "S256" not in metadata.challenge_methods
    if unadvertised and provider.registration.kind == "oidc":
        text = "a proof key (PKCE) is sent though its metadata does not mention it"
        yield Finding(Level.WARNING, text, "if logins fail there, set pkce to `auto`")


async def _try_secret(
    provider: OidcProvider, metadata: Metadata, redirect_uri: str, secret: str, number: int
) -> Finding:
    form = {
        "grant_type": "authorization_code",
        "code": MADE_UP_CODE,
        "redirect_uri": redirect_uri,
    }
    if provider.sends_challenge(metadata):
        form["code_verifier"] = MADE_UP_VERIFIER
    outcome = await provider.ask_token_endpoint(metadata, form, secret=secret)
    if not isinstance(outcome, Refusal):
        return Finding(
            Level.ERROR,
            "a made-up code was redeemed",
            "do not use this provider: it checks nothing",
        )
    return judge_secret(outcome, number)


def judge_secret(refusal: Refusal, number: int) -> Finding:
    """What the refusal of a made-up code says of the secret that came with it."""
    match refusal.error:
        case "invalid_grant":
            return Finding(Level.OK, f"secret {number} is accepted")
        case "invalid_client" if _EXPIRED_SECRET in refusal.detail:
            remedy = "make a new secret there and put it first in client_secrets"
            return Finding(Level.ERROR, f"secret {number} has ended", remedy)
        case "invalid_client" | "unauthorized_client":
            remedy = "copy the secret's value (not its id) and the client id again"
            text = f"secret {number} or the client id is refused ({refusal.detail})"
            return Finding(Level.ERROR, text, remedy)
        case "redirect_uri_mismatch":
            remedy = "register the redirect address that `farstu providers guide` prints"
            return Finding(Level.ERROR, "the redirect address is not registered", remedy)
        case _:
            text = f"secret {number} was neither accepted nor refused ({refusal.detail})"
            return Finding(Level.WARNING, text, "try a login")


async def _check_facebook(provider: FacebookProvider) -> list[Finding]:
    findings = []
    for number, secret in enumerate(provider.registration.client_secrets, 1):
        outcome = await provider.ask_token({"grant_type": "client_credentials"}, secret=secret)
        if isinstance(outcome, str):
            findings.append(Finding(Level.OK, f"secret {number} is accepted"))
        elif outcome.is_wrong_secret:
            text = f"secret {number} or the app id is refused ({outcome.detail})"
            remedy = "copy App ID and App secret from Settings, Basic, again"
            findings.append(Finding(Level.ERROR, text, remedy))
        else:
            text = f"secret {number} was neither accepted nor refused ({outcome.detail})"
            findings.append(Finding(Level.WARNING, text, "try again later, or try a login"))
    return findings


def _refused(failure: CheckFailed) -> Finding:
    remedies = {
        "metadata_issuer": "set the issuer (or authority and tenant) exactly as the provider does",
        "metadata_endpoint": "add the host to allowed_hosts if it is the provider's own",
        "address": "the address must be https and its host the provider's, or in allowed_hosts",
        "redirect": "give the address that it redirects to; redirects are not followed",
    }
    text = f"check failed: {failure.check} ({failure.detail})"
    return Finding(Level.ERROR, text, remedies.get(failure.check, "ask the provider"))
