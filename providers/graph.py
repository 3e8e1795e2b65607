"""Facebook's Graph API: its addresses, proof, errors and versions, which are its own.

An error is an object, not a word (not RFC 6749), and its numbers say what happened. Reading only;
`facebook` does the talking.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from providers.failed_check import CheckFailed
from providers.http import Answer
from providers.strict_json import read_object

DEFAULT_VERSION = "v25.0"
VERSION = re.compile(r"v[1-9][0-9]{0,2}\.[0-9]")
# The last day of each version (Meta's changelog); a later one lives at least two years.
LAST_DAYS = {
    "v20.0": date(2026, 9, 24),
    "v21.0": date(2027, 1, 21),
    "v22.0": date(2027, 5, 20),
    "v23.0": date(2027, 10, 8),
    "v24.0": date(2028, 2, 18),
    "v25.0": date(2028, 7, 29),
}
TEMPORARY = frozenset({1, 2, 4, 17, 32, 341, 613})
WRONG_APP, WRONG_SECRET = 101, 1
_SUCCESS = 200
_TRACE = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class GraphError:
    """An error envelope; `detail` is fit for the log."""

    code: int
    subcode: int
    detail: str

    @property
    def is_wrong_secret(self) -> bool:
        """At the token address, code 1 says that the secret is wrong; elsewhere, to try again."""
        return self.code in {WRONG_APP, WRONG_SECRET}


def appsecret_proof(secret: str, access_token: str) -> str:
    """The proof that a call comes from who holds the app secret: HMAC-SHA256 in hex."""
    return hmac.new(secret.encode(), access_token.encode(), hashlib.sha256).hexdigest()


def last_day(version: str) -> date | None:
    """The last day of a Graph version, or None where it is not known yet."""
    return LAST_DAYS.get(version)


def read_graph_answer(answer: Answer) -> Mapping[str, Any] | GraphError:
    """Return the object, or the error in it; CheckFailed for `false` and other things it sends."""
    fields = read_object(answer.body, check="graph_response")
    error = fields.get("error")
    if isinstance(error, Mapping):
        return _read_error(error, answer.status)
    if answer.status != _SUCCESS or error is not None:
        raise CheckFailed("graph_response", detail=f"status {answer.status}")
    return fields


def _read_error(error: Mapping[str, Any], status: int) -> GraphError:
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    trace = error.get("fbtrace_id")
    told = trace if isinstance(trace, str) and _TRACE.fullmatch(trace) else "unreadable"
    return GraphError(code, subcode, f"status {status} code {code}/{subcode} fbtrace_id {told}")


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
