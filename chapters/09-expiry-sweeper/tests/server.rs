//! The commands over a real socket, with a clock moved by hand.

#![allow(clippy::unwrap_used, reason = "test code")]

use std::sync::Arc;
use std::time::Duration;

use chapter_09::{Clock, Engine, commands};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

struct Client(TcpStream);

impl Client {
    async fn ask(&mut self, request: &str, reply: &str) {
        self.0.write_all(format!("{request}\r\n").as_bytes()).await.unwrap();
        let mut received = vec![0; reply.len()];
        let reading = self.0.read_exact(&mut received);
        let read = tokio::time::timeout(Duration::from_secs(20), reading).await;
        assert!(matches!(read, Ok(Ok(_))), "{request}: {}", received.escape_ascii());
        assert_eq!(String::from_utf8_lossy(&received), reply, "{request}");
    }
}

#[tokio::test]
async fn keys_end_and_clients_are_told_when() {
    let clock = Clock::manual(1_700_000_000_000);
    let engine = Arc::new(Engine::new(clock.clone()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(chapter_06::serve(listener, move |request, reply| {
        commands::run(&engine, request, reply);
    }));
    let mut client = Client(TcpStream::connect(address).await.unwrap());
    client.ask("SET k v EX 10", "+OK\r\n").await;
    client.ask("TTL k", ":10\r\n").await;
    clock.advance(4_600);
    client.ask("TTL k", ":5\r\n").await;
    client.ask("PERSIST k", ":1\r\n").await;
    client.ask("PERSIST k", ":0\r\n").await;
    client.ask("TTL k", ":-1\r\n").await;
    client.ask("EXPIRE k 1", ":1\r\n").await;
    client.ask("EXPIRE none 1", ":0\r\n").await;
    client.ask("SET other v px 1000", "+OK\r\n").await;
    clock.advance(1_001);
    client.ask("DBSIZE", ":2\r\n").await;
    client.ask("GET k", "$-1\r\n").await;
    client.ask("TTL k", ":-2\r\n").await;
    client.ask("DBSIZE", ":1\r\n").await;
    client.ask("DEL other k", ":0\r\n").await;
    client.ask("SET k v", "+OK\r\n").await;
    client.ask("EXPIRE k -1", ":1\r\n").await;
    client.ask("GET k", "$-1\r\n").await;
    let invalid = |command| format!("-ERR invalid expire time in '{command}' command\r\n");
    client.ask("SET k v EX 0", &invalid("set")).await;
    client.ask("SET k v EX 9223372036854775807", &invalid("set")).await;
    client.ask("EXPIRE k 9223372036854775807", &invalid("expire")).await;
    let not_integer = "-ERR value is not an integer or out of range\r\n";
    client.ask("SET k v EX soon", not_integer).await;
    client.ask("EXPIRE k 1.5", not_integer).await;
    client.ask("SET k v IN 5", "-ERR syntax error\r\n").await;
    client.ask("TTL", "-ERR wrong number of arguments for 'ttl' command\r\n").await;
    client.ask("HGET", "-ERR unknown command 'HGET', with args beginning with: \r\n").await;
    server.abort();
}
