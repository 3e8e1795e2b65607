"""What a failed delivery comes from, behind what its library says."""

import ssl


def comes_from_tls(error: BaseException | None) -> bool:
    """Whether a certificate, or what else belongs to TLS, is at the bottom of it."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
