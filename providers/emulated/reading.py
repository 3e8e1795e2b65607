"""Reads parameters and client credentials out of requests, as loosely as the providers do."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus

from starlette.requests import Request

from providers.emulated.consoles import Registration


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who a client says it is; empty strings where it did not say."""

    client_id: str = ""
    secret: str = ""

    def fit(self, registration: Registration) -> bool:
        """Say whether the secret is one of the registered ones."""
        offered = self.secret.encode()
        return any(hmac.compare_digest(offered, one.encode()) for one in registration.secrets)


async def read_parameters(request: Request) -> dict[str, str]:
    """Return the query of a GET or the form of a POST; of duplicates the last one."""
    if request.method != "POST":
        return dict(request.query_params)
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


def read_credentials(request: Request, form: Mapping[str, str]) -> Credentials:
    """Return the client's credentials from the header (RFC 6749 section 2.3.1) or the form."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return Credentials(form.get("client_id", ""), form.get("client_secret", ""))
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return Credentials()
    return Credentials(unquote_plus(user), unquote_plus(password))


def read_bearer(request: Request) -> str:
    """Return the bearer token of the header (RFC 6750 section 2.1), empty where there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""
