"""Facebook's `signed_request`, right and wrong: how it tells an app about a person who left."""

import hashlib
import hmac
import json
from dataclasses import dataclass

from providers.emulated.encoding import encode

DAY = 86_400
FLAWS = ("none", "signature", "old", "algorithm")


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A message to be signed; `flaw` is one of FLAWS."""

    user_id: str
    issued_at: int
    flaw: str = "none"

    def sign(self, secret: str) -> str:
        """Return signature and payload, joined by a dot."""
        issued_at = self.issued_at - 2 * DAY if self.flaw == "old" else self.issued_at
        payload = {
            "algorithm": "HMAC-SHA1" if self.flaw == "algorithm" else "HMAC-SHA256",
            "expires": issued_at + 3600,
            "issued_at": issued_at,
            "user_id": self.user_id,
        }
        encoded = encode(json.dumps(payload, separators=(",", ":")).encode())
        key = f"{secret}-wrong" if self.flaw == "signature" else secret
        mac = hmac.new(key.encode(), encoded.encode("ascii"), hashlib.sha256).digest()
        return f"{encode(mac)}.{encoded}"
