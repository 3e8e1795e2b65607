// oidc-provider's Adapter on Redis: one record a key, with its time to live; one round trip a verb.
// Of what an adapter may do, only what a login and its tokens need is here.

import Redis from "ioredis";

const redis = new Redis(process.env.REDIS, { enableAutoPipelining: false });
const place = (kind, id) => `node:${kind}:${id}`;
const ofUid = (uid) => `node:uid:${uid}`;
const ofGrant = (id) => `node:grant:${id}`;

export class RedisAdapter {
  constructor(kind) {
    this.kind = kind;
  }

  async upsert(id, payload, seconds) {
    const work = redis.multi().set(place(this.kind, id), JSON.stringify(payload), "EX", seconds);
    if (this.kind === "Session") work.set(ofUid(payload.uid), id, "EX", seconds);
    if (payload.grantId && this.kind !== "Session") {
      work.rpush(ofGrant(payload.grantId), place(this.kind, id));
      work.expire(ofGrant(payload.grantId), seconds);
    }
    await work.exec();
  }

  async find(id) {
    const found = await redis.get(place(this.kind, id));
    return found ? JSON.parse(found) : undefined;
  }

  async findByUid(uid) {
    const id = await redis.get(ofUid(uid));
    return id ? this.find(id) : undefined;
  }

  async consume(id) {
    const key = place(this.kind, id);
    const found = JSON.parse(await redis.get(key));
    found.consumed = Math.floor(Date.now() / 1000);
    await redis.set(key, JSON.stringify(found), "KEEPTTL");
  }

  async destroy(id) {
    await redis.del(place(this.kind, id));
  }

  async revokeByGrantId(grantId) {
    const keys = await redis.lrange(ofGrant(grantId), 0, -1);
    await redis.del(ofGrant(grantId), ...keys);
  }
}
