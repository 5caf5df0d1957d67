//! A client's socket: reads and writes as far as it is ready, and waits for it otherwise.
//!
//! tokio watches the socket, and is asked only when there is something to wait for. Reads and writes go straight to the
//! system: those of the C library are points where a thread may be cancelled, and each says so before and after.
//!
//! Knows neither who the client is nor what the bytes say.

use std::io;
use std::io::ErrorKind::{Interrupted, WouldBlock};
use std::os::fd::{AsFd, BorrowedFd};
use std::task::{Context, Poll, ready};

use rustix::net::{RecvFlags, SendFlags, Shutdown, recv, send, shutdown};
use tokio::io::Interest;
use tokio::net::{TcpStream, UnixStream};

/// What the driver does with a client's socket.
pub(crate) trait Stream {
    /// Reads what is there, up to the length of `buffer`; 0 bytes are the end.
    fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>>;

    /// Writes as many of `bytes` as there is room for; at least one.
    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>>;

    /// Tells the client that nothing more comes.
    fn shut_down(&mut self) -> io::Result<()>;
}

/// A client's connection, watched by a thread's own runtime.
#[derive(Debug)]
pub(crate) enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Socket {
    /// Takes over a TCP connection that does not block.
    ///
    /// # Errors
    /// If the runtime cannot watch it.
    pub(crate) fn tcp(stream: std::net::TcpStream) -> io::Result<Socket> {
        TcpStream::from_std(stream).map(Socket::Tcp)
    }

    /// The same for a Unix socket.
    pub(crate) fn unix(stream: std::os::unix::net::UnixStream) -> io::Result<Socket> {
        UnixStream::from_std(stream).map(Socket::Unix)
    }

    /// Moves up to `len` bytes, once the socket is ready for it.
    #[inline]
    fn poll_move(
        &self,
        interest: Interest,
        cx: &mut Context<'_>,
        len: usize,
        mut transfer: impl FnMut(BorrowedFd<'_>) -> rustix::io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        loop {
            let mut moved = None;
            let tried = self.try_io(interest, |socket| {
                let count = transfer(socket)?;
                moved = Some(count);
                // Fewer than asked for: there is no more just now, and tokio is to say when there is.
                if (1..len).contains(&count) { Err(WouldBlock.into()) } else { Ok(()) }
            });
            match (moved, tried) {
                (Some(count), _) => return Poll::Ready(Ok(count)),
                (None, Err(error)) if error.kind() == WouldBlock => {
                    ready!(self.poll_ready(interest, cx))?;
                }
                (None, Err(error)) if error.kind() != Interrupted => {
                    return Poll::Ready(Err(error));
                }
                (None, _) => {}
            }
        }
    }

    /// Runs `work` if the socket may be ready, and notes that it is not if it fails with [`WouldBlock`].
    #[inline]
    fn try_io(
        &self,
        interest: Interest,
        work: impl FnOnce(BorrowedFd<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        match self {
            Socket::Tcp(stream) => stream.try_io(interest, || work(stream.as_fd())),
            Socket::Unix(stream) => stream.try_io(interest, || work(stream.as_fd())),
        }
    }

    fn poll_ready(&self, interest: Interest, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Socket::Tcp(stream) if interest.is_readable() => stream.poll_read_ready(cx),
            Socket::Tcp(stream) => stream.poll_write_ready(cx),
            Socket::Unix(stream) if interest.is_readable() => stream.poll_read_ready(cx),
            Socket::Unix(stream) => stream.poll_write_ready(cx),
        }
    }
}

impl Stream for Socket {
    fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let len = buffer.len();
        self.poll_move(Interest::READABLE, cx, len, |socket| {
            recv(socket, &mut *buffer, RecvFlags::empty()).map(|(count, _)| count)
        })
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_move(Interest::WRITABLE, cx, bytes.len(), |socket| {
            send(socket, bytes, SendFlags::NOSIGNAL)
        })
    }

    fn shut_down(&mut self) -> io::Result<()> {
        match self {
            Socket::Tcp(stream) => shutdown(stream, Shutdown::Write)?,
            Socket::Unix(stream) => shutdown(stream, Shutdown::Write)?,
        }
        Ok(())
    }
}
