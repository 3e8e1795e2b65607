"""Resources: audiences that nobody else has, companies that exist, scope words that are words."""

import re
from collections.abc import Iterator

from broker.settings.addresses import split
from broker.settings.problem import Problem
from broker.settings.schema import Settings
from broker.settings.shape import did_you_mean

_SCOPE_WORD = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")  # RFC 6749 section 3.3
LOGIN_SCOPES = ("openid", "profile", "email")


def audiences_are_distinct(settings: Settings) -> Iterator[Problem]:
    """An absolute URI each; the issuer's own is for `/userinfo`."""
    first = {settings.issuer: "issuer"}
    for name, resource in settings.resources.items():
        path = f"resources.{name}.audience"
        parts = split(resource.audience)
        if parts is None or not parts.scheme or not (parts.netloc or parts.path) or parts.fragment:
            yield Problem(
                path, "Not an absolute URI.", "Write it like `https://api.example.se` (RFC 8707)."
            )
        other = first.setdefault(resource.audience, path)
        if other != path:
            yield Problem(path, f"The same as `{other}`.", "Give each API an audience of its own.")


def resources_serve_companies(settings: Settings) -> Iterator[Problem]:
    """Each tells about at least one company, and all of them exist."""
    for name, resource in settings.resources.items():
        path = f"resources.{name}.companies"
        if not resource.companies:
            yield Problem(path, "Empty.", "Name the companies whose customers it is about.")
        for at, company in enumerate(resource.companies):
            if company not in settings.companies:
                yield unknown(f"{path}[{at}]", "company", company, settings.companies)


def scopes_are_words(settings: Settings) -> Iterator[Problem]:
    """No blanks or quotes, and none of the words of login itself."""
    for name, resource in settings.resources.items():
        for at, scope in enumerate(resource.scopes):
            path = f"resources.{name}.scopes[{at}]"
            if not _SCOPE_WORD.fullmatch(scope):
                yield Problem(path, "Not a scope word.", "Write it like `invoices:read`.")
            if scope in LOGIN_SCOPES:
                yield Problem(path, "A word of login, not of an API.", "Take it away.")


_TABLES = {
    "brand": "brands",
    "company": "companies",
    "provider": "providers",
    "resource": "resources",
}


def unknown(path: str, what: str, name: str, known: dict[str, object] | object) -> Problem:
    """Say that a name is defined nowhere, and what may have been meant."""
    names = tuple(known) if isinstance(known, dict) else ()
    near = did_you_mean(name, names)
    first = f"First write its table, [{_TABLES[what]}.NAME]."
    others = f"Known: {', '.join(names)}." if names else first
    return Problem(path, f"There is no {what} of this name.", near or others)
