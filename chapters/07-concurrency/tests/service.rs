//! The three stores behind the server: alike but for speed.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use chapter_07::service::Service;
use chapter_07::store::{MutexStore, RwLockStore, ShardedStore, Store};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

fn stores() -> [Box<dyn Store>; 3] {
    [
        Box::new(MutexStore::default()),
        Box::new(RwLockStore::default()),
        Box::new(ShardedStore::default()),
    ]
}

#[test]
fn every_store_keeps_what_it_is_given() {
    for store in stores() {
        assert_eq!(store.get(b"key"), None);
        assert_eq!(store.set(b"key", b"one"), None);
        assert_eq!(store.set(b"key", b"two").as_deref(), Some(&b"one"[..]));
        assert_eq!(store.get(b"key").as_deref(), Some(&b"two"[..]));
        store.set(b"other", b"");
        let keys = ["key", "other", "absent", "key"].map(Bytes::from);
        assert_eq!(store.remove(&keys), 2);
        assert_eq!(store.get(b"other"), None);
    }
}

#[test]
fn a_key_is_removed_by_one_thread_only() {
    let keys: Vec<Bytes> = (0..1000).map(|number| format!("key:{number}").into()).collect();
    for store in stores() {
        keys.iter().for_each(|key| drop(store.set(key, b"value")));
        let removed = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for several in keys.chunks(7) {
                        removed.fetch_add(store.remove(several), Ordering::Relaxed);
                    }
                });
            }
        });
        assert_eq!(removed.into_inner(), keys.len());
    }
}

/// Sends `request` and reads as many bytes as `reply` has.
async fn ask(stream: &mut TcpStream, request: &[u8], reply: &str) {
    stream.write_all(request).await.unwrap();
    let mut received = vec![0; reply.len()];
    let reading = stream.read_exact(&mut received);
    tokio::time::timeout(Duration::from_secs(20), reading).await.unwrap().unwrap();
    assert_eq!(String::from_utf8_lossy(&received), reply);
}

#[tokio::test]
async fn clients_share_a_store_and_every_request_is_counted() {
    for store in stores() {
        let service = Arc::new(Service::new(store));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::clone(&service);
        let server = tokio::spawn(chapter_06::serve(listener, move |request, reply| {
            shared.run(request, reply);
        }));
        let mut first = TcpStream::connect(address).await.unwrap();
        let mut second = TcpStream::connect(address).await.unwrap();
        ask(&mut first, b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$2\r\n\0\n\r\n", "+OK\r\n").await;
        ask(&mut second, b"get k\r\n", "$2\r\n\0\n\r\n").await;
        ask(&mut second, b"DEL k other k\r\n", ":1\r\n").await;
        ask(&mut first, b"GET k\r\n", "$-1\r\n").await;
        ask(&mut first, b"SET k v NX\r\n", "-ERR syntax error\r\n").await;
        ask(&mut first, b"Get\r\n", "-ERR wrong number of arguments for 'get' command\r\n").await;
        let unknown = "-ERR unknown command 'INCR', with args beginning with: 'k' \r\n";
        ask(&mut first, b"INCR k\r\n", unknown).await;
        assert_eq!(service.served(), 7);
        server.abort();
    }
}
