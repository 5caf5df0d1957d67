//! The machinery behind the course's pages: it fills the blocks between markers from the sources they name, and finds
//! where text and sources have parted.
//!
//! A page is an ordinary Markdown file. A marker is an HTML comment, so that GitHub and the book show only what stands
//! between it and its end. See `docs/tool/README.md` for the kinds of markers.

pub mod book;
pub mod budget;
pub mod check;
pub mod exercises;
pub mod fill;
pub mod index;
pub mod links;
pub mod listing;
pub mod markers;
pub mod mask;
pub mod page;
pub mod problem;
pub mod programs;
pub mod session;
pub mod workspace;
