//! What the driver keeps of a client that takes its replies slowly, and how it parts with one that it cannot follow: on a
//! socket whose readiness the test decides.

use std::collections::VecDeque;
use std::io;
use std::task::Waker;

use super::*;
use crate::clients::Origin;
use crate::{Clock, Config};

/// A socket in the hands of a test.
#[derive(Default)]
struct Socket {
    /// What the client has sent; an empty piece is the end of the stream, and none left means that nothing is there yet.
    sent: VecDeque<Vec<u8>>,
    /// Bytes that it takes before it is full.
    room: usize,
    taken: Vec<u8>,
    /// How many writes brought that.
    writes: usize,
    is_shut: bool,
}

impl Stream for Socket {
    fn poll_read(&mut self, _: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        match self.sent.pop_front() {
            None => Poll::Pending,
            Some(piece) => {
                assert!(piece != b"panic", "the test wants it so");
                buffer[..piece.len()].copy_from_slice(&piece);
                Poll::Ready(Ok(piece.len()))
            }
        }
    }

    fn poll_write(&mut self, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let count = bytes.len().min(self.room);
        if count == 0 {
            return Poll::Pending;
        }
        self.room -= count;
        self.writes += 1;
        self.taken.extend_from_slice(&bytes[..count]);
        Poll::Ready(Ok(count))
    }

    fn shut_down(&mut self) -> io::Result<()> {
        self.is_shut = true;
        Ok(())
    }
}

fn shared() -> Arc<Shared> {
    Shared::new(Config { threads: Some(1), ..Config::default() }, Clock::manual(0))
}

fn driver(shared: &Arc<Shared>, socket: Socket) -> Driver<Socket> {
    let client = shared.clients.register(Origin::default(), 0);
    Driver::new(socket, Pipeline::new(Arc::clone(shared), 0, client))
}

fn poll(driver: &mut Driver<Socket>) -> Poll<io::Result<()>> {
    driver.poll(&mut Context::from_waker(Waker::noop()))
}

/// Lets the driver run until it waits for its client.
fn send(driver: &mut Driver<Socket>, request: &[u8]) {
    driver.stream.sent.push_back(request.to_vec());
    while !driver.is_behind() && (!driver.stream.sent.is_empty() || driver.state == State::Backlog)
    {
        assert!(poll(driver).is_pending());
    }
}

/// With timers, which a driver that is told to part with its client sets.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn store(shared: &Arc<Shared>, key: &str, len: usize) {
    let mut driver = driver(shared, Socket { room: 100, ..Socket::default() });
    send(
        &mut driver,
        format!("*3\r\n$3\r\nSET\r\n${}\r\n{key}\r\n${len}\r\n", key.len()).as_bytes(),
    );
    for piece in vec![b'v'; len].chunks(READ) {
        send(&mut driver, piece);
    }
    send(&mut driver, b"\r\n");
    assert_eq!(driver.stream.taken, b"+OK\r\n");
}

#[test]
fn the_replies_to_all_that_one_read_has_brought_are_one_write() {
    let shared = shared();
    let mut driver = driver(&shared, Socket { room: 1 << 20, ..Socket::default() });
    send(&mut driver, &b"PING\r\n".repeat(100));
    assert_eq!(driver.stream.taken, b"+PONG\r\n".repeat(100));
    assert_eq!(driver.stream.writes, 1);
}

#[test]
fn what_a_client_has_taken_is_forgotten_though_more_always_waits() {
    let shared = shared();
    store(&shared, "big", 100_000);
    let mut driver = driver(&shared, Socket::default());
    send(&mut driver, b"GET big\r\n");
    for _ in 0..1000 {
        // All but the last byte of what waits: it never has taken everything.
        driver.stream.room = driver.waiting() - 1;
        send(&mut driver, b"GET big\r\n");
        driver.stream.taken.clear();
        assert!(driver.waiting() < 200_100);
    }
    assert!(driver.unsent.capacity() < 1 << 20, "{} bytes are kept", driver.unsent.capacity());
}

#[test]
fn a_huge_reply_behind_others_leaves_no_huge_buffer_behind() {
    let shared = shared();
    store(&shared, "small", 100_000);
    store(&shared, "huge", 8 << 20);
    let mut driver = driver(&shared, Socket::default());
    send(&mut driver, b"GET small\r\n");
    send(&mut driver, b"GET huge\r\n");
    assert!(driver.waiting() > 8 << 20);
    let kept = BUFFERS.with_borrow(|buffers| buffers.output.capacity());
    assert!(kept <= 2 << 20, "{kept} bytes are kept");
}

#[test]
fn nothing_is_read_from_a_client_that_does_not_take_its_replies() {
    let shared = shared();
    store(&shared, "big", 600_000);
    let mut driver = driver(&shared, Socket::default());
    driver.stream.sent.extend(vec![b"GET big\r\n".to_vec(); 100]);
    assert!(poll(&mut driver).is_pending());
    assert_eq!(driver.stream.sent.len(), 98);
    driver.stream.room = usize::MAX;
    while driver.waiting() > 0 || !driver.stream.sent.is_empty() {
        assert!(poll(&mut driver).is_pending());
    }
    assert_eq!(driver.stream.taken.len(), 100 * "$600000\r\n\r\n".len() + 100 * 600_000);
}

