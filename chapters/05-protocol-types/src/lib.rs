//! RESP values, and replies written straight into the buffer.
//!
//! `protocol` knows every type of RESP2 and RESP3 and how each is written. It does not know how requests are read
//! (chapter 06), nor what any command does.

pub mod protocol;
