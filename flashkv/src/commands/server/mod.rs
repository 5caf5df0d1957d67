//! Commands on the server as a whole.

mod admin;
mod command;
mod config;
mod debug;
mod info;
mod slowlog;

use super::spec::Command;

/// The family's rows, a slice for each of its files.
pub(super) fn rows() -> Vec<&'static [Command]> {
    vec![admin::ROWS, info::ROWS, config::ROWS, command::ROWS, debug::ROWS, slowlog::ROWS]
}
