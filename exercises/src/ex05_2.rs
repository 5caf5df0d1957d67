//! 05.2 The count comes last (medium, about 15 minutes)
//!
//! KEYS replies with all keys that match. How many do is known only when all have been looked at, and the announcement
//! stands in front of them. `scan` looks: it calls what you give it with one key after the other, each lent for the time
//! of the call.
//!
//! - The reply is a set of bulk strings (a set in RESP3, what `Reply` makes of one in RESP2), in the order of the scan.
//! - `scan` is called once: other clients change the keys between two calls, so a second one may find others.
//! - `out` may hold replies to earlier requests. They stay as they are, and this reply comes behind them.
//! - If `scan` fails, even halfway, its error is the whole reply.

use chapter_05::protocol::{ErrorReply, ProtocolVersion};

/// Replies with the keys that `scan` finds.
pub fn keys(
    scan: impl Fn(&mut dyn FnMut(&[u8])) -> Result<(), ErrorReply>,
    version: ProtocolVersion,
    out: &mut Vec<u8>,
) {
    todo!()
}
