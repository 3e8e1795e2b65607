"""An error as Google's newer APIs answer it: an object with number, sentence and symbol."""

from dataclasses import dataclass

from starlette.responses import JSONResponse, Response

UNAUTHENTICATED = 401


@dataclass(frozen=True, slots=True)
class ApiError:
    """One error; `symbol` is the canonical name that belongs to the status."""

    status: int
    symbol: str
    message: str

    def answer(self) -> Response:
        """Return the error as JSON, with a challenge where nobody was recognised (RFC 6750)."""
        body = {"error": {"code": self.status, "message": self.message, "status": self.symbol}}
        headers = {"Cache-Control": "private"}
        if self.status == UNAUTHENTICATED:
            headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
        return JSONResponse(body, self.status, headers)


def refuse_argument(message: str) -> ApiError:
    """Return the error for a body that cannot be carried out."""
    return ApiError(400, "INVALID_ARGUMENT", message)


def forbid(message: str) -> ApiError:
    """Return the error for a caller who is known, but may not do this."""
    return ApiError(403, "PERMISSION_DENIED", message)
