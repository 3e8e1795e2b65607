"""What `/flow` does with a decision: show a page, leave for a provider, or answer the client.

The only place that turns a `Step` into HTTP.
"""

from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response

from broker.endpoints.cookies import SESSION, SIGNED_OUT, Cookies
from broker.endpoints.departing import Departing
from broker.endpoints.showing import Showing
from broker.endpoints.visits import Visit, Visits
from broker.flow.auth_request import Progress
from broker.flow.finish import Finish, Finished
from broker.flow.keeping import Keeping
from broker.flow.look import Look, Standpoint
from broker.flow.steps import Step
from broker.oauth.errors import (
    ConsentRequired,
    InteractionRequired,
    LoginRequired,
    OAuthError,
    UnmetAuthenticationRequirements,
)
from broker.telemetry.log import Log
from broker.telemetry.logins import LoginCompleted

PATHS = {
    Step.CHOOSE: "choose",
    Step.RECOGNISE: "new",
    Step.WHOSE: "whose",
    Step.VERIFY: "verify",
    Step.CODE: "code",
    Step.NOT_CUSTOMER: "leave",
    Step.DONE: "done",
    Step.NEWCOMER: "done",
    Step.CONSENT: "consent",
}
"""The page of each step that has one: the last part of its path, and its ticket's step.

A newcomer is told of at an address where the release before, which knows no such page, goes on.
"""

UNKNOWN = (Step.RECOGNISE, Step.WHOSE, Step.VERIFY, Step.CODE, Step.NOT_CUSTOMER)
"""Where somebody stands whom we do not recognise: earlier answers may change, or they leave."""

REFUSALS: dict[Step, type[OAuthError]] = {
    Step.LOGIN_REQUIRED: LoginRequired,
    Step.INTERACTION_REQUIRED: InteractionRequired,
    Step.CONSENT_REQUIRED: ConsentRequired,
    Step.UNMET: UnmetAuthenticationRequirements,
}


@dataclass(frozen=True, slots=True)
class Arriving:
    """Carries a visit to where `next_step` says."""

    look: Look
    finish: Finish
    keeping: Keeping
    visits: Visits
    showing: Showing
    departing: Departing
    cookies: Cookies
    log: Log
    issuer: str

    async def stand(self, visit: Visit) -> Standpoint:
        """Where the visit stands."""
        if visit.kept is not None:
            return await self.look.after_sign_in(visit.kept.progress, visit.client, visit.session)
        is_changing = visit.outbound is not None and visit.outbound.choose_account
        # Who asked for another account is not helped by the session of this one.
        session = None if is_changing else visit.session
        return await self.look.before_sign_in(visit.request, visit.client, session)

    async def decide(self, visit: Visit) -> Response:
        """Go to the next step."""
        standpoint = await self.stand(visit)
        step = standpoint.step
        if step in REFUSALS:
            return await self.refuse(visit, REFUSALS[step]())
        if step is Step.FINISH:
            return await self._finish(visit, standpoint)
        if step is Step.LEAVE:
            return await self._leave_as_hinted(visit)
        return await self._show(visit, standpoint)

    async def _leave_as_hinted(self, visit: Visit) -> Response:
        """Straight to the provider that the client named, unless it would refuse this browser."""
        hint = visit.request.idp_hint
        if visit.in_app and visit.outbound and self.showing.provider(hint).refuses_in_app:
            return self.departing.back_to_choice(visit, visit.outbound, "", "")
        return await self.departing.leave(visit, hint)

    async def refuse(self, visit: Visit, error: OAuthError) -> Response:
        """Answer the client with an error and forget the login."""
        if visit.kept is not None:
            await self.keeping.end(visit.kept)
        send_back = visit.request.return_address(self.issuer).refuse(error)
        response = self.showing.send(send_back, visit.client, visit.language)
        self.visits.forget(response, visit.slots, visit.request)
        return response

    async def _show(self, visit: Visit, standpoint: Standpoint) -> Response:
        """Redirect to the step's page; a session's login is kept server-side from here on."""
        path = PATHS[standpoint.step]
        ticket = self.visits.ticket(visit.request, path, language=visit.language)
        response = RedirectResponse(f"/flow/{path}?t={ticket}", 303)
        if visit.kept is None and standpoint.progress is not None:
            kept = await self.keeping.keep(standpoint.progress)
            self.visits.keep_handle(response, visit.slots, kept)
        return response

    async def _finish(self, visit: Visit, standpoint: Standpoint) -> Response:
        """End the login once, and answer the client with a code."""
        progress = standpoint.progress
        if progress is None:
            return await self.refuse(visit, LoginRequired())
        if visit.kept is not None:
            await self.keeping.end(visit.kept)
        handle = visit.kept.handle if visit.kept else ""
        finished = await self.finish(progress, visit.client, visit.session, handle=handle)
        self.log.write(_completed(progress, visit.client.client_id, finished))
        response = self.showing.send(finished.send_back, visit.client, visit.language)
        self.visits.forget(response, visit.slots, visit.request)
        if finished.session_secret:
            self.cookies.set(
                response, SESSION, finished.session_secret, lasts=finished.remembered_for
            )
            self.cookies.set(response, SIGNED_OUT, "")
        return response


def _completed(progress: Progress, client_id: str, finished: Finished) -> LoginCompleted:
    how = "again" if finished.session_secret else "session"
    return LoginCompleted(
        progress.who.provider,
        client_id,
        "first" if progress.connected else how,
        progress.request.login_id,
    )
