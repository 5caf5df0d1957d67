//! Bytes to requests. How replies are written is chapter 05's.

mod error;
mod inline;
mod limits;
mod request;

pub use error::ProtocolError;
pub use limits::Limits;
pub use request::{Request, RequestParser, parse_integer};
