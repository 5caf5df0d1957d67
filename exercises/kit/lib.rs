//! What every exercise's check is made of: the catalog, the three outcomes, and their texts.
//!
//! A check is a function over an answer's functions. It says what it does as it goes, so that a wrong value, a
//! panic or an endless loop can all be told in the same words:
//!
//! ```ignore
//! fn check(check: &Check) -> Verdict {
//!     check.step("a line in two reads");
//!     check.sent(["PI", "NG\r\n"]);
//!     check.means("A read ends anywhere. What it brought is not a line until its end has come.");
//!     check.bytes(b"PING", &answer::first_line(&["PI", "NG\r\n"]))?;
//!     Ok(())
//! }
//! ```
//!
//! This crate knows no exercise, no chapter and no cargo; `cargo ex` (`kit/ex`) knows cargo and nothing of
//! checks. Neither includes a learner's file, so one that does not compile stops its own check only.

pub mod catalog;
mod check;
mod client;
mod compare;
mod judge;
pub mod projects;
mod report;
mod run;
pub mod servers;
mod style;

pub use check::{Check, Failure, Verdict, splits};
pub use client::{Client, End, Received};
pub use compare::{listed, quote};
pub use judge::{Outcome, Patience, Todo, judge};
pub use report::{Report, indented, labelled, render};
pub use run::{TODO, run};
pub use style::Style;
