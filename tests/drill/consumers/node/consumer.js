// A service on Node with jose and its remote key set: verifies what it is given, a line at a time.

import { createInterface } from "node:readline";
import { createRemoteJWKSet, jwtVerify } from "jose";

const { JWKS, ISSUER, AUDIENCE, LEEWAY, SKEW, CACHE, COOLDOWN } = process.env;
const keys = createRemoteJWKSet(new URL(JWKS), {
  cacheMaxAge: Number(CACHE) * 1000,
  cooldownDuration: Number(COOLDOWN) * 1000,
});

async function judge(token) {
  try {
    await jwtVerify(token, keys, {
      issuer: ISSUER,
      audience: AUDIENCE,
      typ: "at+jwt",
      algorithms: ["RS256", "PS256", "ES256", "EdDSA"],
      clockTolerance: Number(LEEWAY),
      currentDate: new Date(Date.now() + Number(SKEW) * 1000),
    });
    return "ok";
  } catch (error) {
    return error.code ?? error.name;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const words = [];
  for (const token of line.split(" ")) words.push(await judge(token));
  process.stdout.write(`${words.join(" ")}\n`);
}
