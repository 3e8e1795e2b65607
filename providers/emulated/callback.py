"""Sends the browser back to the client, with the faults that an answer can have on its way."""

from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from providers.emulated.login import LoginRequest
from providers.emulated.upstream import Upstream

Parameters = list[tuple[str, str]]

FOREIGN_ISSUER = "https://somebody-else.example"
FOREIGN_CODE = "code-of-another-provider"


def complete(
    upstream: Upstream, login: LoginRequest, parameters: Sequence[tuple[str, str]]
) -> Parameters:
    """Return the answer's parameters with `state`, and with what the queued faults do to them."""
    answer = list(parameters)
    state = login.get("state")
    if state and not upstream.faults.strikes("lost_state"):
        wrong = upstream.faults.strikes("wrong_state")
        answer.append(("state", "a-state-that-was-never-sent" if wrong else state))
    if upstream.faults.strikes("duplicate_state"):
        answer.append(("state", state))
    if upstream.faults.strikes("wrong_response_issuer"):
        answer = [one for one in answer if one[0] != "iss"] + [("iss", FOREIGN_ISSUER)]
    if upstream.faults.strikes("foreign_code"):
        answer = [(name, FOREIGN_CODE if name == "code" else value) for name, value in answer]
    return answer


def redirect(
    address: str,
    parameters: Parameters,
    *,
    as_fragment: bool = False,
    fragment: str = "",
) -> Response:
    """Return a redirect with the parameters in the query, or in the fragment.

    RFC 6749 section 4.1.2; `fragment` is what a provider hangs on behind (Facebook's `#_=_`).
    """
    joint = "#" if as_fragment else "&" if "?" in address else "?"
    return RedirectResponse(f"{address}{joint}{urlencode(parameters)}{fragment}", 302)


def deliver_by_form(
    upstream: Upstream,
    request: Request,
    login: LoginRequest,
    address: str,
    parameters: Parameters,
) -> Response:
    """Return a page that posts the parameters (OAuth 2.0 Form Post Response Mode)."""
    return upstream.pages.render(
        request,
        "form_post.html",
        action=address,
        fields=parameters,
        client=upstream.registrations[login.client_id].name,
    )
