"""What can go wrong at an upstream, in three kinds that the broker answers differently."""


class ProviderError(Exception):
    """Root of the family; never raised directly.

    `provider` is the configured name. `detail` is for the log and holds no token, code, secret or
    personal value.
    """

    code = "provider_error"

    def __init__(self, provider: str, *, detail: str = "") -> None:
        super().__init__(f"{self.code} at {provider}")
        self.provider = provider
        self.detail = detail


class UpstreamDenied(ProviderError):
    """The person cancelled or declined there: back to the choice of provider, not an error."""

    code = "upstream_denied"


class UpstreamUnavailable(ProviderError):
    """The provider did not answer, answered 5xx or too slowly, or its breaker is open."""

    code = "upstream_unavailable"


class UpstreamInvalid(ProviderError):
    """The provider's answer failed a named check; the login is refused (fail closed)."""

    code = "upstream_invalid"

    def __init__(self, provider: str, check: str, *, detail: str = "") -> None:
        super().__init__(provider, detail=detail)
        self.check = check
