//! Commands on the connection itself.

mod client;
mod session;

use super::spec::Command;

/// The family's rows, a slice for each of its files.
pub(super) fn rows() -> Vec<&'static [Command]> {
    vec![session::ROWS, client::ROWS]
}
