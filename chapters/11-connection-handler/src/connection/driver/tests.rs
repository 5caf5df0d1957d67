//! The driver, on a socket whose readiness the test decides.

use std::collections::VecDeque;
use std::future::{pending, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use parking_lot::Mutex;
use tokio::io::ReadBuf;

use super::*;
use crate::connection::Limits;

/// Bytes of every reply.
const REPLY: usize = 1000;

/// A socket in the hands of a test.
#[derive(Debug, Clone, Default)]
struct Socket(Arc<Mutex<Ends>>);

#[derive(Debug, Default)]
struct Ends {
    /// What the client has sent; an empty piece is the end of the stream, and none left means that nothing is there yet.
    sent: VecDeque<Vec<u8>>,
    /// Bytes that it takes before it is full.
    room: usize,
    taken: Vec<u8>,
    writes: usize,
    is_shut: bool,
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.0.lock().sent.pop_front() {
            None => Poll::Pending,
            Some(piece) => {
                buffer.put_slice(&piece);
                Poll::Ready(Ok(()))
            }
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut ends = self.0.lock();
        let count = bytes.len().min(ends.room);
        if count == 0 {
            return Poll::Pending;
        }
        ends.writes += 1;
        ends.room -= count;
        ends.taken.extend_from_slice(&bytes[..count]);
        Poll::Ready(Ok(count))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.lock().is_shut = true;
        Poll::Ready(Ok(()))
    }
}

type Served = Pin<Box<dyn Future<Output = Result<(), ConnectionError>>>>;

/// Serves a client that has sent `pieces` and has `room` for replies.
fn start(
    pieces: &[&[u8]],
    room: usize,
    limits: Limits,
    stop: impl Future<Output = ()> + 'static,
) -> (Socket, Served) {
    let sent = pieces.iter().map(|piece| piece.to_vec()).collect();
    let socket = Socket(Arc::new(Mutex::new(Ends { sent, room, ..Ends::default() })));
    let handler =
        |_: &Request, reply: &mut Reply<'_>| reply.simple(&"x".repeat(REPLY - "+\r\n".len()));
    let pipeline = Pipeline::new(limits, handler);
    (socket.clone(), Box::pin(drive(socket, pipeline, stop)))
}

/// Lets it go on until it waits for its client.
fn settle(served: &mut Served) -> Poll<Result<(), ConnectionError>> {
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..1000 {
        if let Poll::Ready(end) = served.as_mut().poll(&mut cx) {
            return Poll::Ready(end);
        }
    }
    Poll::Pending
}

// ANCHOR: one_write
#[test]
fn the_replies_of_a_batch_leave_in_one_write() {
    let (socket, mut served) = start(&[b"A\nB\nC\n"], usize::MAX, Limits::default(), pending());
    assert!(settle(&mut served).is_pending());
    let ends = socket.0.lock();
    assert_eq!((ends.taken.len(), ends.writes), (3 * REPLY, 1));
}
// ANCHOR_END: one_write

#[test]
fn a_client_that_does_not_read_is_not_read_from() {
    let limits = Limits { output_pause: 10 * REPLY, ..Limits::default() };
    let (socket, mut served) = start(&[&b"A\n"[..]; 100], 0, limits, pending());
    assert!(settle(&mut served).is_pending());
    assert_eq!(socket.0.lock().sent.len(), 90);
    socket.0.lock().room = usize::MAX;
    assert!(settle(&mut served).is_pending());
    let ends = socket.0.lock();
    assert_eq!((ends.sent.len(), ends.taken.len()), (0, 100 * REPLY));
}

#[test]
fn a_client_that_takes_a_little_gets_everything_in_order() {
    let (socket, mut served) = start(&[&b"A\n"[..]; 3], 0, Limits::default(), pending());
    while socket.0.lock().taken.len() < 3 * REPLY {
        socket.0.lock().room = 7;
        assert!(settle(&mut served).is_pending());
    }
    let reply = format!("+{}\r\n", "x".repeat(REPLY - 3));
    assert_eq!(socket.0.lock().taken, reply.repeat(3).into_bytes());
}

#[test]
fn replies_past_the_hard_limit_end_the_connection() {
    let limits = Limits { output_max: REPLY - 1, ..Limits::default() };
    let (_, mut served) = start(&[b"A\n"], 0, limits, pending());
    let Poll::Ready(Err(error)) = settle(&mut served) else { panic!("goes on") };
    assert_eq!(error.to_string(), "1000 bytes of replies wait for a client that may leave 999");
}

#[test]
fn a_batch_that_is_larger_than_its_turn_is_finished() {
    let limits = Limits { batch: 2, ..Limits::default() };
    let (socket, mut served) = start(&[b"A\nB\nC\nD\nE\n", b""], usize::MAX, limits, pending());
    assert!(matches!(settle(&mut served), Poll::Ready(Ok(()))));
    assert_eq!(socket.0.lock().taken.len(), 5 * REPLY);
}

#[test]
fn a_client_that_has_closed_its_half_gets_its_replies() {
    let (socket, mut served) = start(&[b"A\nB\nC", b""], 0, Limits::default(), pending());
    assert!(settle(&mut served).is_pending());
    socket.0.lock().room = usize::MAX;
    assert!(matches!(settle(&mut served), Poll::Ready(Ok(()))));
    assert_eq!(socket.0.lock().taken.len(), 2 * REPLY);
}

#[tokio::test]
async fn a_client_that_cannot_be_followed_is_given_time_to_see_why() {
    let pieces: [&[u8]; 3] = [b"A\n*1\r\n:1\r\n", b"more", b"and more"];
    let (socket, mut served) = start(&pieces, usize::MAX, Limits::default(), pending());
    assert!(settle(&mut served).is_pending());
    let taken = socket.0.lock().taken.split_off(REPLY);
    assert_eq!(taken, b"-ERR Protocol error: expected '$', got ':'\r\n");
    assert!(socket.0.lock().is_shut, "the client sees that nothing more comes");
    assert!(socket.0.lock().sent.is_empty(), "what it sends is dropped");
    socket.0.lock().sent.push_back(Vec::new());
    assert!(matches!(settle(&mut served), Poll::Ready(Ok(()))));
}

#[tokio::test]
async fn what_has_come_before_a_stop_is_answered() {
    let (socket, mut served) =
        start(&[b"A\nB\n", b"C\nD"], usize::MAX, Limits::default(), ready(()));
    assert!(settle(&mut served).is_pending());
    assert_eq!(socket.0.lock().taken.len(), 3 * REPLY);
    assert!(socket.0.lock().is_shut);
    socket.0.lock().sent.push_back(Vec::new());
    assert!(matches!(settle(&mut served), Poll::Ready(Ok(()))));
}
