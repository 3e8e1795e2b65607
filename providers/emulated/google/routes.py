"""Puts emulated Google together: every path below its base address."""

from urllib.parse import urlsplit

from starlette.routing import BaseRoute, Route

from providers.emulated.faults import Place
from providers.emulated.forgery import IdTokens
from providers.emulated.google import metadata as addresses
from providers.emulated.google.authorize import Authorize
from providers.emulated.google.events import MANAGEMENT, Events
from providers.emulated.google.management import Management
from providers.emulated.google.manners import NAME, GoogleManners
from providers.emulated.google.metadata import Metadata, make_rings
from providers.emulated.google.profile import Profile
from providers.emulated.google.token import THROTTLED, Token
from providers.emulated.parts import Built, Parts
from providers.emulated.signin import SignIn
from providers.emulated.transport import guarded_route


def build(parts: Parts) -> Built:
    """Return Google's state and routes."""
    upstream = parts.assemble(
        name=NAME,
        title="Google",
        rings=make_rings(parts.stock),
        throttle=lambda _: THROTTLED.answer(),
        old_issuer=parts.base.removeprefix(f"{urlsplit(parts.base).scheme}://"),
    )
    sign_in = SignIn(upstream, GoogleManners(upstream))
    metadata, profile = Metadata(upstream), Profile(upstream)
    authorize = Authorize(upstream, sign_in)
    token = Token(upstream, IdTokens(upstream))
    events = Events(upstream, parts.outbound)
    discovery, both = "/.well-known/openid-configuration", ("GET", "POST")
    routes = [
        guarded_route(upstream, Place.DISCOVERY, discovery, metadata.discovery),
        guarded_route(upstream, Place.JWKS, addresses.CERTS, metadata.keys),
        guarded_route(upstream, Place.AUTHORIZE, addresses.AUTHORIZE, authorize.endpoint, *both),
        guarded_route(upstream, Place.TOKEN, addresses.TOKEN, token.endpoint, "POST"),
        guarded_route(upstream, Place.USERINFO, addresses.USERINFO, profile.userinfo, *both),
        Route("/.well-known/risc-configuration", events.configuration),
        Route(addresses.REVOKE, profile.revoke, methods=["POST"]),
        Route("/signin", sign_in.choose, methods=["POST"]),
        *_manage(Management(events)),
    ]
    return Built(upstream, routes)


def _manage(management: Management) -> list[BaseRoute]:
    """Return the management API's routes; its verbs hang on a colon, as Google's do."""
    stream, allow = f"{MANAGEMENT}/stream", management.allow
    return [
        Route(stream, allow(management.show), methods=["GET"]),
        Route(f"{stream}:update", allow(management.update), methods=["POST"]),
        Route(f"{stream}:verify", allow(management.verify), methods=["POST"]),
        Route(f"{stream}/status", allow(management.show_status), methods=["GET"]),
        Route(f"{stream}/status:update", allow(management.update_status), methods=["POST"]),
    ]
