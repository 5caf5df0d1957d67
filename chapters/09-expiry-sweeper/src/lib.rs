//! Lazy and active expiry.
