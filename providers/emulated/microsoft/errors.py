"""Microsoft's errors: numbered, as JSON at the token endpoint and as pages for people.

Clients are to look at `error`; the numbered text carries trace ids as the real one does.
"""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.emulated.upstream import Upstream

BAD_REQUEST = 400
UNAUTHORIZED = 401
TOO_MANY = 429
THROTTLED = 90055


@dataclass(frozen=True, slots=True)
class Aadsts:
    """One numbered error: OAuth error code, text, HTTP status at the token endpoint."""

    error: str
    text: str
    status: int = BAD_REQUEST


ERRORS: Mapping[int, Aadsts] = {
    16000: Aadsts("interaction_required", "Several accounts are signed in; one must be chosen."),
    50011: Aadsts("invalid_request", "The redirect URI is not registered for the application."),
    50020: Aadsts("invalid_request", "The user account does not exist in this tenant."),
    50058: Aadsts("login_required", "A silent sign-in was requested but nobody is signed in."),
    50194: Aadsts("invalid_request", "The application is not configured as multi-tenant."),
    54005: Aadsts("invalid_grant", "The authorization code was already redeemed."),
    65001: Aadsts("consent_required", "The user has not consented to the application."),
    65004: Aadsts("access_denied", "The user declined to consent to the application."),
    70000: Aadsts("invalid_grant", "The provided authorization code is malformed."),
    70003: Aadsts("unsupported_grant_type", "The grant type is not supported."),
    70008: Aadsts("invalid_grant", "The authorization code has expired."),
    70011: Aadsts("invalid_scope", "The requested scope is not valid."),
    90002: Aadsts("invalid_tenant", "The tenant was not found."),
    90023: Aadsts("invalid_request", "A parameter has an invalid value."),
    THROTTLED: Aadsts("temporarily_unavailable", "Too many requests.", TOO_MANY),
    500112: Aadsts("invalid_grant", "The redirect URI differs from the one used before."),
    500208: Aadsts("invalid_request", "Personal accounts are not valid for this application."),
    501481: Aadsts("invalid_grant", "The code verifier does not match the code challenge."),
    501491: Aadsts("invalid_request", "The code challenge has an invalid size."),
    700016: Aadsts("unauthorized_client", "The application was not found in the directory."),
    700054: Aadsts("unsupported_response_type", "The response type is not enabled."),
    900144: Aadsts("invalid_request", "A required parameter is missing."),
    7000215: Aadsts("invalid_client", "Invalid client secret provided.", UNAUTHORIZED),
    7000218: Aadsts("invalid_client", "A client secret or assertion is required.", UNAUTHORIZED),
    7000222: Aadsts("invalid_client", "The client secret keys are expired.", UNAUTHORIZED),
    9002326: Aadsts("invalid_request", "Cross-origin redemption is for single-page apps only."),
    9002331: Aadsts("unauthorized_client", "The application is for Microsoft accounts only."),
    9002332: Aadsts("unauthorized_client", "The application is for work accounts only."),
}


def answer_error(upstream: Upstream, code: int) -> Response:
    """Return the error as the token endpoint's JSON."""
    known = ERRORS[code]
    trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
    stamp = upstream.clock().strftime("%Y-%m-%d %H:%M:%SZ")
    body = {
        "error": known.error,
        "error_description": f"{describe(code)} Trace ID: {trace} "
        f"Correlation ID: {correlation} Timestamp: {stamp}",
        "error_codes": [code],
        "timestamp": stamp,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": f"{upstream.base}/error?code={code}",
    }
    headers = {"Cache-Control": "no-store", "x-ms-request-id": trace}
    if known.status == TOO_MANY:
        headers["Retry-After"] = "30"
    return JSONResponse(body, known.status, headers)


def show_error(upstream: Upstream, request: Request, code: int) -> Response:
    """Return the error as a page; the client never hears of it."""
    return upstream.pages.error(
        request, status=BAD_REQUEST, code=f"AADSTS{code}", text=ERRORS[code].text
    )


def describe(code: int) -> str:
    """Return the numbered text that stands in descriptions."""
    return f"AADSTS{code}: {ERRORS[code].text}"


def make_opaque(prefix: str, size: int = 96) -> str:
    """Return an opaque value that looks like nothing a client could read."""
    return prefix + secrets.token_urlsafe(size)
