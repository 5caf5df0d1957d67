//! The API as a stranger sees it: this file is another crate. What breaks here breaks callers.

use std::error::Error;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use chapter_13::{Clock, Console, Limiter, LimiterError, StorageError, Verdict};
use flashkv::{Config, End, Server};

const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Sends one inline command and nothing more, and returns all that comes back.
fn ask(address: SocketAddr, command: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.write_all(format!("{command}\r\n").as_bytes())?;
    stream.shutdown(Shutdown::Write)?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply)?;
    Ok(reply)
}

// ANCHOR: auto
#[test]
fn what_is_exported_can_cross_threads_and_be_an_error() {
    fn is_shared<T: Send + Sync + 'static>() {}
    fn is_error<T: Error + Send + Sync + 'static>() {}
    is_shared::<Limiter>();
    is_shared::<Console>();
    is_shared::<Verdict>();
    is_error::<LimiterError>();
}
// ANCHOR_END: auto

#[test]
fn the_console_sees_the_counts_and_the_limiter_sees_the_console() {
    let limiter = Limiter::new(1, Duration::from_secs(60)).with_clock(Clock::manual(0));
    let console = limiter.open_console(ANY_PORT).unwrap();
    limiter.admit("ann").unwrap();
    limiter.admit("ann").unwrap();
    assert_eq!(ask(console.address(), "GET hits:ann").unwrap(), "$1\r\n2\r\n");
    assert_eq!(ask(console.address(), "TTL hits:ann").unwrap(), ":60\r\n");
    assert_eq!(ask(console.address(), "DEL hits:ann").unwrap(), ":1\r\n");
    assert_eq!(limiter.admit("ann").unwrap(), Verdict::Admitted { left: 0 });
    console.close();
    assert_eq!(limiter.clone().admit("ben").unwrap(), Verdict::Admitted { left: 0 });
}

// ANCHOR: cause
#[test]
fn an_overwritten_count_is_an_error_that_says_why() {
    let limiter = Limiter::new(1, Duration::from_secs(60));
    let console = limiter.open_console(ANY_PORT).unwrap();
    assert_eq!(ask(console.address(), "RPUSH hits:ann oops").unwrap(), ":1\r\n");
    let error = limiter.admit("ann").unwrap_err();
    assert_eq!(error.to_string(), "'hits:ann' does not hold a count");
    assert_eq!(error.source().unwrap().to_string(), "the key holds a value of another type");
    let LimiterError::NotACount { key, source } = error else { panic!("{error}") };
    assert_eq!((key.as_str(), source), ("hits:ann", StorageError::WrongType));
}
// ANCHOR_END: cause

#[test]
fn a_taken_port_is_an_error_and_leaves_the_limiter_alone() {
    let limiter = Limiter::new(1, Duration::from_secs(60));
    let console = limiter.open_console(ANY_PORT).unwrap();
    let error = limiter.open_console(console.address()).unwrap_err();
    assert!(matches!(error, LimiterError::Console(chapter_13::ServerError::Listen { .. })));
    assert_eq!(limiter.admit("ann").unwrap(), Verdict::Admitted { left: 0 });
}

// ANCHOR: server
/// What a program's own tests want: a real server for each of them, on a port that nobody else has, gone afterwards.
#[test]
fn every_test_has_a_server_of_its_own() {
    let servers: Vec<Server> = (0..3)
        .map(|_| Server::bind(Config { port: 0, threads: Some(1), ..Config::default() }).unwrap())
        .collect();
    for (number, server) in servers.iter().enumerate() {
        // Through the typed API …
        let db = server.engine().db(0);
        db.set("me", number.to_string());
        assert_eq!(db.push("jobs", End::Tail, &["one", "two"]), Ok(2));
    }
    for (number, server) in servers.iter().enumerate() {
        // … and over the wire: the same data.
        assert_eq!(ask(server.address(), "GET me").unwrap(), format!("$1\r\n{number}\r\n"));
        assert_eq!(ask(server.address(), "LLEN jobs").unwrap(), ":2\r\n");
    }
    let mut left = TcpStream::connect(servers[0].address()).unwrap();
    left.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    // With an answer it has been accepted. Whoever still waits for that when a server goes is reset.
    left.write_all(b"PING\r\n").unwrap();
    left.read_exact(&mut [0; 7]).unwrap();
    drop(servers);
    assert_eq!(left.read(&mut [0]).unwrap(), 0, "the end, and nothing is left behind");
}
// ANCHOR_END: server

#[test]
fn the_data_outlives_the_server() {
    let limiter = Limiter::new(9, Duration::from_secs(60));
    let first = limiter.open_console(ANY_PORT).unwrap();
    assert_eq!(ask(first.address(), "INCRBY hits:ann 5").unwrap(), ":5\r\n");
    first.close();
    let second = limiter.open_console(ANY_PORT).unwrap();
    assert_eq!(ask(second.address(), "GET hits:ann").unwrap(), "$1\r\n5\r\n");
    assert_eq!(Arc::new(limiter).admit("ann").unwrap(), Verdict::Admitted { left: 3 });
}
