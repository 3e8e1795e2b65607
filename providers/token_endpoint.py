"""Redeeming a code: how we authenticate, and what the answer means.

Liberal in form (JSON or a form, `bearer` or `Bearer`, any `expires_in` and `scope`, which we have
no use for), strict in meaning. A refusal is told by its `error` and by identifiers that the
provider's support asks for, never by its text.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote_plus

from providers.callback import error_word
from providers.failed_check import CheckFailed
from providers.http import Answer
from providers.registration import ClientAuth
from providers.strict_json import read_object

_MAX_TOKEN = 16 * 1024
_MAX_FIELDS = 32
_SUCCESS = 200
_IDENTIFIER = re.compile(r"[A-Za-z0-9_/+=-]{1,64}")


@dataclass(frozen=True, slots=True, repr=False)
class Tokens:
    """What was issued; kept for the length of one login."""

    access_token: str
    id_token: str | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error answer; `detail` is fit for the log."""

    error: str
    detail: str


def authenticate(
    method: ClientAuth, client_id: str, secret: str
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return (form fields, headers) that say who we are (RFC 6749 section 2.3.1)."""
    match method:
        case "client_secret_basic":
            pair = f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()
            return {}, {"Authorization": "Basic " + base64.b64encode(pair).decode()}
        case "client_secret_post":
            return {"client_id": client_id, "client_secret": secret}, {}
        case "none":
            return {"client_id": client_id}, {}


def read_token_answer(answer: Answer) -> Tokens | Refusal:
    """Return tokens or the refusal (RFC 6749 sections 5.1 and 5.2), or raise CheckFailed."""
    if answer.status == _SUCCESS:
        return read_tokens(read_fields(answer.body))
    try:
        fields = read_object(answer.body, check="token_response")
    except CheckFailed:
        return Refusal("unreadable", f"status {answer.status} without a JSON object")
    return read_refusal(fields, answer.status)


def read_fields(body: bytes) -> Mapping[str, Any]:
    """Read JSON, or a form as Facebook's old versions answer, by content and not by its label."""
    if body.lstrip()[:1] in {b"{", b"["}:
        return read_object(body, check="token_response")
    try:
        pairs = parse_qsl(body.decode("ascii"), strict_parsing=True, max_num_fields=_MAX_FIELDS)
    except ValueError as error:
        raise CheckFailed("token_response", detail="neither JSON nor a form") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise CheckFailed("token_response", detail="a field occurs twice")
    return fields


def read_tokens(fields: Mapping[str, Any]) -> Tokens:
    """Read the fields of a success; a refresh token, if any, is left where it is."""
    kind = fields.get("token_type", "bearer")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise CheckFailed("token_type", detail="not a bearer token")
    access_token = fields.get("access_token")
    if not _is_token(access_token):
        raise CheckFailed("access_token", detail="absent or malformed")
    id_token = fields.get("id_token")
    if id_token is not None and not isinstance(id_token, str):
        raise CheckFailed("id_token", detail="not a string")
    return Tokens(str(access_token), id_token)


def read_refusal(fields: Mapping[str, Any], status: int) -> Refusal:
    """Read an error answer; Yahoo's older servers put an object where the code should be."""
    error = fields.get("error")
    if isinstance(error, Mapping):
        return Refusal("unreadable", f"status {status} error_id {_identifier(error, 'errorId')}")
    code = error_word(error)
    numbers = fields.get("error_codes")
    told = [str(n) for n in numbers if isinstance(n, int)] if isinstance(numbers, list) else []
    names = ("trace_id", "correlation_id")
    told += [f"{name} {_identifier(fields, name)}" for name in names if name in fields]
    return Refusal(code, " ".join([f"status {status} {code}", *told[:8]]))


def _is_token(value: object) -> bool:
    return (
        isinstance(value, str)
        and 0 < len(value) <= _MAX_TOKEN
        and all("!" <= character <= "~" for character in value)
    )


def _identifier(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) and _IDENTIFIER.fullmatch(value) else "unreadable"
