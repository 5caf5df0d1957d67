//! Whose turn it is, what is kept of a client that takes its replies slowly, and how one is parted with that cannot be
//! followed: on sockets whose readiness the test decides.

use std::collections::VecDeque;
use std::io;
use std::task::Poll;

use super::super::driver::{LINGER_BYTES, State, TURN};
use super::*;
use crate::clients::Origin;
use crate::{Clock, Config};

/// A socket in the hands of a test.
#[derive(Debug, Default)]
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

/// The only connection of its thread.
struct Lone(Connections<Socket>);

impl Lone {
    fn new(shared: &Arc<Shared>, socket: Socket) -> Lone {
        let mut connections = Connections::new(Arc::clone(shared), 0);
        connections.add(socket, shared.clients.register(Origin::default(), 0));
        Lone(connections)
    }

    fn driver(&mut self) -> &mut Driver<Socket> {
        &mut self.0.connections[0].driver
    }

    fn socket(&mut self) -> &mut Socket {
        &mut self.driver().stream
    }

    /// Lets it have its turn; ready once it is gone.
    fn poll(&mut self) -> Poll<()> {
        self.0.connections[0].waker.wake_by_ref();
        self.0.poll(&mut Context::from_waker(Waker::noop()));
        if self.0.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Lets it run until it waits for its client.
    fn send(&mut self, request: &[u8]) {
        self.socket().sent.push_back(request.to_vec());
        while !self.driver().is_behind()
            && (!self.socket().sent.is_empty()
                || self.0.connections[0].has_received
                || self.driver().state == State::Backlog)
        {
            assert!(self.poll().is_pending());
        }
    }
}

/// Connections of one thread, each of which has sent one of these requests.
fn together(shared: &Arc<Shared>, requests: [&str; 3]) -> Connections<Socket> {
    let mut connections = Connections::new(Arc::clone(shared), 0);
    for request in requests {
        let sent = VecDeque::from([request.as_bytes().to_vec()]);
        connections.add(
            Socket { sent, room: usize::MAX, ..Socket::default() },
            shared.clients.register(Origin::default(), 0),
        );
    }
    connections
}

/// With timers, which a driver that is told to part with its client sets.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn store(shared: &Arc<Shared>, key: &str, len: usize) {
    let mut lone = Lone::new(shared, Socket { room: 100, ..Socket::default() });
    lone.send(format!("*3\r\n$3\r\nSET\r\n${}\r\n{key}\r\n${len}\r\n", key.len()).as_bytes());
    for piece in vec![b'v'; len].chunks(ROOM) {
        lone.send(piece);
    }
    lone.send(b"\r\n");
    assert_eq!(lone.socket().taken, b"+OK\r\n");
}

#[test]
fn the_replies_to_all_that_one_read_has_brought_are_one_write() {
    let shared = shared();
    let mut lone = Lone::new(&shared, Socket { room: 1 << 20, ..Socket::default() });
    lone.send(&b"PING\r\n".repeat(100));
    assert_eq!(lone.socket().taken, b"+PONG\r\n".repeat(100));
    assert_eq!(lone.socket().writes, 1);
}

#[test]
fn what_a_client_has_taken_is_forgotten_though_more_always_waits() {
    let shared = shared();
    store(&shared, "big", 100_000);
    let mut lone = Lone::new(&shared, Socket::default());
    lone.send(b"GET big\r\n");
    for _ in 0..1000 {
        // All but the last byte of what waits: it never has taken everything.
        lone.socket().room = lone.driver().waiting() - 1;
        lone.send(b"GET big\r\n");
        lone.socket().taken.clear();
        assert!(lone.driver().waiting() < 200_100);
    }
    assert!(
        lone.driver().unsent.capacity() < 1 << 20,
        "{} bytes are kept",
        lone.driver().unsent.capacity()
    );
}

#[test]
fn a_huge_reply_behind_others_leaves_no_huge_buffer_behind() {
    let shared = shared();
    store(&shared, "small", 100_000);
    store(&shared, "huge", 8 << 20);
    let mut lone = Lone::new(&shared, Socket::default());
    lone.send(b"GET small\r\n");
    lone.send(b"GET huge\r\n");
    assert!(lone.driver().waiting() > 8 << 20);
    let kept = lone.0.output.capacity();
    assert!(kept <= 2 << 20, "{kept} bytes are kept");
}

