//! Commands on strings.

mod counter;
mod lcs;
mod many;
mod range;
mod value;

use super::spec::Command;

/// The family's rows, a slice for each of its files.
pub(super) fn rows() -> Vec<&'static [Command]> {
    vec![value::ROWS, counter::ROWS, range::ROWS, many::ROWS, lcs::ROWS]
}
