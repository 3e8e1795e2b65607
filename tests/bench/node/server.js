// oidc-provider doing the work that is measured: two portals as the broker's own, signed alike.
// Its login accepts whoever comes, without any page: only logins on a session are compared.

import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

import { RedisAdapter } from "./redis_adapter.js";

const { PORT, CALLBACK } = process.env;
const portals = JSON.parse(process.env.PORTALS);
const API = "https://api.example";

const jwk = (use, kind, options) => ({
  ...generateKeyPairSync(kind, options).privateKey.export({ format: "jwk" }),
  ...use,
});
const keys = [
  jwk({ alg: "RS256", use: "sig", kid: "r" }, "rsa", { modulusLength: 2048 }),
  jwk({ alg: "ES256", use: "sig", kid: "e" }, "ec", { namedCurve: "P-256" }),
];

const provider = new Provider(`http://localhost:${PORT}`, {
  adapter: RedisAdapter,
  jwks: { keys },
  clients: portals.map(({ id, secret, algorithm }) => ({
    client_id: id,
    client_secret: secret,
    redirect_uris: [CALLBACK],
    grant_types: ["authorization_code"],
    response_types: ["code"],
    id_token_signed_response_alg: algorithm,
    token_endpoint_auth_method: "client_secret_basic",
  })),
  cookies: { keys: ["a-key-for-cookies-of-the-benchmark"] },
  pkce: { required: () => true },
  scopes: ["openid", "profile", "email", "invoices:read"],
  claims: { openid: ["sub"], profile: ["name"], email: ["email"] },
  ttl: { Session: 28800, Grant: 28800, AccessToken: 600, AuthorizationCode: 60, IdToken: 600 },
  findAccount: async (_ctx, id) => ({
    accountId: id,
    claims: async () => ({ sub: id, name: "Karin Provberg", email: "karin@brev.example" }),
  }),
  loadExistingGrant: async (ctx) => {
    const grantId = ctx.oidc.session.grantIdFor(ctx.oidc.client.clientId);
    if (grantId) return provider.Grant.find(grantId);
    const grant = new provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope("openid profile email invoices:read");
    grant.addResourceScope(API, "invoices:read");
    await grant.save();
    return grant;
  },
  features: {
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: (_ctx, _resource, client) => ({
        scope: "invoices:read",
        audience: API,
        accessTokenTTL: 600,
        accessTokenFormat: "jwt",
        jwt: { sign: { alg: client.idTokenSignedResponseAlg } },
      }),
    },
  },
  interactions: { url: (_ctx, interaction) => `/login/${interaction.uid}` },
});

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith("/login/")) return next();
  const result = { login: { accountId: "p_a-person-of-some-length", remember: true } };
  return provider.interactionFinished(ctx.req, ctx.res, result);
});

provider.listen(Number(PORT), "127.0.0.1");
