//! Each operation is one step under one lock, tried by several threads; and the server over a real socket.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use chapter_07::Sharded;
use chapter_08::commands;
use chapter_08::storage::{Condition, End, Keyspace};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const THREADS: usize = 4;

fn together(job: impl Fn() + Sync) {
    let start = Barrier::new(THREADS);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                start.wait();
                job();
            });
        }
    });
}

#[test]
fn a_race_for_a_key_has_one_winner() {
    let store: Sharded<Keyspace> = Sharded::default();
    let winners = AtomicUsize::new(0);
    together(|| {
        for race in 0..2_000 {
            let key = format!("lock:{race}");
            let won = |keys: &mut Keyspace| keys.set(key.as_bytes(), b"x", Condition::IfAbsent);
            winners.fetch_add(usize::from(store.write(key.as_bytes(), won)), Ordering::Relaxed);
        }
    });
    assert_eq!(winners.into_inner(), 2_000);
}

#[test]
fn no_count_and_no_element_is_lost_or_had_twice() {
    let store: Sharded<Keyspace> = Sharded::default();
    let popped = AtomicUsize::new(0);
    together(|| {
        for _ in 0..2_000 {
            store.write(b"n", |keys| keys.incr_by(b"n", 1)).unwrap();
            store.write(b"l", |keys| keys.push(b"l", End::Tail, &["x"])).unwrap();
            let one = store.write(b"l", |keys| keys.pop(b"l", End::Head, 1)).unwrap();
            popped.fetch_add(one.map_or(0, |elements| elements.len()), Ordering::Relaxed);
        }
    });
    let total = THREADS * 2_000;
    assert_eq!(store.write(b"n", |keys| keys.incr_by(b"n", 0)), Ok(total as i64));
    let left = store.read(b"l", |keys| keys.list(b"l").unwrap().map_or(0, |list| list.len()));
    assert_eq!(popped.into_inner() + left, total);
}

/// Sends an inline request to a server of its own and compares what comes back.
async fn session(exchange: &[(&str, &str)]) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let store: Arc<Sharded<Keyspace>> = Arc::default();
    let server = tokio::spawn(chapter_06::serve(listener, move |request, reply| {
        commands::run(&store, request, reply);
    }));
    let mut stream = TcpStream::connect(address).await.unwrap();
    for (request, reply) in exchange {
        stream.write_all(format!("{request}\r\n").as_bytes()).await.unwrap();
        let mut received = vec![0; reply.len()];
        let reading = stream.read_exact(&mut received);
        let read = tokio::time::timeout(Duration::from_secs(20), reading).await;
        assert!(matches!(read, Ok(Ok(_))), "{request}: {}", received.escape_ascii());
        assert_eq!(String::from_utf8_lossy(&received), *reply, "{request}");
    }
    server.abort();
}

#[tokio::test]
async fn the_server_answers_as_redis_does() {
    session(&[
        ("SET lock mine NX", "+OK\r\n"),
        ("set lock yours nx", "$-1\r\n"),
        ("SETNX lock yours", ":0\r\n"),
        ("SET lock yours XX", "+OK\r\n"),
        ("GET lock", "$5\r\nyours\r\n"),
        ("SET lock mine NX XX", "-ERR syntax error\r\n"),
        ("INCR visits", ":1\r\n"),
        ("APPEND visits 0", ":2\r\n"),
        ("INCR visits", ":11\r\n"),
        ("INCR lock", "-ERR value is not an integer or out of range\r\n"),
        ("RPUSH queue a b c", ":3\r\n"),
        ("LPUSH queue z", ":4\r\n"),
        ("LRANGE queue 0 -2", "*3\r\n$1\r\nz\r\n$1\r\na\r\n$1\r\nb\r\n"),
        ("LRANGE queue 5 9", "*0\r\n"),
        ("LRANGE none 0 -1", "*0\r\n"),
        ("LRANGE queue a b", "-ERR value is not an integer or out of range\r\n"),
        ("LPOP queue", "$1\r\nz\r\n"),
        ("RPOP queue", "$1\r\nc\r\n"),
        ("RPOP none", "$-1\r\n"),
        ("GET queue", "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"),
        ("TYPE queue", "+list\r\n"),
        ("TYPE lock", "+string\r\n"),
        ("DEL queue lock none lock", ":2\r\n"),
        ("TYPE queue", "+none\r\n"),
        ("LPUSH queue", "-ERR wrong number of arguments for 'lpush' command\r\n"),
        ("NOSUCH a", "-ERR unknown command 'NOSUCH', with args beginning with: 'a' \r\n"),
    ])
    .await;
}
