"""redis-py against flashkv: strings, lists, expiry, pipelines, RESP2 and RESP3. usage: redis_py.py PORT"""

import sys

import redis

for protocol in (2, 3):
    client = redis.Redis(port=int(sys.argv[1]), protocol=protocol, decode_responses=True, client_name="redis-py")
    assert client.ping()
    assert client.flushall()

    assert client.set("greeting", "hello")
    assert client.get("greeting") == "hello"
    assert client.get("missing") is None
    assert client.set("greeting", "hi", nx=True) is None
    assert client.set("greeting", "hi", xx=True, get=True) == "hello"
    assert client.append("greeting", "!") == 3
    assert client.getrange("greeting", 0, 1) == "hi"
    assert client.mset({"a": "1", "b": "2"}) and client.mget("a", "b", "c") == ["1", "2", None]
    assert client.incrby("a", 41) == 42 and client.incrbyfloat("a", 0.5) == 42.5
    assert client.lcs("greeting", "b") in ("", b"")

    assert client.rpush("list", "a", "b", "c") == 3
    assert client.lrange("list", 0, -1) == ["a", "b", "c"]
    assert client.lpop("list", 2) == ["a", "b"]
    assert client.lmove("list", "other", "LEFT", "RIGHT") == "c"
    assert client.lmpop(1, "other", direction="LEFT") == ["other", ["c"]]
    assert client.exists("list", "other") == 0

    assert client.expire("a", 100) and 0 < client.ttl("a") <= 100
    assert client.persist("a") and client.ttl("a") == -1
    assert client.setex("short", 100, "x") and client.pttl("short") > 0

    with client.pipeline(transaction=False) as pipeline:
        for number in range(1000):
            pipeline.set(f"key:{number}", number)
        assert all(pipeline.execute())
    assert sorted(client.scan_iter("key:*", count=100)) == sorted(f"key:{number}" for number in range(1000))
    assert client.dbsize() == 1000 + 4

    try:
        client.lpush("greeting", "x")
        raise AssertionError("a push onto a string must fail")
    except redis.ResponseError as error:
        assert "WRONGTYPE" in str(error)

    assert client.info("server")["redis_version"] == "7.0.15"
    assert client.config_get("maxclients") == {"maxclients": "10000"}
    assert client.client_getname() == "redis-py"
    assert client.command_count() > 80
    client.close()
    print(f"ok    redis-py {redis.__version__}, RESP{protocol}")
