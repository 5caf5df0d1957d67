//! `cargo ex check`: right servers pass all stages, and a planted fault is found in its stage and named.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

mod support;

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;

use exercises::Style;
use exercises::servers::{self, Goal, Options};
use flashkv::config::DebugAccess;
use flashkv::{Config, Server};
use support::Redis;

fn flashkv() -> Server {
    let config = Config {
        port: 0,
        threads: Some(2),
        enable_debug_command: DebugAccess::Local,
        ..Config::default()
    };
    Server::bind(config).unwrap()
}

fn options(address: SocketAddr) -> Options {
    Options { address, goal: Goal::Chapters(12), versus: None, patient: false, flush: false }
}

/// Whether all passed, and what was written.
fn check(options: &Options) -> (bool, String) {
    let mut out = Vec::new();
    let passed = servers::check(options, Style::Plain, &mut out).unwrap();
    (passed, String::from_utf8(out).unwrap())
}

#[test]
fn flashkv_passes_all_stages() {
    let server = flashkv();
    let (passed, text) = check(&options(server.address()));
    assert!(passed, "{text}");
    assert!(text.starts_with("ok      03  connection/inline-plain  ("), "{text}");
    assert!(text.contains("\nok      10  "), "{text}");
    assert!(text.contains("\nNot played to the end, since time would have to pass: "), "{text}");
    assert!(text.contains("\nAll stages passed: "), "{text}");
}

#[test]
fn two_servers_are_compared_with_each_other() {
    let (ours, theirs) = (flashkv(), flashkv());
    let versus = Some(theirs.address());
    let (passed, text) =
        check(&Options { versus, goal: Goal::Chapters(8), ..options(ours.address()) });
    assert!(passed, "{text}");
    assert!(!text.contains("\nok      09"), "only up to 08: {text}");
}

#[test]
fn redis_passes_all_stages_and_flashkv_is_like_it() {
    let Some(redis) = Redis::start(&["--appendonly", "no"]) else {
        eprintln!("skipped: no redis-server");
        return;
    };
    let (passed, text) = check(&options(redis.address));
    assert!(passed, "{text}");
    let ours = flashkv();
    // Left behind by the run before.
    let flush = true;
    let versus = Some(redis.address);
    let (passed, text) = check(&Options { versus, flush, ..options(ours.address()) });
    assert!(passed, "{text}");
}

#[test]
fn a_wrong_error_text_is_found_and_named() {
    let server = flashkv();
    let address = proxy(server.address(), as_it_is, |reply| {
        replace(reply, b"value is not an integer or out of range", b"value is not an integer")
    });
    insta::assert_snapshot!("wrong_error_text", failure(address));
}

#[test]
fn a_range_that_stops_one_too_early_is_found_and_named() {
    let server = flashkv();
    // LRANGE whose stop is not included: the request's last argument, if it is one digit, is made one less.
    let stop_early = |request: &[u8]| {
        let mut request = request.to_vec();
        let is_lrange = request.to_ascii_lowercase().starts_with(b"*4\r\n$6\r\nlrange\r\n");
        if let (true, [.., b'\n', digit @ b'1'..=b'9', b'\r', b'\n']) =
            (is_lrange, &mut request[..])
        {
            *digit -= 1;
        }
        request
    };
    insta::assert_snapshot!(
        "range_too_short",
        failure(proxy(server.address(), stop_early, as_it_is))
    );
}

#[test]
fn a_time_to_live_in_milliseconds_is_found_and_named() {
    let server = flashkv();
    let in_milliseconds = |request: &[u8]| replace(request, b"$3\r\nTTL\r\n", b"$4\r\nPTTL\r\n");
    let address = proxy(server.address(), in_milliseconds, as_it_is);
    insta::assert_snapshot!("wrong_ttl", failure(address));
}

#[test]
fn data_is_not_deleted_unasked() {
    let server = flashkv();
    let mut client = TcpStream::connect(server.address()).unwrap();
    client.write_all(b"SET mine precious\r\n").unwrap();
    client.read_exact(&mut [0; 5]).unwrap();
    let refused = servers::check(&options(server.address()), Style::Plain, &mut Vec::new());
    assert!(refused.unwrap_err().contains("holds 1 keys, and the check deletes all"));
    let (passed, text) =
        check(&Options { flush: true, goal: Goal::Chapters(7), ..options(server.address()) });
    assert!(passed, "{text}");
}

#[test]
fn a_server_that_is_not_there_is_told_so() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = servers::check(&options(address), Style::Plain, &mut Vec::new()).unwrap_err();
    assert!(error.starts_with(&format!("cannot connect to {address}: ")), "{error}");
    assert!(error.contains("Start the server first"), "{error}");
    let early = servers::check(
        &Options { goal: Goal::Chapters(2), ..options(address) },
        Style::Plain,
        &mut Vec::new(),
    );
    assert_eq!(early.unwrap_err(), "the first chapter with transcripts is 03");
}

/// What is said of a server that fails, from the stage on that it fails.
fn failure(address: SocketAddr) -> String {
    let (passed, text) = check(&options(address));
    assert!(!passed, "{text}");
    let at = text.find("FAILED").unwrap();
    assert!(text[..at].lines().all(|line| line.starts_with("ok ")), "{text}");
    text[at..].to_owned()
}

fn as_it_is(bytes: &[u8]) -> Vec<u8> {
    bytes.to_vec()
}

fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    match bytes.windows(from.len()).position(|part| part == from) {
        None => bytes.to_vec(),
        Some(at) => [&bytes[..at], to, &replace(&bytes[at + from.len()..], from, to)].concat(),
    }
}

/// A server that is another one but for what is done to the bytes on their way.
fn proxy(
    server: SocketAddr,
    request: impl Fn(&[u8]) -> Vec<u8> + Clone + Send + 'static,
    reply: impl Fn(&[u8]) -> Vec<u8> + Clone + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for client in listener.incoming() {
            let (client, server) = (client.unwrap(), TcpStream::connect(server).unwrap());
            let (from_client, to_client) = (client.try_clone().unwrap(), client);
            let (from_server, to_server) = (server.try_clone().unwrap(), server);
            pass_on(from_client, to_server, request.clone());
            pass_on(from_server, to_client, reply.clone());
        }
    });
    address
}

fn pass_on(
    mut from: TcpStream,
    mut to: TcpStream,
    change: impl Fn(&[u8]) -> Vec<u8> + Send + 'static,
) {
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 20];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            if to.write_all(&change(&buffer[..count])).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
}
