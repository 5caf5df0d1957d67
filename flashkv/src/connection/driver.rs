//! Moves bytes between a socket and its pipeline, a step at a time: reads what is there, runs it, writes the replies at
//! once, and stops reading from a client that does not take them.
//!
//! Knows one client's socket and readiness only: not what the bytes say, nor when it is this client's turn.

use std::io;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::Sleep;

use super::pipeline::{Pipeline, Progress};
use super::socket::Stream;

/// Bytes written to one client before others get their turn: one that reads a huge reply as fast as it is written would
/// keep them waiting for all of it.
pub(super) const TURN: usize = 256 << 10;

/// A buffer of replies that has grown past this is not kept.
pub(super) const KEPT: usize = 1 << 20;

/// How long, and how much, is still taken from a client that is being refused.
const LINGER: Duration = Duration::from_secs(1);
pub(super) const LINGER_BYTES: usize = 16 << 20;

/// One client's socket and pipeline.
#[derive(Debug)]
pub(super) struct Driver<S> {
    pub(super) stream: S,
    pub(super) pipeline: Pipeline,
    /// Replies that the socket has not taken yet, from `sent` on.
    pub(super) unsent: Vec<u8>,
    sent: usize,
    /// What may still be written in this turn.
    turn: usize,
    pub(super) state: State,
    /// Set once a client that is being refused has been sent everything.
    linger: Option<Linger>,
}

/// What a client that is being refused may still send, to nobody.
#[derive(Debug)]
struct Linger {
    until: Pin<Box<Sleep>>,
    bytes: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Open,
    /// Requests wait that have been received already.
    Backlog,
    /// Nothing more is read; the connection ends when its replies are sent.
    Closing,
    /// The same, but the client may be in the middle of sending: it is given a chance to see what was wrong.
    Refusing,
}

/// What a connection does next.
#[derive(Debug)]
pub(super) enum Step {
    /// Nothing, until it is woken.
    Wait,
    /// It goes on when others have had their turn.
    Yield,
    /// It runs so many bytes that it has received; without any, what was left over from earlier.
    Run(usize),
    /// It is over.
    End(io::Result<()>),
}

impl<S: Stream> Driver<S> {
    pub(super) fn new(stream: S, pipeline: Pipeline) -> Driver<S> {
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

    /// Begins a turn: writes what waits to be sent, and reads what is there into `input`, which must not be empty.
    pub(super) fn receive(&mut self, cx: &mut Context<'_>, input: &mut [u8]) -> Step {
        // Before the state is looked at, so that no change of it goes unnoticed.
        self.pipeline.client().waker().register(cx.waker());
        self.turn = TURN;
        loop {
            if self.pipeline.client().is_killed() {
                return Step::End(Ok(()));
            }
            if self.is_over_limit() {
                tracing::warn!(client = %self.pipeline.client().address, "closed: it does not read its replies");
                return Step::End(Ok(()));
            }
            let flushed = match self.poll_flush(cx) {
                Poll::Ready(Ok(())) => true,
                Poll::Ready(Err(error)) => return Step::End(Err(error)),
                Poll::Pending if self.turn == 0 => return Step::Yield,
                Poll::Pending => false,
            };
            match self.state {
                State::Closing if flushed => return Step::End(Ok(())),
                State::Refusing if flushed => match self.poll_linger(cx, input) {
                    Poll::Ready(end) => return Step::End(end),
                    Poll::Pending => return Step::Wait,
                },
                State::Closing | State::Refusing => return Step::Wait,
                // A client that lets its replies pile up is not read from until it has taken some.
                _ if self.is_behind() => return Step::Wait,
                State::Backlog => return Step::Run(0),
                State::Open => match self.stream.poll_read(cx, input) {
                    Poll::Ready(Ok(0)) => self.state = State::Closing,
                    Poll::Ready(Ok(count)) => return Step::Run(count),
                    Poll::Ready(Err(error)) => return Step::End(Err(error)),
                    // All that was received before the stop has been answered.
                    Poll::Pending if self.pipeline.shared().is_stopping() => {
                        self.state = State::Closing;
                    }
                    Poll::Pending => return Step::Wait,
                },
            }
        }
    }

    /// Runs what was received, appending the replies to `output`; returns how long that took.
    pub(super) fn run(&mut self, input: &[u8], output: &mut Vec<u8>) -> Duration {
        let start = output.len();
        let (progress, spent) = self.pipeline.run(input, output);
        self.state = match progress {
            Progress::NeedInput => State::Open,
            Progress::More => State::Backlog,
            Progress::Close => State::Closing,
            Progress::Refuse => State::Refusing,
        };
        self.pipeline.count_bytes(input.len(), output.len() - start);
        spent
    }

    /// Ends a turn: sends the replies as far as the socket takes them, and keeps the rest.
    pub(super) fn send(&mut self, cx: &mut Context<'_>, replies: &[u8]) {
        let mut rest = replies;
        // An error shows again, and is handled, at the next flush or read.
        while self.unsent.is_empty()
            && !rest.is_empty()
            && self.turn > 0
            && let piece = rest.get(..self.turn).unwrap_or(rest)
            && let Poll::Ready(Ok(count)) = self.stream.poll_write(cx, piece)
        {
            rest = rest.get(count..).unwrap_or_default();
            self.turn = self.turn.saturating_sub(count);
        }
        self.unsent.extend_from_slice(rest);
        self.note_unsent();
    }

    /// Takes replies that are sent when its turn comes to write what waits.
    pub(super) fn keep(&mut self, replies: Vec<u8>) {
        if self.unsent.is_empty() {
            self.unsent = replies;
        } else {
            self.unsent.extend_from_slice(&replies);
        }
        self.note_unsent();
    }

    /// Whether others are to have their turn before this connection goes on: between two batches, and when it has been sent
    /// much.
    pub(super) fn yields(&self) -> bool {
        self.state == State::Backlog || self.turn == 0
    }

    /// Says that nothing more comes, then takes and drops what the client goes on sending until it has noticed. If the
    /// socket were closed with something unread in it, the system would reset the connection, and the reset may
    /// overtake the reply that says what was wrong.
    fn poll_linger(&mut self, cx: &mut Context<'_>, input: &mut [u8]) -> Poll<io::Result<()>> {
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
            match ready!(self.stream.poll_read(cx, input))? {
                0 => break,
                count => linger.bytes = linger.bytes.saturating_sub(count),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Sends what the socket takes of the replies that wait, and no more than may be sent in this turn.
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
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
                break Poll::Pending;
            }
            let piece = rest.get(..self.turn).unwrap_or(rest);
            match self.stream.poll_write(cx, piece) {
                Poll::Ready(Ok(0)) => break Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
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

    /// Bytes of replies that the socket has not taken yet.
    pub(super) fn waiting(&self) -> usize {
        self.unsent.len() - self.sent
    }

    fn note_unsent(&self) {
        self.pipeline.client().output.store(self.waiting(), Ordering::Relaxed);
    }

    pub(super) fn is_behind(&self) -> bool {
        self.waiting() >= self.pipeline.settings().limits.output_pause
    }

    fn is_over_limit(&self) -> bool {
        let max = self.pipeline.settings().limits.output_max;
        max > 0 && self.waiting() > max
    }
}
