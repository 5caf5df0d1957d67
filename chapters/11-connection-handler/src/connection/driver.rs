//! Moves bytes between a socket and its pipeline: reads what is there, writes a batch's replies at once, and stops
//! reading from a client that does not take them.
//!
//! Does not know what the bytes say.

use std::io;
use std::pin::pin;
use std::time::Duration;

use chapter_05::protocol::Reply;
use chapter_06::protocol::Request;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::{Pipeline, Progress};

/// Room for what one read gives.
const READ: usize = 16 << 10;

/// A buffer of replies that has grown past this is not kept.
const KEPT: usize = 1 << 20;

/// How long, and how much, is still taken from a client that we part with.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: u64 = 16 << 20;

/// Why a connection broke off.
#[derive(Debug, Error)]
pub enum ConnectionError {
    /// The socket failed: usually the client is gone.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The client does not read its replies.
    #[error("{unsent} bytes of replies wait for a client that may leave {limit}")]
    OutputLimit {
        /// Bytes that wait.
        unsent: usize,
        /// Bytes allowed.
        limit: usize,
    },
}

// ANCHOR: drive
/// Serves one client until it leaves or cannot be followed, or until `stop` is ready: then what has come from it is
/// answered, and the connection is closed.
///
/// # Errors
/// [`ConnectionError`] if the connection cannot be brought to a proper end.
pub async fn drive<S, H>(
    stream: S,
    mut pipeline: Pipeline<H>,
    stop: impl Future<Output = ()>,
) -> Result<(), ConnectionError>
where
    S: AsyncRead + AsyncWrite + Unpin,
    H: FnMut(&Request, &mut Reply<'_>),
{
    let (mut reader, mut writer) = tokio::io::split(stream);
    let mut stop = pin!(stop);
    let mut outbox = Outbox::default();
    let mut state = State::Reading;
    loop {
        let may_run = outbox.waiting() < pipeline.limits().output_pause;
        tokio::select! {
            // In this order: first the replies that wait, then requests, and a stop only when there is neither.
            biased;
            written = writer.write(outbox.unsent()), if outbox.waiting() > 0 => {
                outbox.advance(written?);
            }
            read = read(&mut reader, &mut pipeline), if state == State::Reading && may_run => {
                state = match read? {
                    0 => State::Closing,
                    _ => run(&mut pipeline, &mut outbox)?,
                };
            }
            // The rest of a large batch, after others have had their turn.
            () = tokio::task::yield_now(), if state == State::Backlog && may_run => {
                state = run(&mut pipeline, &mut outbox)?;
            }
            () = &mut stop, if state == State::Reading && may_run => state = State::Parting,
            else => break,
        }
    }
    if state == State::Parting {
        writer.shutdown().await?;
        // A socket that is closed with something unread in it is reset, and the reset may overtake our last reply.
        let mut rest = reader.take(LINGER_BYTES);
        let mut nowhere = tokio::io::sink();
        let _ = tokio::time::timeout(LINGER, tokio::io::copy(&mut rest, &mut nowhere)).await;
    }
    Ok(())
}
// ANCHOR_END: drive

// ANCHOR: state
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Waiting for requests.
    Reading,
    /// Requests wait that have been received already.
    Backlog,
    /// Nothing more is read; the connection ends when its replies are sent.
    Closing,
    /// The same, and the client, which has not said that it is done, is given time to see them.
    Parting,
}

async fn read<H: FnMut(&Request, &mut Reply<'_>)>(
    reader: &mut (impl AsyncRead + Unpin),
    pipeline: &mut Pipeline<H>,
) -> io::Result<usize> {
    let input = pipeline.input();
    input.reserve(READ);
    reader.read_buf(input).await
}

fn run<H: FnMut(&Request, &mut Reply<'_>)>(
    pipeline: &mut Pipeline<H>,
    outbox: &mut Outbox,
) -> Result<State, ConnectionError> {
    let progress = pipeline.run(outbox.bytes());
    let (unsent, limit) = (outbox.waiting(), pipeline.limits().output_max);
    if unsent > limit {
        return Err(ConnectionError::OutputLimit { unsent, limit });
    }
    Ok(match progress {
        Progress::NeedInput => State::Reading,
        Progress::More => State::Backlog,
        Progress::Refuse => State::Parting,
    })
}
// ANCHOR_END: state

// ANCHOR: outbox
/// Replies that the socket has not taken yet: those from `sent` on.
#[derive(Debug, Default)]
struct Outbox {
    bytes: Vec<u8>,
    sent: usize,
}

impl Outbox {
    fn unsent(&self) -> &[u8] {
        self.bytes.get(self.sent..).unwrap_or_default()
    }

    fn waiting(&self) -> usize {
        self.bytes.len() - self.sent
    }

    /// Where replies are appended, with nothing in front of them that has been sent. Otherwise `run` would take sent bytes
    /// for waiting ones.
    fn bytes(&mut self) -> &mut Vec<u8> {
        self.bytes.drain(..self.sent);
        self.sent = 0;
        &mut self.bytes
    }

    fn advance(&mut self, sent: usize) {
        self.sent += sent;
        if self.waiting() == 0 {
            self.bytes.clear();
            self.bytes.shrink_to(KEPT);
            self.sent = 0;
        }
    }
}
// ANCHOR_END: outbox

#[cfg(test)]
mod tests;
