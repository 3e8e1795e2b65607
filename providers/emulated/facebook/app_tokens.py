"""Tokens that stand for an app, and the proof that a caller holds the app's secret."""

import hashlib
import hmac
from collections.abc import Mapping

from providers.emulated.consoles import Registration


def make_app_token(app: Registration) -> str:
    """Return the app's own token, as `grant_type=client_credentials` gives it."""
    return f"{app.client_id}|{_mac(app.secrets[0], 'app token')[:27]}"


def find_app(token: str, apps: Mapping[str, Registration]) -> Registration | None:
    """Return the app of an app token, or of `app_id|app_secret`, which Facebook takes too."""
    app = apps.get(token.partition("|")[0])
    if app is None:
        return None
    accepted = [make_app_token(app), *(f"{app.client_id}|{secret}" for secret in app.secrets)]
    fits = [hmac.compare_digest(token.encode(), one.encode()) for one in accepted]
    return app if any(fits) else None


def proof_fits(app: Registration, token: str, proof: str) -> bool:
    """Say whether `appsecret_proof` is the keyed hash of the token under the app's secret."""
    fits = [
        hmac.compare_digest(proof.encode(), _mac(secret, token).encode()) for secret in app.secrets
    ]
    return any(fits)


def _mac(secret: str, message: str) -> str:
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()
