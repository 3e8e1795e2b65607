"""A certificate authority of the operator's own: its file is there, and is one."""

import ssl
from collections.abc import Iterator
from pathlib import Path

from broker.settings.problem import Problem


def authority_can_be_read(path: str, file: Path | None) -> Iterator[Problem]:
    """Whoever verifies with it finds it; None is none, and no problem."""
    if file is None:
        return
    try:
        ssl.create_default_context().load_verify_locations(file)
    except OSError as error:  # ssl.SSLError is one
        is_pem = not isinstance(error, ssl.SSLError)
        reason = f"{file} cannot be read: {error.strerror}." if is_pem else f"{file} is not PEM."
        yield Problem(path, reason, "Give the authority's certificate as PEM.")
