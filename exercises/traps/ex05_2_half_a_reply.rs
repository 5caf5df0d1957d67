//! Writes the error behind the keys that were found before.

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
        Ok(()) => reply.set(count),
        Err(_) => reply.set(count + 1),
    }
    out.extend_from_slice(&written);
    if let Err(error) = scanned {
        Reply::new(out, version).error(&error);
    }
}