#[test]
fn a_huge_reply_amid_the_others_of_a_round_is_not_copied() {
    let shared = shared();
    store(&shared, "huge", 8 << 20);
    let mut connections = together(&shared, ["ECHO before\r\n", "GET huge\r\n", "ECHO after\r\n"]);
    (0..3).for_each(|index| connections.receive(index));
    connections.run(0, connections.received[0].1.clone());
    connections.run(1, connections.received[1].1.clone());
    assert_eq!(connections.output.capacity(), 0, "the connection has the buffer itself");
    connections.run(2, connections.received[2].1.clone());
    connections.send();
    while connections.connections[1].driver.waiting() > 0 {
        connections.receive(1);
    }
    let taken = |index: usize| &connections.connections[index].driver.stream.taken[..];
    assert_eq!([taken(0), taken(2)], [b"$6\r\nbefore\r\n", &b"$5\r\nafter\r\n"[..]]);
    assert_eq!(taken(1).len(), "$8388608\r\n\r\n".len() + (8 << 20));
    assert!(taken(1).starts_with(b"$8388608\r\nv"));
}

#[test]
fn nothing_is_read_from_a_client_that_does_not_take_its_replies() {
    let shared = shared();
    store(&shared, "big", 600_000);
    let mut lone = Lone::new(&shared, Socket::default());
    lone.socket().sent.extend(vec![b"GET big\r\n".to_vec(); 100]);
    for _ in 0..10 {
        assert!(lone.poll().is_pending());
    }
    assert_eq!(lone.socket().sent.len(), 98);
    lone.socket().room = usize::MAX;
    while lone.driver().waiting() > 0 || !lone.socket().sent.is_empty() {
        assert!(lone.poll().is_pending());
    }
    assert_eq!(lone.socket().taken.len(), 100 * "$600000\r\n\r\n".len() + 100 * 600_000);
}

#[test]
fn a_client_that_takes_a_huge_reply_at_once_leaves_others_their_turn() {
    let shared = shared();
    store(&shared, "huge", 8 << 20);
    let mut lone = Lone::new(&shared, Socket { room: usize::MAX, ..Socket::default() });
    lone.socket().sent.push_back(b"GET huge\r\n".to_vec());
    let mut turns = 0;
    while turns == 0 || lone.driver().waiting() > 0 {
        let before = lone.socket().taken.len();
        assert!(lone.poll().is_pending());
        let taken = lone.socket().taken.len() - before;
        assert!(taken <= 2 * TURN, "{taken} bytes in one turn");
        turns += 1;
    }
    assert!(lone.socket().taken.ends_with(b"v\r\n"));
}

/// A socket of a test, or a real one.
#[derive(Debug)]
enum Either {
    Test(Socket),
    Real(crate::connection::Socket),
}

impl Stream for Either {
    fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        match self {
            Either::Test(socket) => socket.poll_read(cx, buffer),
            Either::Real(socket) => socket.poll_read(cx, buffer),
        }
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self {
            Either::Test(socket) => socket.poll_write(cx, bytes),
            Either::Real(socket) => socket.poll_write(cx, bytes),
        }
    }

    fn shut_down(&mut self) -> io::Result<()> {
        match self {
            Either::Test(socket) => socket.shut_down(),
            Either::Real(socket) => socket.shut_down(),
        }
    }
}

