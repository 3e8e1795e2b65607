"""An error in the shape of RFC 6749 section 5.2, for the providers that use it."""

from dataclasses import dataclass

from starlette.responses import JSONResponse, Response

TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class OAuthError:
    """One error answer of a token, userinfo or revocation endpoint."""

    error: str
    description: str
    status: int = 400

    def answer(self) -> Response:
        """Return the error as JSON."""
        headers = {"Cache-Control": "no-store"}
        if self.status == TOO_MANY:
            headers["Retry-After"] = "30"
        body = {"error": self.error, "error_description": self.description}
        return JSONResponse(body, self.status, headers)
