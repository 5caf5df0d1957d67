//! One thread, thread per client, tokio: three ways to wait for clients, and one answer.
//!
//! [`single`], [`threads`] and [`tasks`] differ in who waits; [`pong`] is what all of them answer.

pub mod measure;
pub mod pong;
pub mod single;
pub mod tasks;
pub mod threads;
