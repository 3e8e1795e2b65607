"""One class per registered error code; what may be seen and what may not are different parameters.

Sources: RFC 6749 sections 4.1.2.1 and 5.2, RFC 6750 section 3.1, OpenID Connect Core section
3.1.2.6, and OpenID Connect Core Unmet Authentication Requirements.
"""


class OAuthError(Exception):
    """Root of the family; never raised directly.

    `description` may be shown to anybody: printable ASCII without quotes (RFC 6749 section 5.2);
    `detail` is for the log and holds no secret, code, token or personal value.
    """

    code = "server_error"
    status = 400

    def __init__(self, description: str = "", *, detail: str = "") -> None:
        super().__init__(self.code)
        self.description = description
        self.detail = detail


class InvalidRequest(OAuthError):
    """A parameter is missing, repeated, malformed or too large."""

    code = "invalid_request"


class UnauthorizedClient(OAuthError):
    """The client may not use this."""

    code = "unauthorized_client"


class AccessDenied(OAuthError):
    """The person said no, or is not a customer."""

    code = "access_denied"


class UnsupportedResponseType(OAuthError):
    """Only `code` is supported (RFC 9700 section 2.1.2)."""

    code = "unsupported_response_type"


class InvalidScope(OAuthError):
    """No scope that this client may have was asked for."""

    code = "invalid_scope"


class ServerError(OAuthError):
    """We failed."""

    code = "server_error"
    status = 500


class TemporarilyUnavailable(OAuthError):
    """We cannot now, and may later."""

    code = "temporarily_unavailable"
    status = 503


class TooManyRequests(TemporarilyUnavailable):
    """This client has asked too often, and may later (RFC 6585 section 4)."""

    status = 429


class LoginRequired(OAuthError):
    """`prompt=none`, and nobody suitable is signed in."""

    code = "login_required"


class InteractionRequired(OAuthError):
    """`prompt=none`, and a page would have to be shown."""

    code = "interaction_required"


class ConsentRequired(OAuthError):
    """`prompt=none`, and the person has not agreed yet."""

    code = "consent_required"


class UnmetAuthenticationRequirements(OAuthError):
    """A fresh login is asked for and no provider on offer can give one."""

    code = "unmet_authentication_requirements"


class RequestNotSupported(OAuthError):
    """Request objects by value are not supported."""

    code = "request_not_supported"


class RequestUriNotSupported(OAuthError):
    """Request objects by reference are not supported; nothing is fetched."""

    code = "request_uri_not_supported"


class RegistrationNotSupported(OAuthError):
    """Registration inside an authorization request is not supported."""

    code = "registration_not_supported"


class InvalidClient(OAuthError):
    """Client authentication failed (RFC 6749 section 5.2)."""

    code = "invalid_client"
    status = 401


class InvalidGrant(OAuthError):
    """The code is unknown, spent, expired, or not this client's."""

    code = "invalid_grant"


class UnsupportedGrantType(OAuthError):
    """No such grant here."""

    code = "unsupported_grant_type"


class InvalidToken(OAuthError):
    """The access token is not ours, has expired or was revoked (RFC 6750 section 3.1)."""

    code = "invalid_token"
    status = 401


class InsufficientScope(OAuthError):
    """The access token lacks the scope (RFC 6750 section 3.1)."""

    code = "insufficient_scope"
    status = 403
