"""`/account/not-me`: the address in a message that somebody was connected to a customer.

Programs that guard mailboxes open it too: GET changes nothing. The token is all that is asked for,
and the form carries it in a ticket of ours.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from broker.endpoints.forms import read_own_form, read_query
from broker.endpoints.showing import Showing
from broker.oauth.errors import InvalidRequest
from broker.pages.newcomers import NotMeOverPage, NotMePage, NotMeSaidPage
from broker.sealed import NotOurs, TicketSigner
from broker.telemetry.log import Log
from broker.telemetry.notices import NotMeSaid
from linking import NotMe
from linking.newcomers.not_me import TOKEN_LIFE, Asking, NeverMade, Said, TooLate

PATH = "/account/not-me"
NOT_FOUND, GONE = 404, 410


@dataclass(frozen=True, slots=True)
class NotMeEndpoint:
    """Was this not you?"""

    not_me: NotMe
    showing: Showing
    signer: TicketSigner
    issuer: str
    clock: Callable[[], datetime]
    log: Log

    async def get(self, request: Request) -> Response:
        """What happened, and what the button does; or that it was pressed, or is over."""
        token = read_query(request).get("t")
        match await self.not_me.look(token, now=self.clock()):
            case Asking(company, since, helps, provider):
                account = self.showing.provider(provider) if provider else None
                language = self.showing.language_of(request)
                return self.showing.outside(
                    NotMePage(since, helps, account),
                    request=request,
                    company=company,
                    ticket=self.signer.sign([token, language]),
                )
            case Said(company, at):
                return self.showing.outside(NotMeSaidPage(at), request=request, company=company)
            case TooLate(company):
                return self.showing.outside(
                    NotMeOverPage(), request=request, company=company, status=GONE
                )
            case NeverMade():
                page = NotMeOverPage(unknown=True)
                return self.showing.outside(page, request=request, status=NOT_FOUND)
            case never:
                assert_never(never)

    async def post(self, request: Request) -> Response:
        """It was not. What came of it, the same address says from now on."""
        parameters = await read_own_form(request, self.issuer)
        life = int(TOKEN_LIFE.total_seconds())
        try:
            token, language = self.signer.read(parameters.get("ticket"), max_age=life).words
        except (NotOurs, ValueError):
            raise InvalidRequest("the form has expired") from None
        now = self.clock()
        answer = await self.not_me.say(token, now=now)
        if isinstance(answer, Said) and answer.at == now:
            self.log.write(NotMeSaid(answer.company))
        query = urlencode({"t": token, "lang": language})
        return RedirectResponse(f"{PATH}?{query}", 303)
