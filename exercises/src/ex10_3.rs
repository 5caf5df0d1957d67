//! 10.3 Keys that a word counts (hard, about 40 minutes)
//!
//! `LMPOP numkeys key [key ...] LEFT|RIGHT [COUNT count]` takes elements from the first of several lists that there is. How
//! many of its words are keys stands in the request itself, so three numbers in a row cannot say it. Such a command finds
//! its keys itself, and then does what `dispatch` does for the others.
//!
//! `keys`, which COMMAND GETKEYS would use:
//! - fewer than four words: the usual `ErrorReply::Arity`;
//! - numkeys is an integer above 0, or `ErrorReply::Other` with `ERR numkeys should be greater than 0`;
//! - behind so many keys stands at least one more word, or it is `Syntax`. The number is the client's: any i64.
//!
//! `lmpop`:
//! - behind the keys: LEFT or RIGHT, then nothing, or COUNT and an integer; without COUNT it is 1. Upper or lower case.
//! - A COUNT that is no integer above 0 is `Other` with `ERR count should be greater than 0`, whatever stands behind it.
//!   All else that is wrong with the words is `Syntax`.
//! - All keys are locked together, once, before the first is looked at, and stay locked until the change is made.
//! - In the order of the request: no key, the next one; something else than a list, the usual error; a list, and
//!   up to count elements are taken from its left or right end. Keys behind it are not looked at.
//! - The reply is an array of the key and an array of the elements, or a null array if there is no list. After an error
//!   nothing else has been written.
//!
//! Useful: `Text` (chapter 05), `parse_integer` (06), `End` (08), `call::is`.

use chapter_05::protocol::{ErrorReply, Reply};
use chapter_06::protocol::Request;
use chapter_09::Engine;
use chapter_10::commands::call::Outcome;

/// The keys of a request, in its order.
pub fn keys(words: &Request) -> Result<&[bytes::Bytes], ErrorReply> {
    todo!()
}

/// Runs a request and writes its reply, if it is no error.
pub fn lmpop(engine: &Engine, words: &Request, reply: &mut Reply<'_>) -> Outcome {
    todo!()
}
