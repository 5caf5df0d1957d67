//! Commands on keys of any type.

mod expire;
mod object;
mod space;
mod walk;

use super::spec::Command;

/// The family's rows, a slice for each of its files.
pub(super) fn rows() -> Vec<&'static [Command]> {
    vec![expire::ROWS, space::ROWS, walk::ROWS, object::ROWS]
}
