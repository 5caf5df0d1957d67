//! One thread, thread per client, tokio.
