"""Puts emulated Yahoo together: every path below its base address."""

from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from providers.emulated.faults import Place
from providers.emulated.forgery import IdTokens
from providers.emulated.parts import Built, Parts
from providers.emulated.signin import SignIn
from providers.emulated.transport import guarded_route
from providers.emulated.upstream import Upstream
from providers.emulated.yahoo.authorize import Authorize
from providers.emulated.yahoo.manners import NAME, YahooManners
from providers.emulated.yahoo.metadata import WEAK_KID, Metadata, make_rings
from providers.emulated.yahoo.profile import Profile
from providers.emulated.yahoo.token import Token

YAHOOS_OWN_STATUS = 999


def build(parts: Parts) -> Built:
    """Return Yahoo's state and routes."""
    upstream = parts.assemble(
        name=NAME,
        title="Yahoo",
        rings=make_rings(parts.stock),
        throttle=_throttle,
        old_issuer="https://login.yahoo.com",
        weak_kid=WEAK_KID,
    )
    sign_in = SignIn(upstream, YahooManners(upstream))
    metadata, profile = Metadata(upstream), Profile(upstream)
    authorize, token = Authorize(upstream, sign_in), Token(upstream, IdTokens(upstream))
    discovery, request_auth = "/.well-known/openid-configuration", "/oauth2/request_auth"
    both = ("GET", "POST")
    routes = [
        guarded_route(upstream, Place.DISCOVERY, discovery, metadata.discovery),
        guarded_route(upstream, Place.JWKS, "/openid/v1/certs", metadata.keys),
        guarded_route(upstream, Place.AUTHORIZE, request_auth, authorize.endpoint, *both),
        guarded_route(upstream, Place.TOKEN, "/oauth2/get_token", token.endpoint, *both),
        guarded_route(upstream, Place.USERINFO, "/openid/v1/userinfo", profile.userinfo, *both),
        Route("/oauth2/introspect", profile.introspect, methods=["POST"]),
        Route("/oauth2/revoke", profile.revoke, methods=["POST"]),
        Route("/signin", sign_in.choose, methods=["POST"]),
    ]
    return Built(upstream, routes)


def _throttle(_upstream: Upstream) -> Response:
    """Return the status that only Yahoo has."""
    return HTMLResponse("<html><h1>999 Request denied</h1></html>", YAHOOS_OWN_STATUS)
