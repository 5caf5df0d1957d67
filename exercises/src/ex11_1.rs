//! 11.1 A write for each batch (easy, about 15 minutes)
//!
//! `serve` is the loop of a server with a thread for each client. It answers everything, and right. But a write is a call
//! to the system, and it makes one for every request. Mend it:
//!
//! - All requests that a read completes are answered with one write.
//! - Before it reads again, everything is written: the client may be waiting for it.
//! - A socket may take less than it was given. The rest goes next, before anything else.
//! - After a protocol error the connection ends, and its reply goes out together with those before it.
//!
//! Delete the `todo!` when you begin.

use std::io::{self, Read, Write};

use bytes::BytesMut;
use chapter_05::protocol::{ProtocolVersion, Reply};
use chapter_06::protocol::{Request, RequestParser};

/// Serves one client until it leaves.
pub fn serve(
    mut stream: impl Read + Write,
    mut handler: impl FnMut(&Request, &mut Reply<'_>),
) -> io::Result<()> {
    todo!("find out when it writes, and mend it");

    let mut parser = RequestParser::default();
    let (mut input, mut replies) = (BytesMut::new(), Vec::new());
    let mut chunk = vec![0; 16 << 10];
    loop {
        let count = stream.read(&mut chunk)?;
        if count == 0 {
            return Ok(());
        }
        input.extend_from_slice(chunk.get(..count).unwrap_or_default());
        loop {
            replies.clear();
            let mut reply = Reply::new(&mut replies, ProtocolVersion::Resp2);
            match parser.parse(&mut input) {
                Ok(Some(request)) => {
                    handler(&request, &mut reply);
                    stream.write_all(&replies)?;
                }
                Ok(None) => break,
                Err(error) => {
                    reply.error_text(&error);
                    return stream.write_all(&replies);
                }
            }
        }
    }
}
