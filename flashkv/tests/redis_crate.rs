//! The `redis` crate, as a Rust program would use it: strings, lists, expiry, pipelines, RESP2 and RESP3.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

use std::collections::BTreeSet;

use flashkv::{Config, Server};
use redis::{Commands, Connection, RedisResult};

fn connect(server: &Server, protocol: &str) -> Connection {
    let url = format!("redis://{}/?protocol={protocol}", server.address());
    redis::Client::open(url).unwrap().get_connection().unwrap()
}

fn for_each_protocol(test: fn(Connection)) {
    let server = Server::bind(Config { port: 0, ..Config::default() }).unwrap();
    for protocol in ["resp2", "resp3"] {
        test(connect(&server, protocol));
    }
}

#[test]
fn strings_and_counters() {
    for_each_protocol(|mut client| {
        let _: () = client.set("greeting", "hello").unwrap();
        assert_eq!(client.get("greeting"), RedisResult::Ok("hello".to_string()));
        assert_eq!(client.get("missing"), RedisResult::Ok(None::<String>));
        assert_eq!(client.set_nx("greeting", "hi"), RedisResult::Ok(false));
        let _: () = client.mset(&[("a", 1), ("b", 2)]).unwrap();
        assert_eq!(client.mget(&["a", "b", "c"]), RedisResult::Ok((Some(1), Some(2), None::<i64>)));
        assert_eq!(client.incr("a", 41), RedisResult::Ok(42));
        assert_eq!(client.del(&["a", "b", "greeting"]), RedisResult::Ok(3));
    });
}

#[test]
fn lists() {
    for_each_protocol(|mut client| {
        assert_eq!(client.rpush("list", &["a", "b", "c"]), RedisResult::Ok(3));
        let elements: Vec<String> = client.lrange("list", 0, -1).unwrap();
        assert_eq!(elements, ["a", "b", "c"]);
        assert_eq!(client.lpop("list", None), RedisResult::Ok("a".to_string()));
        assert_eq!(client.llen("list"), RedisResult::Ok(2));
        let _: () = client.del("list").unwrap();
    });
}

#[test]
fn expiry() {
    for_each_protocol(|mut client| {
        let _: () = client.set_ex("short", "x", 100).unwrap();
        let ttl: i64 = client.ttl("short").unwrap();
        assert!((90..=100).contains(&ttl), "{ttl}");
        assert_eq!(client.persist("short"), RedisResult::Ok(true));
        assert_eq!(client.ttl("short"), RedisResult::Ok(-1));
        let _: () = client.del("short").unwrap();
    });
}

#[test]
fn pipelines_and_scans() {
    for_each_protocol(|mut client| {
        let mut pipeline = redis::pipe();
        for number in 0..1000 {
            pipeline.set(format!("key:{number}"), number).ignore();
        }
        let _: () = pipeline.query(&mut client).unwrap();
        let keys: BTreeSet<String> =
            client.scan_match("key:*").unwrap().map(Result::unwrap).collect();
        assert_eq!(keys.len(), 1000);
        let _: () = redis::cmd("FLUSHALL").query(&mut client).unwrap();
    });
}

#[test]
fn errors_are_recognised() {
    for_each_protocol(|mut client| {
        let _: () = client.set("string", "x").unwrap();
        let error = client.lpush::<_, _, i64>("string", "y").unwrap_err();
        assert_eq!(error.code(), Some("WRONGTYPE"));
    });
}
