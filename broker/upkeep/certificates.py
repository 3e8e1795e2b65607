"""Certificates: as a visitor's browser judges them, and how long they last."""

import asyncio
import ssl
from datetime import UTC, datetime

from broker.upkeep.finding import Finding, error, ok, warning

WARNED_DAYS = 21
LAST_DAYS = 7


def judge_end(name: str, ends: datetime, now: datetime, *, remedy: str) -> Finding:
    """How many days a certificate has left."""
    days = (ends - now).days
    if ends <= now:
        return error(name, f"ended on {ends:%Y-%m-%d}", remedy)
    what = f"ends on {ends:%Y-%m-%d}, in {days} days"
    if days < LAST_DAYS:
        return error(name, what, remedy)
    if days < WARNED_DAYS:
        return warning(name, what, remedy)
    return ok(name, what)


async def look_at_certificate(
    host: str, port: int, *, now: datetime, trust: ssl.SSLContext
) -> Finding:
    """Connect as a visitor does, who verifies chain and host name."""
    name = f"certificate of {host}"
    try:
        _, writer = await asyncio.open_connection(host, port, ssl=trust)
    except ssl.SSLCertVerificationError as refused:
        return error(
            name,
            f"browsers refuse it: {refused.verify_message}",
            "See that it is of this host, of a known authority, and sent with its whole chain.",
        )
    except OSError as failed:
        return error(
            name,
            f"no connection to port {port}: {failed.strerror or type(failed).__name__}",
            "See that the proxy runs, and that this machine may reach its own public address.",
        )
    try:
        ends = ssl.cert_time_to_seconds(writer.get_extra_info("peercert")["notAfter"])
    finally:
        writer.close()
    return judge_end(
        name,
        datetime.fromtimestamp(ends, UTC),
        now,
        remedy="See why it is not renewed: whoever renews it logs that.",
    )
