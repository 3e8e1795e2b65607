"""The proven place that an answer may go to: the only thing that can speak to a client's browser.

Made from a registered redirect address alone; a failure before that is a page, because there is
nothing here to call.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from broker.oauth.client import Client
from broker.oauth.errors import InvalidRequest, OAuthError

_LOOPBACK = re.compile(r"(?P<host>http://(?:127\.0\.0\.1|\[::1\]))(?::[0-9]{1,5})?(?P<path>/[^#]*)")


class RedirectMismatch(Exception):
    """The redirect address is not registered for the client: answered by a page."""


@dataclass(frozen=True, slots=True)
class SendBack:
    """An answer on its way: by redirect (`query`) or by a posted form (`form_post`)."""

    uri: str
    mode: str
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def location(self) -> str:
        """The address to redirect to with the fields in its query (RFC 6749 section 4.1.2)."""
        joiner = "&" if urlsplit(self.uri).query else "?"
        return f"{self.uri}{joiner}{urlencode(self.fields)}"


@dataclass(frozen=True, slots=True)
class ReturnAddress:
    """Where this request's answer goes, with its `state` and our `iss` (RFC 9207)."""

    uri: str
    state: str
    mode: str
    issuer: str

    def answer(self, **fields: str) -> SendBack:
        """Send a successful answer."""
        return self._send(fields)

    def refuse(self, error: OAuthError) -> SendBack:
        """Send an error (RFC 6749 section 4.1.2.1)."""
        fields = {"error": error.code}
        if error.description:
            fields["error_description"] = error.description
        return self._send(fields)

    def _send(self, fields: dict[str, str]) -> SendBack:
        if self.state:
            fields = {**fields, "state": self.state}
        return SendBack(self.uri, self.mode, {**fields, "iss": self.issuer})


def prove_redirect(client: Client, asked: str) -> str:
    """The registered address that was asked for, compared by exact string (RFC 9700 section 2.1).

    A native app's loopback address may differ in its port alone (RFC 8252 section 7.3). Leaving it
    out is an error (OpenID Connect Core section 3.1.2.1).
    """
    if asked and asked in client.redirect_uris:
        return asked
    loopback = _without_port(asked)
    if loopback and loopback in {_without_port(known) for known in client.redirect_uris}:
        return asked
    raise RedirectMismatch


def _without_port(uri: str) -> str:
    """A loopback address without its port, or empty: everything else must be the same string."""
    match = _LOOPBACK.fullmatch(uri)
    return f"{match['host']}{match['path']}" if match else ""


def response_mode(asked: str) -> str:
    """`query` (the default for codes) or `form_post` (OAuth 2.0 Form Post Response Mode)."""
    if asked in {"", "query"}:
        return "query"
    if asked == "form_post":
        return asked
    raise InvalidRequest("response_mode must be query or form_post")
