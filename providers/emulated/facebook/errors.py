"""Facebook's errors: an object where RFC 6749 has a string, with code and subcode."""

import json
import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.emulated.upstream import Upstream

USAGE = json.dumps({"call_count": 100, "total_time": 25, "total_cputime": 25})


@dataclass(frozen=True, slots=True)
class GraphError:
    """One error of the token endpoint or the Graph."""

    code: int
    message: str
    subcode: int | None = None
    status: int = 400
    kind: str = "OAuthException"

    def answer(self) -> Response:
        """Return the error in Facebook's envelope."""
        error: dict[str, object] = {
            "message": self.message,
            "type": self.kind,
            "code": self.code,
            "fbtrace_id": f"A{secrets.token_urlsafe(16)}",
        }
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        challenge = f'OAuth "Facebook Platform" "invalid_code" "{self.message}"'
        headers = {"WWW-Authenticate": challenge, "Cache-Control": "no-store"}
        if self.code == THROTTLED_CODE:
            headers["X-App-Usage"] = USAGE
        return JSONResponse({"error": error}, self.status, headers)


THROTTLED_CODE = 4
THROTTLED = GraphError(THROTTLED_CODE, "Application request limit reached", status=403)
WRONG_SECRET = GraphError(1, "Error validating client secret.")
WRONG_APP = GraphError(101, "Error validating application. Cannot get application info.")
BAD_CODE = GraphError(100, "Invalid verification code format.")
USED_CODE = GraphError(100, "This authorization code has been used.", 36009)
EXPIRED_CODE = GraphError(100, "This authorization code has expired.", 36007)
WRONG_REDIRECT = GraphError(
    100, "Error validating verification code: redirect_uri is not identical.", 36008
)
MISSING = GraphError(1, "Missing redirect_uri parameter.")
NO_TOKEN = GraphError(2500, "An active access token must be used to query information.")
BAD_TOKEN = GraphError(190, "Invalid OAuth access token.", status=401)
PROOF_REQUIRED = GraphError(
    100,
    "API calls from the server require an appsecret_proof argument",
    kind="GraphMethodException",
)
PROOF_WRONG = GraphError(
    100, "Invalid appsecret_proof provided in the API argument", kind="GraphMethodException"
)
NOT_ALLOWED = GraphError(10, "Application does not have permission for this action", status=403)
NO_SUCH_PATH = GraphError(2500, "Unknown path components")


def show_error(upstream: Upstream, request: Request, code: str, text: str) -> Response:
    """Return one of Facebook's pages; the client never hears of it."""
    return upstream.pages.error(request, status=400, code=code, text=text)
