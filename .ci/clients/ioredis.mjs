// ioredis against flashkv: strings, lists, expiry, pipelines, streams of keys. usage: node ioredis.mjs PORT
import assert from "node:assert/strict";
import Redis from "ioredis";

const client = new Redis(Number(process.argv[2]), "127.0.0.1", { connectionName: "ioredis" });
await client.flushall();

assert.equal(await client.set("greeting", "hello"), "OK");
assert.equal(await client.get("greeting"), "hello");
assert.equal(await client.get("missing"), null);
assert.equal(await client.set("greeting", "hi", "NX"), null);
assert.deepEqual(await client.mget("greeting", "missing"), ["hello", null]);
assert.equal(await client.incr("counter"), 1);
assert.deepEqual(await client.getBuffer("greeting"), Buffer.from("hello"));

assert.equal(await client.rpush("list", "a", "b", "c"), 3);
assert.deepEqual(await client.lrange("list", 0, -1), ["a", "b", "c"]);
assert.equal(await client.lpop("list"), "a");
assert.equal(await client.rpoplpush("list", "list"), "c");

assert.equal(await client.set("short", "x", "EX", 100), "OK");
assert.ok((await client.ttl("short")) > 90);

const pipeline = client.pipeline();
for (let number = 0; number < 1000; number++) pipeline.set(`key:${number}`, number);
const replies = await pipeline.exec();
assert.ok(replies.every(([error, reply]) => error === null && reply === "OK"));

const keys = new Set();
for await (const batch of client.scanStream({ match: "key:*", count: 100 })) batch.forEach((key) => keys.add(key));
assert.equal(keys.size, 1000);

await assert.rejects(client.lpush("greeting", "x"), /WRONGTYPE/);
assert.equal(await client.client("GETNAME"), "ioredis");
assert.match(await client.info("server"), /redis_version:7\.0\.15/);
await client.quit();
console.log("ok    ioredis");
