"""The token response's body, with the faults that a body can have before it becomes JSON."""

from providers.emulated.forgery import Claims
from providers.emulated.upstream import Upstream


def shape(upstream: Upstream, body: Claims) -> Claims:
    """Return the body without, or with a bent form of, what the queued faults say."""
    strikes = upstream.faults.strikes
    missing = {
        name
        for fault, name in (
            ("no_id_token", "id_token"),
            ("no_access_token", "access_token"),
            ("expires_in_absent", "expires_in"),
        )
        if strikes(fault)
    }
    bent = {name: value for name, value in body.items() if name not in missing}
    if "expires_in" in bent and strikes("expires_in_text"):
        bent["expires_in"] = str(bent["expires_in"])
    return bent
