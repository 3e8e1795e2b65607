"""What Facebook tells an app by itself: a person took back permissions, or wants deletion.

Checks the app's answer as the real one does: JSON with `url` and an alphanumeric
`confirmation_code`, and a status page that can be read.
"""

from dataclasses import dataclass

import msgspec

from providers.emulated.consoles import Registration
from providers.emulated.facebook.accounts import user_id_for
from providers.emulated.facebook.signed_request import SignedRequest
from providers.emulated.outbound import Outbound
from providers.emulated.people import Person
from providers.emulated.upstream import Upstream

OK = 200


class Confirmation(msgspec.Struct, frozen=True):
    """What an app must answer to a deletion request."""

    url: str
    confirmation_code: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the app took it; `problem` is empty where all was well."""

    status: int
    problem: str = ""
    status_page: str = ""


@dataclass(frozen=True, slots=True)
class Notices:
    """Facebook's calls to the apps."""

    upstream: Upstream
    outbound: Outbound

    async def deauthorize(self, app: Registration, person: Person, flaw: str = "none") -> Outcome:
        """Take back the consent and tell the deauthorize address, where there is one."""
        self.upstream.sessions.withdraw(app.client_id, person.key)
        if not app.deauthorize_uri:
            return Outcome(0, "no deauthorize address registered")
        form = self._sign(app, person, flaw)
        answer = await self.outbound.post_form(app.deauthorize_uri, form)
        return Outcome(answer.status, "" if answer.status == OK else "answer is not 200")

    async def request_deletion(
        self, app: Registration, person: Person, flaw: str = "none"
    ) -> Outcome:
        """Ask for deletion, judge the answer, and fetch the status page."""
        self.upstream.sessions.withdraw(app.client_id, person.key)
        if not app.deletion_uri:
            return Outcome(0, "no data deletion address registered")
        answer = await self.outbound.post_form(app.deletion_uri, self._sign(app, person, flaw))
        if answer.status != OK:
            return Outcome(answer.status, "answer is not 200")
        try:
            confirmation = msgspec.json.decode(answer.body, type=Confirmation)
        except (msgspec.ValidationError, msgspec.DecodeError):
            return Outcome(answer.status, "answer is not JSON with url and confirmation_code")
        if not confirmation.confirmation_code.isalnum():
            return Outcome(answer.status, "confirmation_code is not alphanumeric")
        page = await self.outbound.get(confirmation.url)
        problem = "" if page.status == OK else "status page is not 200"
        return Outcome(answer.status, problem, confirmation.url)

    def _sign(self, app: Registration, person: Person, flaw: str) -> dict[str, str]:
        user_id = user_id_for(app.client_id, person)
        message = SignedRequest(user_id, self.upstream.clock.stamp(), flaw)
        return {"signed_request": message.sign(app.secrets[0])}
