"""Pages that belong to no login: the doors, and help."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from broker.clients.registry import ClientRegistry
from broker.endpoints.showing import Showing
from broker.pages.choosing import DoorsPage
from broker.pages.explaining import HelpPage
from broker.pages.first_time import first_time
from broker.pages.page import Page
from broker.pages.verifying import EvidenceCompany


@dataclass(frozen=True, slots=True)
class OpenPages:
    """`topics` are the help pages by the last part of their path; empty: `/help` itself.

    `evidence` is what each company asks for.
    """

    showing: Showing
    clients: ClientRegistry
    topics: Mapping[str, Page]
    evidence: Mapping[str, EvidenceCompany]

    async def get_doors(self, request: Request) -> Response:
        """The front page: where to go."""
        return self.showing.outside(DoorsPage(self.showing.faces.doors), request=request)

    async def get_help(self, request: Request) -> Response:
        """A help page, with the looks of the client that the person came from."""
        page = self.topics.get(request.path_params.get("topic", ""))
        if page is None:
            raise HTTPException(404)
        client = await self.clients.find(request.query_params.get("client_id", ""))
        if client is not None and isinstance(page, HelpPage):
            asked = [self.evidence[company] for company in client.companies]
            page = replace(page, first_time=first_time(asked))
        return self.showing.outside(page, request=request, client=client)
