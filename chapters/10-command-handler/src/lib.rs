//! The command table: each command is declared once, in a row, and all that can be known of it comes from there.

pub mod commands;
