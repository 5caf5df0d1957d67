//! Takes back all that is in the buffer, when it gives up its own reply.

use chapter_05::protocol::{ErrorReply, ProtocolVersion, Reply};

/// Replies with the keys that `scan` finds.
pub fn keys(
    scan: impl Fn(&mut dyn FnMut(&[u8])) -> Result<(), ErrorReply>,
    version: ProtocolVersion,
    out: &mut Vec<u8>,
) {
    let mut written = Vec::new();
    let mut items = Reply::new(&mut written, version);
    let mut count = 0;
    let scanned = scan(&mut |key| {
        items.bulk(key);
        count += 1;
    });
    let mut reply = Reply::new(out, version);
    match scanned {
        Ok(()) => {
            reply.set(count);
            out.extend_from_slice(&written);
        }
        Err(error) => {
            out.clear();
            Reply::new(out, version).error(&error);
        }
    }
}