#[test]
fn clients_whose_requests_arrive_meanwhile_have_their_turn_between_two_batches() {
    let shared = shared();
    let client = || shared.clients.register(Origin::default(), 0);
    let pings = b"PING\r\n".repeat(ROOM / 6);
    let busy =
        Socket { sent: VecDeque::from([pings, Vec::new()]), room: usize::MAX, ..Socket::default() };
    let (mut peer, stream) = std::os::unix::net::UnixStream::pair().unwrap();
    stream.set_nonblocking(true).unwrap();
    std::io::Write::write_all(&mut peer, b"QUIT\r\n").unwrap();
    runtime().block_on(async {
        let mut connections = Connections::new(Arc::clone(&shared), 0);
        let stream = Either::Real(crate::connection::Socket::unix(stream).unwrap());
        let (busy_client, other) = (client(), client());
        connections.add(stream, Arc::clone(&other));
        connections.add(Either::Test(busy), Arc::clone(&busy_client));
        std::future::poll_fn(|cx| {
            connections.poll(cx);
            let there = shared.clients.all();
            assert!(there.iter().any(|client| client.id == busy_client.id), "it went first");
            let gone = there.iter().all(|client| client.id != other.id);
            if gone { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    });
}

#[test]
fn those_of_a_round_are_all_read_from_before_they_are_written_to() {
    let shared = shared();
    let mut connections = together(&shared, ["INCR a\r\n", "INCR a\r\n", "PING\r\n"]);
    for index in 0..3 {
        connections.receive(index);
    }
    assert!(connections.connections.iter().all(|(_, one)| one.driver.stream.sent.is_empty()));
    assert!(connections.connections.iter().all(|(_, one)| one.driver.stream.writes == 0));
    connections.run_and_send();
    let taken = |index: usize| &connections.connections[index].driver.stream.taken[..];
    assert_eq!([taken(0), taken(1), taken(2)], [b":1\r\n", b":2\r\n", &b"+PONG\r\n"[..]]);
}

#[test]
fn one_that_is_woken_while_it_waits_to_be_run_is_not_read_from_again() {
    let shared = shared();
    let sent = VecDeque::from([b"QUIT\r\n".to_vec(), b"PING\r\n".to_vec()]);
    let mut lone = Lone::new(&shared, Socket { sent, room: 100, ..Socket::default() });
    lone.0.receive(0);
    lone.0.receive(0);
    assert_eq!(lone.socket().sent.len(), 1);
    lone.0.run_and_send();
    assert!(lone.0.is_empty(), "it said QUIT");
}

#[test]
fn all_of_many_that_send_more_than_a_round_takes_are_served() {
    let shared = shared();
    let mut connections = Connections::new(Arc::clone(&shared), 0);
    let value = vec![b'v'; ROOM - 100];
    for number in 0..10 {
        let set = format!("*3\r\n$3\r\nSET\r\n$1\r\n{number}\r\n${}\r\n", value.len());
        let sent = VecDeque::from([[set.as_bytes(), &value, b"\r\n"].concat(), Vec::new()]);
        connections.add(
            Socket { sent, room: 100, ..Socket::default() },
            shared.clients.register(Origin::default(), 0),
        );
    }
    for _ in 0..20 {
        connections.poll(&mut Context::from_waker(Waker::noop()));
    }
    assert!(connections.is_empty(), "all have been answered, and are gone");
    assert_eq!(shared.engine.key_count(0, 0).keys, 10);
}

#[test]
fn a_client_that_cannot_be_followed_is_listened_to_until_it_has_seen_why() {
    let _time = runtime();
    let _entered = _time.enter();
    let shared = shared();
    let mut lone = Lone::new(&shared, Socket { room: 1000, ..Socket::default() });
    lone.send(b"*1\r\n:1\r\n");
    assert_eq!(lone.socket().taken, b"-ERR Protocol error: expected '$', got ':'\r\n");
    assert!(lone.socket().is_shut, "the client sees that nothing more comes");
    lone.socket().sent.extend([vec![b'x'; ROOM], b"PING\r\n".to_vec()]);
    assert!(lone.poll().is_pending());
    assert_eq!(lone.socket().taken.len(), "-ERR Protocol error: expected '$', got ':'\r\n".len());
    lone.socket().sent.push_back(Vec::new());
    assert!(lone.poll().is_ready());
}

#[test]
fn a_client_that_cannot_be_followed_is_not_listened_to_for_ever() {
    let _time = runtime();
    let _entered = _time.enter();
    let shared = shared();
    let mut lone = Lone::new(&shared, Socket { room: 1000, ..Socket::default() });
    lone.send(b"*1\r\n:1\r\n");
    lone.socket().sent.extend(vec![vec![b'x'; ROOM]; LINGER_BYTES / ROOM + 2]);
    assert!(lone.poll().is_ready());
}

#[test]
fn a_server_that_stops_does_not_wait_for_clients_it_cannot_follow() {
    let _time = runtime();
    let _entered = _time.enter();
    let shared = shared();
    let mut lone = Lone::new(&shared, Socket { room: 1000, ..Socket::default() });
    lone.send(b"*1\r\n:1\r\n");
    shared.request_stop();
    assert!(lone.poll().is_ready());
}

#[test]
fn a_panic_ends_one_connection_and_no_other() {
    let shared = shared();
    let socket = |pieces: &[&[u8]]| Socket {
        sent: pieces.iter().map(|piece| piece.to_vec()).collect(),
        room: 1000,
        ..Socket::default()
    };
    let client = || shared.clients.register(Origin::default(), 0);
    let mut connections = Connections::new(Arc::clone(&shared), 0);
    connections.add(socket(&[b"SET a 1\r\n", b"*2\r\n", b"panic"]), client());
    connections.add(socket(&[b"INCR b\r\n", b"INCR a\r\n", b"INCR a\r\n"]), client());
    for _ in 0..4 {
        connections.poll(&mut Context::from_waker(Waker::noop()));
    }
    assert_eq!(shared.clients.count(), 1, "the client of the one that panicked is forgotten");
    let other = &connections.connections[1].driver.stream;
    assert_eq!(other.taken, b":1\r\n:2\r\n:3\r\n");
}
