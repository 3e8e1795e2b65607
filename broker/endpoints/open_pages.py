"""Pages that belong to no login: the doors, and help."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from broker.clients.registry import ClientRegistry
from broker.endpoints.showing import Showing
from broker.pages.choosing import DoorsPage
from broker.pages.page import Page


@dataclass(frozen=True, slots=True)
class OpenPages:
    """`topics` are the help pages by the last part of their path; empty: `/help` itself."""

    showing: Showing
    clients: ClientRegistry
    topics: Mapping[str, Page]

    async def get_doors(self, request: Request) -> Response:
        """The front page: where to go."""
        return self.showing.outside(DoorsPage(self.showing.faces.doors), request=request)

    async def get_help(self, request: Request) -> Response:
        """A help page, with the looks of the client that the person came from."""
        page = self.topics.get(request.path_params.get("topic", ""))
        if page is None:
            raise HTTPException(404)
        client = await self.clients.find(request.query_params.get("client_id", ""))
        return self.showing.outside(page, request=request, client=client)
