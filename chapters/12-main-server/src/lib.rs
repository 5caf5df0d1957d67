//! The complete chapter server: configured, limited, and stopped without losing a reply.
//!
//! [`Config`] says how, [`Server`] binds, accepts, and drains. What happens on a connection is chapter 11's business, and
//! what requests mean is chapter 10's.

pub mod config;
pub mod measure;
pub mod server;

pub use config::Config;
pub use server::{Report, Server, ServerError};
