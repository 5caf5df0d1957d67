//! Leaves room for a number of one digit.

use chapter_05::protocol::{ErrorReply, ProtocolVersion, Reply};

/// Replies with the keys that `scan` finds.
pub fn keys(
    scan: impl Fn(&mut dyn FnMut(&[u8])) -> Result<(), ErrorReply>,
    version: ProtocolVersion,
    out: &mut Vec<u8>,
) {
    let start = out.len();
    let mut items = Reply::new(out, version);
    items.set(0);
    let mut count = 0;
    let scanned = scan(&mut |key| {
        items.bulk(key);
        count += 1;
    });
    if let Err(error) = scanned {
        out.truncate(start);
        return Reply::new(out, version).error(&error);
    }
    if let (Some(digit), Ok(count)) = (out.get_mut(start + 1), u8::try_from(count)) {
        *digit = b'0' + count;
    }
}
