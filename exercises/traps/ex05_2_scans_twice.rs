//! Counts in one scan and writes in another.

use chapter_05::protocol::{ErrorReply, ProtocolVersion, Reply};

/// Replies with the keys that `scan` finds.
pub fn keys(
    scan: impl Fn(&mut dyn FnMut(&[u8])) -> Result<(), ErrorReply>,
    version: ProtocolVersion,
    out: &mut Vec<u8>,
) {
    let mut count = 0;
    let counted = scan(&mut |_| count += 1);
    let mut reply = Reply::new(out, version);
    if let Err(error) = counted {
        return reply.error(&error);
    }
    reply.set(count);
    // It has just gone well.
    let _ = scan(&mut |key| reply.bulk(key));
}
