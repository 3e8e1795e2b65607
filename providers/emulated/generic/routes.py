"""Puts the plain provider together: every path below its base address."""

from starlette.routing import Route

from providers.emulated.faults import Place
from providers.emulated.forgery import IdTokens
from providers.emulated.generic.authorize import Authorize
from providers.emulated.generic.manners import NAME, GenericManners
from providers.emulated.generic.metadata import RING, describe, make_rings
from providers.emulated.generic.token import THROTTLED, Token
from providers.emulated.metadata import Metadata
from providers.emulated.parts import Built, Parts
from providers.emulated.signin import SignIn
from providers.emulated.transport import guarded_route


def build(parts: Parts) -> Built:
    """Return the plain provider's state and routes."""
    upstream = parts.assemble(
        name=NAME,
        title="OpenID",
        rings=make_rings(parts.stock),
        throttle=lambda _: THROTTLED.answer(),
        old_issuer=f"{parts.base}/v1",
    )
    sign_in = SignIn(upstream, GenericManners(upstream))
    metadata, token = Metadata(upstream, describe, RING), Token(upstream, IdTokens(upstream))
    authorize = Authorize(upstream, sign_in)
    discovery, both = "/.well-known/openid-configuration", ("GET", "POST")
    routes = [
        guarded_route(upstream, Place.DISCOVERY, discovery, metadata.discovery),
        guarded_route(upstream, Place.JWKS, "/jwks", metadata.keys),
        guarded_route(upstream, Place.AUTHORIZE, "/authorize", authorize.endpoint, *both),
        guarded_route(upstream, Place.TOKEN, "/token", token.endpoint, "POST"),
        guarded_route(upstream, Place.USERINFO, "/userinfo", token.userinfo, *both),
        Route("/signin", sign_in.choose, methods=["POST"]),
    ]
    return Built(upstream, routes)
