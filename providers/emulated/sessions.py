"""Who is signed in at a provider in this browser, and which clients they have agreed to.

A browser is known by a cookie whose value names an entry here; each provider has its own cookie,
which only its own path receives.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from starlette.requests import Request
from starlette.responses import Response

from providers.emulated.shelf import Shelf


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One account in one browser; `since` is when it proved itself (a NumericDate)."""

    person: str
    since: int
    session_id: str


@dataclass(frozen=True, slots=True)
class BrowserSession:
    """All accounts signed in at this provider in one browser, the latest last."""

    token: str
    accounts: Mapping[str, SignedIn] = field(default_factory=dict)
    clients: frozenset[str] = frozenset()


class Sessions:
    """The browsers that one provider knows."""

    def __init__(self, provider: str, path: str, *, secure: bool) -> None:
        self._cookie = f"emulated_{provider}"
        self._path = path
        self._secure = secure
        self._browsers: Shelf[BrowserSession] = Shelf()
        self._consents: set[tuple[str, str]] = set()

    def open(self, request: Request) -> BrowserSession:
        """Return this browser's session, a fresh one where there is none."""
        known = self._browsers.get(request.cookies.get(self._cookie, ""))
        return known or BrowserSession(secrets.token_urlsafe(24))

    def sign_in(
        self, session: BrowserSession, person: str, now: int, client_id: str
    ) -> tuple[BrowserSession, SignedIn]:
        """Add an account that has just proved itself, and remember the client."""
        signed_in = SignedIn(person, now, secrets.token_urlsafe(18))
        return self._keep(session, signed_in, client_id), signed_in

    def use(self, session: BrowserSession, signed_in: SignedIn, client_id: str) -> BrowserSession:
        """Use an account that was signed in already for one more client."""
        return self._keep(session, signed_in, client_id)

    def _keep(self, session: BrowserSession, signed_in: SignedIn, client_id: str) -> BrowserSession:
        others = {key: one for key, one in session.accounts.items() if key != signed_in.person}
        kept = replace(
            session,
            accounts={**others, signed_in.person: signed_in},
            clients=session.clients | {client_id},
        )
        self._browsers.put(kept.token, kept)
        return kept

    def end(self, session: BrowserSession) -> None:
        """Sign everybody out in this browser."""
        self._browsers.drop(session.token)

    def agree(self, client_id: str, person: str) -> bool:
        """Record a person's consent to a client; say whether it is the first."""
        is_first = (client_id, person) not in self._consents
        self._consents.add((client_id, person))
        return is_first

    def has_agreed(self, client_id: str, person: str) -> bool:
        """Say whether this person has consented to this client."""
        return (client_id, person) in self._consents

    def withdraw(self, client_id: str, person: str) -> None:
        """Forget a consent."""
        self._consents.discard((client_id, person))

    def clients_of(self, person: str) -> tuple[str, ...]:
        """Return the clients that this person has consented to."""
        return tuple(sorted(client for client, who in self._consents if who == person))

    def mark(self, response: Response, session: BrowserSession) -> None:
        """Set the session's cookie on a response."""
        response.set_cookie(
            self._cookie,
            session.token,
            path=self._path,
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def clear(self) -> None:
        """Forget all browsers and consents."""
        self._browsers.clear()
        self._consents.clear()
