"""Facebook's "Apps and websites": where a person removes an app, or asks for deletion."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from providers.emulated.consoles import Registration
from providers.emulated.facebook.notices import Notices, Outcome
from providers.emulated.people import Person, get_person
from providers.emulated.upstream import Upstream


@dataclass(frozen=True, slots=True)
class Connection:
    """A person of this browser and an app that they let in."""

    person: Person
    app: Registration


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """`/settings/apps`."""

    upstream: Upstream
    notices: Notices

    async def show(self, request: Request) -> Response:
        """Show the apps of everybody who is signed in in this browser."""
        return self._render(request, None, "")

    async def remove(self, request: Request) -> Response:
        """Remove an app, with or without a request for deletion, and show how it answered."""
        form = await request.form()
        chosen = next(
            (
                one
                for one in self._connections(request)
                if form.get("app") == one.app.client_id and form.get("person") == one.person.key
            ),
            None,
        )
        if chosen is None:
            return self._render(request, None, "")
        if form.get("action") == "delete":
            outcome = await self.notices.request_deletion(chosen.app, chosen.person)
        else:
            outcome = await self.notices.deauthorize(chosen.app, chosen.person)
        return self._render(request, outcome, chosen.app.name)

    def _connections(self, request: Request) -> list[Connection]:
        sessions = self.upstream.sessions
        return [
            Connection(get_person(key), self.upstream.registrations[client])
            for key in sessions.open(request).accounts
            for client in sessions.clients_of(key)
        ]

    def _render(self, request: Request, outcome: Outcome | None, client: str) -> Response:
        return self.upstream.pages.render(
            request,
            "apps.html",
            connections=self._connections(request),
            outcome=outcome,
            client=client,
        )
