//! Proves that the exercises' checks tell right from wrong: every solution passes, and every known-wrong answer
//! fails with the message that is pinned for it. All of it is in `tests`; what those compile is gathered by
//! `build.rs` from the files that are there, so that no list of them is kept.
