"""JSON answers of the protocol endpoints: never cached, errors with registered codes."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import Response

from broker.oauth.errors import OAuthError

NOT_STORED = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def json_answer(
    members: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A JSON object that nobody may keep (RFC 6749 section 5.1)."""
    return Response(
        msgspec.json.encode(members),
        status,
        {**NOT_STORED, **(headers or {})},
        media_type="application/json",
    )


def error_answer(error: OAuthError, headers: Mapping[str, str] | None = None) -> Response:
    """`error` and, where there is one, `error_description` (RFC 6749 section 5.2)."""
    members = {"error": error.code}
    if error.description:
        members["error_description"] = error.description
    return json_answer(members, error.status, headers)
