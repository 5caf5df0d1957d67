//! 10.2 GETEX (medium, about 30 minutes)
//!
//! A command that the server lacks: `GETEX key [EX seconds | PX milliseconds | PERSIST]` replies with the string at a key
//! as GET does, and in the same step says when the key expires. Write its row and its handler.
//!
//! - EX and PX give the key a deadline so long from now, PERSIST lifts the one it has, and without an option the deadline
//!   stays as it is. Options are in upper or lower case. One is allowed; any other word or number of words is
//!   `ErrorReply::Syntax`, whatever the key holds.
//! - Then the key: no key is a null, a key with something else than a string is the usual error.
//! - Then the time: what is no integer is `NotAnInteger`; one below 1, or one that no deadline in milliseconds since 1970
//!   (an `i64`) can be made of, is `InvalidExpire("getex")`.
//! - One request, one reply. After an error nothing has changed.
//! - The row: its only flag of its own is `fast`; arity, keys and `Run` follow from the above.
//!
//! The check finds, locks and runs by your row as the chapter's `dispatch` does. Useful: `call::{is, string}`,
//! `call.integer`, `call.db.now()`, and the methods of chapter 09's `Shard`. `Unit` of `expiry.rs` is private to the
//! chapter: compute the deadline here, in the same way.

use chapter_05::protocol::ErrorReply;
use chapter_09::DeadlineCondition;
use chapter_10::commands::call::{Outcome, WriteCall, is, string};
use chapter_10::commands::spec::{Command, KeyRange, Run};

/// The row of GETEX.
pub fn row() -> &'static Command {
    todo!("the row")
}

fn getex(call: &mut WriteCall<'_>) -> Outcome {
    todo!("the handler")
}
