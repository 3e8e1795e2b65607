"""Reading what was posted, from the raw bytes: nothing is guessed, nothing is replaced."""

from starlette.requests import Request

from broker.oauth.errors import InvalidRequest
from broker.oauth.parameters import Parameters, read_parameters

FORM = "application/x-www-form-urlencoded"


class CrossSite(Exception):
    """A form of ours was posted from somewhere else."""


class NotAForm(Exception):
    """The body is not a form."""


def read_query(request: Request) -> Parameters:
    """The query's parameters; InvalidRequest when unreadable."""
    return read_parameters(request.scope["query_string"])


async def read_form(request: Request) -> Parameters:
    """The body's parameters; NotAForm or InvalidRequest when it is anything else."""
    content_type = request.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != FORM:
        raise NotAForm
    return read_parameters(await request.body())


async def read_own_form(request: Request, issuer: str) -> Parameters:
    """A form of one of our pages: also proves that the browser posted it from our own site.

    The step ticket is what stops forged posts; this is the second lock (requirement 76).
    """
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin", issuer)
    if site != "same-origin" or origin != issuer:
        raise CrossSite
    parameters = await read_form(request)
    try:
        parameters.refuse_repeated()
    except InvalidRequest:
        raise NotAForm from None
    return parameters
