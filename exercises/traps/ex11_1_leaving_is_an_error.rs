//! Takes the end of what the client sends for a failure of the socket.

use std::io::{self, Read, Write};

use bytes::BytesMut;
use chapter_05::protocol::{ProtocolVersion, Reply};
use chapter_06::protocol::{Request, RequestParser};

/// Serves one client until it leaves.
pub fn serve(
    mut stream: impl Read + Write,
    mut handler: impl FnMut(&Request, &mut Reply<'_>),
) -> io::Result<()> {
    let mut parser = RequestParser::default();
    let (mut input, mut replies) = (BytesMut::new(), Vec::new());
    let mut chunk = vec![0; 16 << 10];
    loop {
        let count = stream.read(&mut chunk)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        input.extend_from_slice(chunk.get(..count).unwrap_or_default());
        loop {
            let mut reply = Reply::new(&mut replies, ProtocolVersion::Resp2);
            match parser.parse(&mut input) {
                Ok(Some(request)) => handler(&request, &mut reply),
                Ok(None) => break,
                Err(error) => {
                    reply.error_text(&error);
                    return stream.write_all(&replies);
                }
            }
        }
        stream.write_all(&replies)?;
        replies.clear();
    }
}
