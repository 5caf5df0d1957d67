//! Moves bytes between a socket and its pipeline: reads what is there, writes a batch's replies at once, and stops
//! reading from a client that does not take them.
//!
//! Knows sockets and readiness only, not what the bytes say.

use std::cell::RefCell;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::Sleep;

use super::pipeline::{Pipeline, Progress};
use super::socket::Stream;
use crate::clients::Client;
use crate::commands::shared::Shared;

/// Bytes read at once.
const READ: usize = 64 << 10;

/// Bytes written to one client before others get their turn: one that reads a huge reply as fast as it is written would
/// keep them waiting for all of it.
const TURN: usize = 256 << 10;

/// A buffer of replies that has grown past this is not kept for other connections.
const KEPT: usize = 1 << 20;

/// How long, and how much, is still taken from a client that is being refused.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 16 << 20;

thread_local! {
    /// Buffers that a thread's connections use in turn, so that an idle connection holds none.
    static BUFFERS: RefCell<Buffers> = RefCell::default();
}

struct Buffers {
    input: Box<[u8]>,
    output: Vec<u8>,
}

impl Default for Buffers {
    fn default() -> Self {
        Buffers { input: vec![0; READ].into_boxed_slice(), output: Vec::new() }
    }
}

struct Driver<S> {
    stream: S,
    pipeline: Pipeline,
    /// Replies that the socket has not taken yet, from `sent` on.
    unsent: Vec<u8>,
    sent: usize,
    /// What may still be written in this turn.
    turn: usize,
    state: State,
    /// Set once a client that is being refused has been sent everything.
    linger: Option<Linger>,
}

/// What a client that is being refused may still send, to nobody.
struct Linger {
    until: Pin<Box<Sleep>>,
    bytes: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// Requests wait that have been received already.
    Backlog,
    /// Nothing more is read; the connection ends when its replies are sent.
    Closing,
    /// The same, but the client may be in the middle of sending: it is given a chance to see what was wrong.
    Refusing,
}

/// Serves one client until it leaves, is told to, or the server stops.
pub(crate) async fn serve(
    stream: impl Stream,
    shared: Arc<Shared>,
    worker: usize,
    client: Arc<Client>,
) {
    let mut driver = Driver::new(stream, Pipeline::new(shared, worker, client));
    tracing::debug!(client = %driver.pipeline.client().address, "connected");
    let end = std::future::poll_fn(|cx| driver.poll(cx)).await;
    if let Err(error) = end {
        tracing::debug!(client = %driver.pipeline.client().address, %error, "connection failed");
    }
    tracing::debug!(client = %driver.pipeline.client().address, "gone");
}

