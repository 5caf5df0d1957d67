//! 05.1 The promise of a number (easy, about 10 minutes)
//!
//! This handler answers a request for settings, and has four faults. Whoever speaks RESP2, asks for all settings and has
//! tame values will hardly notice. Find them, and mend them with what `Reply` offers. Delete the `todo!` when you begin.
//!
//! - The reply is one map, from names to values: a client that speaks RESP3 gets it as a map.
//! - In it are the settings whose name starts with `prefix`, in their order, and no others.
//! - Names and values are bulk strings. A value is a user's: it may be any bytes, and comes back as it is.

use chapter_05::protocol::Reply;

/// Replies with the settings whose name starts with `prefix`.
pub fn settings(prefix: &str, settings: &[(&str, &[u8])], reply: &mut Reply<'_>) {
    todo!("find the faults below, and mend them");

    reply.array(settings.len() * 2);
    for (name, value) in settings {
        if name.starts_with(prefix) {
            reply.simple(name);
            reply.simple(&String::from_utf8_lossy(value));
        }
    }
}
