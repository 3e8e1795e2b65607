"""The Content-Security-Policy of our pages, and the one script that it lets through.

Everything is refused but our own style sheets and images and the forms' targets. The header is
set by whoever answers the request.
"""

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

FORM_POST_SCRIPT = "HTMLFormElement.prototype.submit.call(document.forms[0])"
FORM_POST_SCRIPT_HASH = (
    "sha256-" + base64.b64encode(hashlib.sha256(FORM_POST_SCRIPT.encode()).digest()).decode()
)

_SOURCE = re.compile(r"[a-z][a-z0-9+.-]*:(//[a-z0-9.:\[\]-]+)?", re.IGNORECASE)


def content_security_policy(
    *, form_targets: Sequence[str] = (), script_hash: str | None = None
) -> str:
    """Return the header's value (CSP Level 3).

    `form_targets`: addresses that a form's answer may be redirected to besides https ones (redirect
    URIs, upstreams on http): Chromium checks the whole chain. `script_hash`: `sha256-…`, for the
    form that sends itself.
    """
    directives = {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        "form-action": " ".join(("'self'", "https:", *_sources(form_targets))),
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    if script_hash is not None:
        directives["script-src"] = f"'{script_hash}'"
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def _sources(addresses: Sequence[str]) -> Iterator[str]:
    """The source expressions of the addresses, each once; `https:` covers the rest."""
    seen = {"https:"}
    for address in addresses:
        source = _source(address)
        if source not in seen and _SOURCE.fullmatch(source):
            seen.add(source)
            yield source


def _source(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme == "https":
        return "https:"
    return f"http://{parts.netloc}" if parts.scheme == "http" else f"{parts.scheme}:"
