"""Microsoft's discovery document: the fields of the real one, PKCE left out as there.

For `common` and `organizations` the issuer is a template that no token ever carries.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.emulated.discovery import falsify
from providers.emulated.keysets import publish
from providers.emulated.microsoft.errors import answer_error
from providers.emulated.microsoft.keys import select_keys
from providers.emulated.microsoft.tenants import Tenant, find_tenant
from providers.emulated.upstream import Upstream

NO_SUCH_TENANT = 90002
CLAIMS = (
    "sub iss cloud_instance_name cloud_instance_host_name cloud_graph_host_name msgraph_host aud "
    "exp iat auth_time acr nonce preferred_username name tid ver at_hash c_hash email"
)


def describe(base: str, tenant: Tenant) -> dict[str, object]:
    """Return the discovery document; endpoints stand under the tenant as it was asked for."""
    here = f"{base}/{tenant.asked}"
    return {
        "token_endpoint": f"{here}/oauth2/v2.0/token",
        "token_endpoint_auth_methods_supported": [
            "client_secret_post",
            "private_key_jwt",
            "client_secret_basic",
        ],
        "jwks_uri": f"{here}/discovery/v2.0/keys",
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": f"{base}/{tenant.issuer_tenant}/v2.0",
        "request_uri_parameter_supported": False,
        "userinfo_endpoint": f"{base}/graph.microsoft.com/oidc/userinfo",
        "authorization_endpoint": f"{here}/oauth2/v2.0/authorize",
        "device_authorization_endpoint": f"{here}/oauth2/v2.0/devicecode",
        "http_logout_supported": True,
        "frontchannel_logout_supported": True,
        "end_session_endpoint": f"{here}/oauth2/v2.0/logout",
        "claims_supported": CLAIMS.split(),
        "kerberos_endpoint": f"{here}/kerberos",
        "tenant_region_scope": tenant.region,
        "cloud_instance_name": "microsoftonline.com",
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": "graph.microsoft.com",
        "rbac_url": "https://pas.windows.net",
    }


@dataclass(frozen=True, slots=True)
class Metadata:
    """The discovery and key endpoints."""

    upstream: Upstream

    async def discovery(self, request: Request) -> Response:
        """Answer the discovery document of the tenant in the path."""
        tenant = find_tenant(request.path_params["tenant"])
        if tenant is None:
            return answer_error(self.upstream, NO_SUCH_TENANT)
        document = falsify(self.upstream, describe(self.upstream.base, tenant))
        return JSONResponse(document, headers={"Cache-Control": "max-age=86400, private"})

    async def keys(self, request: Request) -> Response:
        """Answer the keys of the tenant in the path."""
        tenant = find_tenant(request.path_params["tenant"])
        if tenant is None:
            return answer_error(self.upstream, NO_SUCH_TENANT)
        keys = select_keys(self.upstream.rings, tenant)
        return JSONResponse(
            publish(self.upstream, keys), headers={"Cache-Control": "max-age=86400, private"}
        )
