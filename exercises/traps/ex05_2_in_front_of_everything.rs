//! Puts the announcement in front of the replies that were there before.

use chapter_05::protocol::{ErrorReply, ProtocolVersion, Reply};

/// Replies with the keys that `scan` finds.
pub fn keys(
    scan: impl Fn(&mut dyn FnMut(&[u8])) -> Result<(), ErrorReply>,
    version: ProtocolVersion,
    out: &mut Vec<u8>,
) {
    let start = out.len();
    let mut items = Reply::new(out, version);
    let mut count = 0;
    let scanned = scan(&mut |key| {
        items.bulk(key);
        count += 1;
    });
    match scanned {
        Ok(()) => {
            let mut announcement = Vec::new();
            Reply::new(&mut announcement, version).set(count);
            out.splice(..0, announcement);
        }
        Err(error) => {
            out.truncate(start);
            Reply::new(out, version).error(&error);
        }
    }
}
