//! A decoding proxy between redis-cli and a server.
//!
//! [`marker`] lists the types of RESP2 and RESP3, [`decode`] finds frames in a stream of bytes and describes them,
//! [`proxy`] passes bytes on and shows the descriptions.

pub mod decode;
pub mod marker;
pub mod measure;
pub mod proxy;
