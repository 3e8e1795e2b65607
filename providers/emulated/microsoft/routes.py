"""Puts emulated Microsoft together: every path below its base address."""

from starlette.routing import Route

from providers.emulated.faults import Place
from providers.emulated.forgery import IdTokens
from providers.emulated.microsoft.authorize import Authorize
from providers.emulated.microsoft.errors import THROTTLED, answer_error
from providers.emulated.microsoft.graph import Graph
from providers.emulated.microsoft.keys import make_rings
from providers.emulated.microsoft.logout import Logout
from providers.emulated.microsoft.manners import NAME, MicrosoftManners
from providers.emulated.microsoft.metadata import Metadata
from providers.emulated.microsoft.token import Token
from providers.emulated.parts import Built, Parts
from providers.emulated.people import COUNCIL_TENANT
from providers.emulated.signin import SignIn
from providers.emulated.transport import guarded_route


def build(parts: Parts) -> Built:
    """Return Microsoft's state and routes."""
    upstream = parts.assemble(
        name=NAME,
        title="Microsoft",
        rings=make_rings(parts.stock, parts.base),
        throttle=lambda here: answer_error(here, THROTTLED),
        old_issuer=f"https://sts.windows.net/{COUNCIL_TENANT}/",
    )
    sign_in = SignIn(upstream, MicrosoftManners(upstream))
    metadata = Metadata(upstream)
    authorize = Authorize(upstream, sign_in)
    token = Token(upstream, IdTokens(upstream))

    oauth, graph = "/{tenant}/oauth2/v2.0", "/graph.microsoft.com/oidc/userinfo"
    discovery = "/{tenant}/v2.0/.well-known/openid-configuration"
    authorize_path, keys_path = f"{oauth}/authorize", "/{tenant}/discovery/v2.0/keys"
    both = ("GET", "POST")
    routes = [
        guarded_route(upstream, Place.DISCOVERY, discovery, metadata.discovery),
        guarded_route(upstream, Place.JWKS, keys_path, metadata.keys),
        guarded_route(upstream, Place.AUTHORIZE, authorize_path, authorize.endpoint, *both),
        guarded_route(upstream, Place.TOKEN, f"{oauth}/token", token.endpoint, "POST"),
        guarded_route(upstream, Place.USERINFO, graph, Graph(upstream).endpoint, *both),
        Route(f"{oauth}/logout", Logout(upstream).endpoint, methods=both),
        Route("/signin", sign_in.choose, methods=["POST"]),
    ]
    return Built(upstream, routes)