#[test]
fn a_client_that_takes_a_huge_reply_at_once_leaves_others_their_turn() {
    let shared = shared();
    store(&shared, "huge", 8 << 20);
    let mut driver = driver(&shared, Socket { room: usize::MAX, ..Socket::default() });
    driver.stream.sent.push_back(b"GET huge\r\n".to_vec());
    let mut turns = 0;
    while turns == 0 || driver.waiting() > 0 {
        let before = driver.stream.taken.len();
        assert!(poll(&mut driver).is_pending());
        let taken = driver.stream.taken.len() - before;
        assert!(taken <= 2 * TURN, "{taken} bytes in one turn");
        turns += 1;
    }
    assert!(driver.stream.taken.ends_with(b"v\r\n"));
}

#[test]
fn clients_whose_requests_arrive_meanwhile_have_their_turn_between_two_batches() {
    let shared = shared();
    let client = || shared.clients.register(Origin::default(), 0);
    let pings = b"PING\r\n".repeat(READ / 6);
    let busy =
        Socket { sent: VecDeque::from([pings, Vec::new()]), room: usize::MAX, ..Socket::default() };
    let (mut peer, stream) = std::os::unix::net::UnixStream::pair().unwrap();
    stream.set_nonblocking(true).unwrap();
    std::io::Write::write_all(&mut peer, b"QUIT\r\n").unwrap();
    runtime().block_on(async {
        let mut connections = tokio::task::JoinSet::new();
        let stream = crate::connection::Socket::unix(stream).unwrap();
        let other = connections.spawn(serve(stream, Arc::clone(&shared), 0, client()));
        connections.spawn(serve(busy, Arc::clone(&shared), 0, client()));
        let first = connections.join_next_with_id().await.unwrap().unwrap();
        assert_eq!(first.0, other.id(), "a batch after the other, and nobody else");
    });
}

#[test]
fn a_client_that_cannot_be_followed_is_listened_to_until_it_has_seen_why() {
    let _time = runtime();
    let _entered = _time.enter();
    let shared = shared();
    let mut driver = driver(&shared, Socket { room: 1000, ..Socket::default() });
    send(&mut driver, b"*1\r\n:1\r\n");
    assert_eq!(driver.stream.taken, b"-ERR Protocol error: expected '$', got ':'\r\n");
    assert!(driver.stream.is_shut, "the client sees that nothing more comes");
    driver.stream.sent.extend([vec![b'x'; READ], b"PING\r\n".to_vec()]);
    assert!(poll(&mut driver).is_pending());
    assert_eq!(driver.stream.taken.len(), "-ERR Protocol error: expected '$', got ':'\r\n".len());
    driver.stream.sent.push_back(Vec::new());
    assert!(poll(&mut driver).is_ready());
}

#[test]
fn a_client_that_cannot_be_followed_is_not_listened_to_for_ever() {
    let _time = runtime();
    let _entered = _time.enter();
    let shared = shared();
    let mut driver = driver(&shared, Socket { room: 1000, ..Socket::default() });
    send(&mut driver, b"*1\r\n:1\r\n");
    driver.stream.sent.extend(vec![vec![b'x'; READ]; LINGER_BYTES / READ + 2]);
    assert!(poll(&mut driver).is_ready());
}

#[test]
fn a_server_that_stops_does_not_wait_for_clients_it_cannot_follow() {
    let _time = runtime();
    let _entered = _time.enter();
    let shared = shared();
    let mut driver = driver(&shared, Socket { room: 1000, ..Socket::default() });
    send(&mut driver, b"*1\r\n:1\r\n");
    shared.request_stop();
    assert!(poll(&mut driver).is_ready());
}

#[test]
fn a_panic_ends_one_connection_and_no_other() {
    let shared = shared();
    runtime().block_on(async {
        let client = || shared.clients.register(Origin::default(), 0);
        let socket = |pieces: &[&[u8]]| Socket {
            sent: pieces.iter().map(|piece| piece.to_vec()).collect(),
            room: 1000,
            ..Socket::default()
        };
        let mut connections = tokio::task::JoinSet::new();
        let victim = socket(&[b"SET a 1\r\n", b"*2\r\n", b"panic"]);
        connections.spawn(serve(victim, Arc::clone(&shared), 0, client()));
        let outcome = connections.join_next().await.unwrap();
        assert!(outcome.unwrap_err().is_panic());
        assert_eq!(shared.clients.count(), 0, "its client is forgotten");
        let other = socket(&[b"INCR a\r\n", b""]);
        connections.spawn(serve(other, Arc::clone(&shared), 0, client()));
        assert!(connections.join_next().await.unwrap().is_ok());
    });
    let mut driver = driver(&shared, Socket { room: 100, ..Socket::default() });
    send(&mut driver, b"GET a\r\n");
    assert_eq!(driver.stream.taken, b"$1\r\n2\r\n");
}
