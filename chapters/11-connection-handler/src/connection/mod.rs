//! One client's connection. `pipeline` does the work on bytes and knows no socket; `driver` moves the bytes.

mod driver;
mod limits;
mod pipeline;

pub use driver::{ConnectionError, drive};
pub use limits::Limits;
pub use pipeline::{Pipeline, Progress};