impl<S: Stream> Driver<S> {
    fn new(stream: S, pipeline: Pipeline) -> Driver<S> {
        Driver {
            stream,
            pipeline,
            unsent: Vec::new(),
            sent: 0,
            turn: TURN,
            state: State::Open,
            linger: None,
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        // Before the state is looked at, so that no change of it goes unnoticed.
        self.pipeline.client().waker().register(cx.waker());
        self.turn = TURN;
        loop {
            if self.pipeline.client().is_killed() {
                return Poll::Ready(Ok(()));
            }
            let flushed = match self.poll_flush(cx) {
                Poll::Ready(flushed) => flushed.map(|()| true)?,
                Poll::Pending => false,
            };
            match self.state {
                State::Closing if flushed => return Poll::Ready(Ok(())),
                State::Refusing if flushed => return self.poll_linger(cx),
                State::Closing | State::Refusing => return Poll::Pending,
                // A client that lets its replies pile up is not read from until it has taken some.
                _ if self.is_behind() => return Poll::Pending,
                State::Backlog => self.run_backlog(cx),
                State::Open => match self.poll_read(cx) {
                    Poll::Ready(read) => {
                        if read? == 0 {
                            self.state = State::Closing;
                        }
                    }
                    // All that was received before the stop has been answered.
                    Poll::Pending if self.pipeline.shared().is_stopping() => {
                        self.state = State::Closing
                    }
                    Poll::Pending => return Poll::Pending,
                },
            }
            if self.is_over_limit() {
                tracing::warn!(client = %self.pipeline.client().address, "closed: it does not read its replies");
                return Poll::Ready(Ok(()));
            }
            if self.state == State::Backlog || self.turn == 0 {
                // Others get their turn between two batches.
                return yield_turn(cx);
            }
        }
    }

    /// Reads what is there and runs it.
    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<std::io::Result<usize>> {
        BUFFERS.with_borrow_mut(|buffers| {
            let count = ready!(self.stream.poll_read(cx, &mut buffers.input))?;
            let input = buffers.input.get(..count).unwrap_or_default();
            // A handler that panicked has ended its own connection only; what it wrote is nobody's.
            buffers.output.clear();
            if !input.is_empty() {
                let progress = self.pipeline.run(input, &mut buffers.output);
                self.finish_batch(progress, input.len(), &mut buffers.output, cx);
            }
            Poll::Ready(Ok(input.len()))
        })
    }

    /// Says that nothing more comes, then takes and drops what the client goes on sending until it has noticed. If the
    /// socket were closed with something unread in it, the system would reset the connection, and the reset may
    /// overtake the reply that says what was wrong.
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        if self.linger.is_none() {
            self.stream.shut_down()?;
        }
        let linger = self.linger.get_or_insert_with(|| Linger {
            until: Box::pin(tokio::time::sleep(LINGER)),
            bytes: LINGER_BYTES,
        });
        while linger.bytes > 0
            && !self.pipeline.shared().is_stopping()
            && linger.until.as_mut().poll(cx).is_pending()
        {
            let stream = &mut self.stream;
            let dropped =
                BUFFERS.with_borrow_mut(|buffers| stream.poll_read(cx, &mut buffers.input));
            match ready!(dropped)? {
                0 => break,
                count => linger.bytes = linger.bytes.saturating_sub(count),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Runs more of what was received earlier.
    fn run_backlog(&mut self, cx: &mut Context<'_>) {
        BUFFERS.with_borrow_mut(|buffers| {
            buffers.output.clear();
            let progress = self.pipeline.run(&[], &mut buffers.output);
            self.finish_batch(progress, 0, &mut buffers.output, cx);
        });
    }

    /// Sends a batch's replies as far as the socket takes them, and keeps the rest.
    fn finish_batch(
        &mut self,
        progress: Progress,
        received: usize,
        replies: &mut Vec<u8>,
        cx: &mut Context<'_>,
    ) {
        self.state = match progress {
            Progress::NeedInput => State::Open,
            Progress::More => State::Backlog,
            Progress::Close => State::Closing,
            Progress::Refuse => State::Refusing,
        };
        self.pipeline.count_bytes(received, replies.len());
        if self.unsent.is_empty() && replies.len() > KEPT {
            self.unsent = std::mem::take(replies);
        } else {
            let mut sent = 0;
            // An error shows again, and is handled, at the next flush or read.
            while self.unsent.is_empty()
                && sent < replies.len()
                && let Poll::Ready(Ok(count)) =
                    self.stream.poll_write(cx, replies.get(sent..).unwrap_or_default())
            {
                sent += count;
                self.turn = self.turn.saturating_sub(count);
            }
            self.unsent.extend_from_slice(replies.get(sent..).unwrap_or_default());
            replies.clear();
            replies.shrink_to(KEPT);
        }
        self.note_unsent();
    }

    /// Sends what the socket takes of the replies that wait.
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        if self.unsent.is_empty() {
            return Poll::Ready(Ok(()));
        }
        let flushed = loop {
            let rest = self.unsent.get(self.sent..).unwrap_or_default();
            if rest.is_empty() {
                self.unsent = Vec::new();
                self.sent = 0;
                break Poll::Ready(Ok(()));
            }
            if self.turn == 0 {
                break yield_turn(cx);
            }
            let piece = rest.get(..self.turn).unwrap_or(rest);
            match self.stream.poll_write(cx, piece) {
                Poll::Ready(Ok(0)) => break Poll::Ready(Err(std::io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(count)) => {
                    self.sent += count;
                    self.turn -= count;
                }
                Poll::Ready(Err(error)) => break Poll::Ready(Err(error)),
                Poll::Pending => break Poll::Pending,
            }
        };
        // A client that never quite takes everything must not keep all that it has taken in memory.
        if self.sent > self.unsent.len() / 2 {
            self.unsent.drain(..self.sent);
            self.unsent.shrink_to(self.unsent.len().max(KEPT));
            self.sent = 0;
        }
        self.note_unsent();
        flushed
    }

    fn waiting(&self) -> usize {
        self.unsent.len() - self.sent
    }

    fn note_unsent(&self) {
        self.pipeline.client().output.store(self.waiting(), Ordering::Relaxed);
    }

    fn is_behind(&self) -> bool {
        self.waiting() >= self.pipeline.settings().limits.output_pause
    }

    fn is_over_limit(&self) -> bool {
        let max = self.pipeline.settings().limits.output_max;
        max > 0 && self.waiting() > max
    }
}

/// Lets others go on first, also those whose sockets have become ready meanwhile. A task that merely woke itself would be
/// run again and again before tokio looks at the sockets.
fn yield_turn<T>(cx: &mut Context<'_>) -> Poll<T> {
    let yielded = std::pin::pin!(tokio::task::yield_now()).poll(cx);
    debug_assert!(yielded.is_pending(), "to yield takes a turn");
    Poll::Pending
}

#[cfg(test)]
mod tests;
