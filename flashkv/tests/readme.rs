//! The README's table of commands is the one that the server would write itself.
//!
//! `FLASHKV_UPDATE=1 cargo test --test readme` writes it anew.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

use std::path::Path;

use flashkv::commands::usage;

const BEGIN: &str =
    "<!-- commands:begin (generated: cargo test --test readme -- with FLASHKV_UPDATE=1) -->";
const END: &str = "<!-- commands:end -->";

#[test]
fn the_commands_in_the_readme_are_those_of_the_server() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).expect("the README marks where the table begins");
    let (written, after) = rest.split_once(END).expect("the README marks where the table ends");
    let expected = format!("\n\n{}", usage::markdown());
    // A checkout may have other line ends.
    if written.replace("\r\n", "\n") == expected {
        return;
    }
    if std::env::var("FLASHKV_UPDATE").is_ok_and(|update| update == "1") {
        std::fs::write(&path, format!("{before}{BEGIN}{expected}{END}{after}")).unwrap();
        return;
    }
    panic!(
        "README.md has another table of commands; FLASHKV_UPDATE=1 cargo test --test readme writes it anew"
    );
}
