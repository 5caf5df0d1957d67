//! What a server says: values, replies, errors, and the two versions of the protocol they are written in.

mod error;
mod reply;
mod value;
mod version;

pub use error::{ErrorReply, Text};
pub use reply::Reply;
pub use value::RespValue;
pub use version::ProtocolVersion;
