//! Bytes to requests, and replies to bytes, in RESP2 and RESP3.
//!
//! Follows <https://redis.io/docs/latest/develop/reference/protocol-spec/>. Knows nothing of commands or storage.

pub mod decode;
mod double;
pub mod error;
pub mod inline;
pub mod limits;
pub mod reply;
pub mod request;
pub mod value;
pub mod version;

pub use decode::{DecodeError, Decoder};
pub use error::{ErrorReply, ProtocolError};
pub use limits::Limits;
pub use reply::Reply;
pub use request::{Args, Parser};
pub use value::RespValue;
pub use version::{REDIS_VERSION, Version};
