"""The rotation of keys, as a chore."""

from datetime import timedelta

from broker.app.parts import Parts
from broker.app.ring import ALGORITHMS
from broker.chores.following import KNOWS_FOR_SECONDS
from broker.chores.rotating import EVERY, Rotating
from broker.chores.running import Chore
from broker.endpoints.well_known import JWKS_SECONDS
from broker.wiring.keys import key_schedule
from broker.wiring.secret_prints import master_marks


def rotating_chore(parts: Parts) -> Chore:
    """Return it; by hand it still removes what has retired, and makes good what was revoked."""
    settings = parts.settings
    sealing = master_marks(settings)[0]
    rotating = Rotating(
        shop=parts.ring.shop,
        schedule=key_schedule(
            settings,
            cached_for=timedelta(seconds=JWKS_SECONDS),
            lease=timedelta(seconds=KNOWS_FOR_SECONDS),
        ),
        algorithms=ALGORITHMS,
        is_automatic=settings.keys.automatic,
        revisions=parts.storage.revisions,
        without=lambda: parts.storage.workers.without(sealing),
        log=parts.log,
    )
    return Chore("keys", EVERY, rotating.run, is_frequent=True)
