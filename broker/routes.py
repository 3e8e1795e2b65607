"""Every door: method, path, endpoint. Nothing else registers a route."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from broker.endpoints.account_code import AccountCode
from broker.endpoints.authorize import Authorize
from broker.endpoints.callback import CallbackEndpoint
from broker.endpoints.canary import CanaryEndpoint
from broker.endpoints.choose import Choose
from broker.endpoints.code import CodeEndpoint
from broker.endpoints.flow import FlowDispatcher
from broker.endpoints.health import Health
from broker.endpoints.last_steps import LastSteps
from broker.endpoints.logout import LogoutEndpoint
from broker.endpoints.not_me import NotMeEndpoint
from broker.endpoints.open_pages import OpenPages
from broker.endpoints.recognise import Recognise
from broker.endpoints.static import StaticEndpoint
from broker.endpoints.token import TokenEndpoint
from broker.endpoints.userinfo import UserInfoEndpoint
from broker.endpoints.verify import VerifyEndpoint
from broker.endpoints.well_known import WellKnown

Answer = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Endpoints:
    """All endpoints, put together in `broker.app`."""

    open_pages: OpenPages
    well_known: WellKnown
    authorize: Authorize
    flow: FlowDispatcher
    choose: Choose
    callback: CallbackEndpoint
    recognise: Recognise
    verify: VerifyEndpoint
    code: CodeEndpoint
    account_code: AccountCode
    last_steps: LastSteps
    not_me: NotMeEndpoint
    token: TokenEndpoint
    canary: CanaryEndpoint
    userinfo: UserInfoEndpoint
    logout: LogoutEndpoint
    static: StaticEndpoint
    health: Health


def routes(e: Endpoints) -> list[BaseRoute]:
    """The table."""
    get, post = ["GET"], ["POST"]
    return [
        # for portals and services
        Route("/.well-known/openid-configuration", e.well_known.get_discovery, methods=get),
        Route("/.well-known/oauth-authorization-server", e.well_known.get_discovery, methods=get),
        Route("/jwks", e.well_known.get_jwks, methods=get),
        Route("/jwks/canary", e.canary.post, methods=post),
        _both("/authorize", e.authorize.get, e.authorize.post),
        Route("/token", e.token.post, methods=post),
        _both("/userinfo", e.userinfo.answer, e.userinfo.answer),
        _both("/logout", e.logout.get, e.logout.post),
        # for people who are signing in; only /flow decides where they go
        _get_alone("/flow", e.flow.get),
        _both("/flow/choose", e.choose.get, e.choose.post),
        _get_alone("/callback/{provider}", e.callback.get),
        _both("/flow/new", e.recognise.get_new, e.recognise.post_new),
        _both("/flow/whose", e.recognise.get_whose, e.recognise.post_whose),
        _both("/flow/verify", e.verify.get, e.verify.post),
        _both("/flow/code", e.code.get, e.code.post),
        _both("/flow/ask", e.code.get_ask, e.code.post_ask),
        _both("/flow/done", e.last_steps.get_done, e.last_steps.post_done),
        _both("/flow/consent", e.last_steps.get_consent, e.last_steps.post_consent),
        _both("/flow/leave", e.last_steps.get_leave, e.last_steps.post_leave),
        # for people who are signed in
        _both("/account/code", e.account_code.get, e.account_code.post),
        _both("/account/ask", e.account_code.get_ask, e.account_code.post_ask),
        # for customers who were told that somebody was connected to them
        _both("/account/not-me", e.not_me.get, e.not_me.post),
        # for everybody
        Route("/", e.open_pages.get_doors, methods=get),
        Route("/help", e.open_pages.get_help, methods=get),
        Route("/help/{topic}", e.open_pages.get_help, methods=get),
        Route("/static/{name}", e.static.get, methods=get),
        # for operators
        Route("/livez", e.health.live, methods=get),
        Route("/readyz", e.health.ready, methods=get),
    ]


def _both(path: str, get: Answer, post: Answer) -> BaseRoute:
    """One route for a page and its form, so that a wrong method is told of both."""

    async def answer(request: Request) -> Response:
        return await (post if request.method == "POST" else get)(request)

    return Route(path, answer, methods=["GET", "POST"])


def _get_alone(path: str, get: Answer) -> BaseRoute:
    """A route whose GET ends something, so that HEAD must not (RFC 9110 section 9.2.1)."""
    route = Route(path, get, methods=["GET"])
    route.methods = {"GET"}
    return route
