//! 12.1 Who has the last word (easy, about 20 minutes)
//!
//! A server that can also be set up by a file, as Redis can: lines of a name and a value; a line that begins with `#` is a
//! comment. `pairs` reads them and needs no change. Now there are four places that a setting can come from, and `load`
//! decides. The settings are `host`, `port`, `maxclients` and `shutdown-timeout`; in the environment they are called
//! `FLASHKV_HOST` and so on, with `_` for `-`.
//!
//! - Each setting, by itself, comes from the first of these that has it: the flags, the environment, the file; and if
//!   none has, from `Config::default()`.
//! - If the file has one twice, the last counts. Flags and environment have each setting at most once.
//! - A value that counts and cannot be (not a number, too large for its field, or 0 for `maxclients`) is an error; if
//!   several are wrong, any of them. It is never the next one's turn.
//! - A value that does not count is not looked at.

use chapter_12::Config;

/// Where a setting comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// `--maxclients 100`
    Flag,
    /// `FLASHKV_MAXCLIENTS=100`
    Environment,
    /// `maxclients 100`
    File,
}

/// A value that cannot be.
#[derive(Debug, PartialEq, Eq)]
pub struct WrongValue {
    /// Where it comes from.
    pub source: Source,
    /// The setting, as it is called in the file.
    pub name: String,
    /// What it was to be set to.
    pub value: String,
}

/// The configuration. `flags` and `environment` are pairs of a name and a value: `("maxclients", "100")` and
/// `("FLASHKV_MAXCLIENTS", "100")`.
pub fn load(
    flags: &[(&str, &str)],
    environment: &[(&str, &str)],
    file: &str,
) -> Result<Config, WrongValue> {
    todo!()
}

/// The pairs of a name and a value in a file.
fn pairs(file: &str) -> Vec<(&str, &str)> {
    let lines = file.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let pairs = lines.filter_map(|line| line.split_once(char::is_whitespace));
    pairs.map(|(name, value)| (name, value.trim())).collect()
}
