"""Discovery documents with the faults that metadata can have."""

from providers.emulated.upstream import Upstream

FOREIGN = "https://somebody-else.example"


def falsify(upstream: Upstream, document: dict[str, object]) -> dict[str, object]:
    """Return the document, or what the queued faults make of it."""
    if upstream.faults.strikes("foreign_issuer"):
        document = {**document, "issuer": FOREIGN}
    if upstream.faults.strikes("foreign_endpoints"):
        document = {**document, "token_endpoint": f"{FOREIGN}/token"}
    return document
