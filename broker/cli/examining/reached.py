"""Checks of what is reached: providers, our own address as others see it, certificates."""

import asyncio
from collections.abc import Iterable
from urllib.parse import urlsplit

import httpx2
from cryptography import x509

from broker.app.doors import discovery
from broker.app.posting import mail_channel
from broker.cli.examining.installation import Installation
from broker.upkeep.certificates import judge_end, look_at_certificate
from broker.upkeep.clocks import judge_clock, stated_date
from broker.upkeep.finding import Finding, Outcome, error, ok
from broker.upkeep.own_documents import judge_keys, judge_metadata
from broker.wiring.providers import build_providers, callback_uri, registrations
from keys.ring import PUBLISHED
from providers import AnyProvider
from providers import Finding as Told
from providers.check import check, check_secret_date

_PATIENCE = 15.0
_HTTPS = 443


async def look_at_secret_dates(whole: Installation) -> Iterable[Finding]:
    """What a provider's console said about when our secret ends."""
    today = whole.now().date()
    return [
        _as_ours(name, each)
        for name, registered in registrations(whole.settings).items()
        for each in check_secret_date(registered, today=today)
    ]


async def look_at_upstreams(whole: Installation) -> Iterable[Finding]:
    """As `farstu providers check`, all at once; and what time their answers say that it is."""
    ready = build_providers(whole.settings, clock=whole.now, client=whole.upstreams)
    if not ready.providers:
        return [
            error("providers", "none is enabled", "Begin with `farstu providers guide google`.")
        ]
    dates: dict[str, Finding] = {}

    async def note_date(response: httpx2.Response) -> None:
        theirs = stated_date(response.headers)
        if theirs is not None:
            dates[response.url.host] = judge_clock(response.url.host, theirs, whole.now())

    ready.client.event_hooks["response"].append(note_date)
    try:
        found = await asyncio.gather(
            *(_ask(whole, name, each) for name, each in ready.providers.items())
        )
    finally:
        if whole.upstreams is None:
            await ready.client.aclose()
    return [*(each for findings in found for each in findings), *_clocks(dates)]


async def look_at_own_address(whole: Installation) -> Iterable[Finding]:
    """What portals see at the issuer's address."""
    issuer, expected = whole.settings.issuer, discovery(whole.settings).content
    try:
        metadata = await whole.http.get(f"{issuer}/.well-known/openid-configuration")
        keys = await whole.http.get(f"{issuer}/jwks")
    except httpx2.HTTPError as failed:
        return [
            error(
                "our own address",
                f"{issuer} does not answer: {str(failed) or type(failed).__name__}",
                "See that a broker runs, that the proxy leads to it, and that this machine may "
                "reach its own public address.",
            )
        ]
    findings = [judge_metadata(metadata.content, expected)]
    if whole.storage is not None:
        records = await whole.storage.keys.all()
        kids = [each.kid for each in records if each.state in PUBLISHED]
        findings.append(judge_keys(keys.content, kids))
    theirs = stated_date(metadata.headers)
    if theirs is not None:
        findings.append(judge_clock("our own address", theirs, whole.now()))
    return findings


async def look_at_mail_server(whole: Installation) -> Iterable[Finding]:
    """Whether it takes us: connection, certificate, login. Nothing is sent."""
    if whole.settings.outbound.email != "smtp":
        return []
    reason = await mail_channel(whole.settings).greet()
    if not reason:
        return [ok("mail server", "takes us")]
    return [
        error(
            "mail server",
            f"does not take us: {reason}",
            "See [outbound.smtp], and that this machine may reach it: docs/notices.md has the "
            "reasons.",
        )
    ]


async def look_at_tls(whole: Installation) -> Iterable[Finding]:
    """The certificate that visitors are shown."""
    parts = urlsplit(whole.settings.issuer)
    if parts.scheme != "https":
        return []
    port = parts.port or _HTTPS
    return [
        await look_at_certificate(parts.hostname or "", port, now=whole.now(), trust=whole.trust)
    ]


async def look_at_certificate_file(whole: Installation) -> Iterable[Finding]:
    """The certificate that we show where TLS ends here; that it fits is the configuration's."""
    path = whole.settings.server.tls_certificate
    if path is None:
        return []
    content = await asyncio.to_thread(path.read_bytes)
    ends = x509.load_pem_x509_certificates(content)[0].not_valid_after_utc
    remedy = "Renew it, and tell the broker with SIGHUP."
    return [judge_end(f"certificate in {path.name}", ends, whole.now(), remedy=remedy)]


async def _ask(whole: Installation, name: str, provider: AnyProvider) -> list[Finding]:
    uri = callback_uri(whole.settings, name)
    try:
        async with asyncio.timeout(_PATIENCE):
            told = await check(provider, redirect_uri=uri, today=whole.now().date())
    except TimeoutError:
        return [
            error(f"provider {name}", f"no answer within {_PATIENCE:.0f} s", "Try again later.")
        ]
    return [_as_ours(name, each) for each in told]


def _as_ours(name: str, told: Told) -> Finding:
    return Finding(f"provider {name}", Outcome(told.level.value), told.text, told.remedy)


def _clocks(dates: dict[str, Finding]) -> list[Finding]:
    """Each host that tells another time; or once that all tell the same."""
    wrong = [each for each in dates.values() if each.outcome is not Outcome.OK]
    if wrong or not dates:
        return wrong
    return [ok("clock, by the providers", "right")]
