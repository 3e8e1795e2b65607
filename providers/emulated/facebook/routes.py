"""Puts emulated Facebook together: dialog below the base, Graph below its host's name."""

from starlette.routing import Route

from providers.emulated.facebook.dialog import Dialog
from providers.emulated.facebook.errors import THROTTLED
from providers.emulated.facebook.graph import Graph
from providers.emulated.facebook.manners import NAME, FacebookManners
from providers.emulated.facebook.metadata import RING, describe, make_rings
from providers.emulated.facebook.notices import Notices
from providers.emulated.facebook.settings_page import SettingsPage
from providers.emulated.facebook.token import Token
from providers.emulated.faults import Place
from providers.emulated.metadata import Metadata
from providers.emulated.parts import Built, Parts
from providers.emulated.signin import SignIn
from providers.emulated.transport import guarded_route

GRAPH = "/graph.facebook.com"


def build(parts: Parts) -> Built:
    """Return Facebook's state and routes."""
    upstream = parts.assemble(
        name=NAME,
        title="Facebook",
        rings=make_rings(parts.stock),
        throttle=lambda _: THROTTLED.answer(),
        old_issuer="https://facebook.com",
    )
    sign_in = SignIn(upstream, FacebookManners(upstream))
    notices = Notices(upstream, parts.outbound)
    settings, metadata = SettingsPage(upstream, notices), Metadata(upstream, describe, RING)
    dialog, token = Dialog(upstream, sign_in), Token(upstream)
    graph = Graph(upstream, notices)
    keys, both = "/.well-known/oauth/openid/jwks/", ("GET", "POST")
    discovery = "/.well-known/openid-configuration/"
    routes = [
        guarded_route(upstream, Place.DISCOVERY, discovery, metadata.discovery),
        guarded_route(upstream, Place.JWKS, keys, metadata.keys),
        *(
            route
            for version in ("", "/{version}")
            for route in (
                guarded_route(
                    upstream, Place.AUTHORIZE, f"{version}/dialog/oauth", dialog.endpoint, *both
                ),
                guarded_route(
                    upstream,
                    Place.TOKEN,
                    f"{GRAPH}{version}/oauth/access_token",
                    token.endpoint,
                    *both,
                ),
                guarded_route(upstream, Place.USERINFO, f"{GRAPH}{version}/me", graph.me),
                Route(f"{GRAPH}{version}/debug_token", graph.debug_token),
                Route(
                    f"{GRAPH}{version}/{{user}}/permissions",
                    graph.remove_permissions,
                    methods=["DELETE"],
                ),
            )
        ),
        Route("/settings/apps", settings.show, methods=["GET"]),
        Route("/settings/apps", settings.remove, methods=["POST"]),
        Route("/signin", sign_in.choose, methods=["POST"]),
    ]
    return Built(upstream, routes)
