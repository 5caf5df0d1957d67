//! A map behind a prompt.
