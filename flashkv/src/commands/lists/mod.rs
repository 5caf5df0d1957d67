//! Commands on lists.

mod edit;
mod push;
mod read;
mod transfer;

use super::call::is;
use super::spec::Command;
use crate::protocol::ErrorReply;
use crate::storage::End;

/// The family's rows, a slice for each of its files.
pub(super) fn rows() -> Vec<&'static [Command]> {
    vec![push::ROWS, read::ROWS, edit::ROWS, transfer::ROWS]
}

/// The end that `LEFT` or `RIGHT` names.
fn end_named(word: &[u8]) -> Result<End, ErrorReply> {
    match word {
        word if is(word, "LEFT") => Ok(End::Head),
        word if is(word, "RIGHT") => Ok(End::Tail),
        _ => Err(ErrorReply::Syntax),
    }
}
