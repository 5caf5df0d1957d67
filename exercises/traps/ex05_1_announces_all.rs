//! Announces what it looked at, not what it found.

use chapter_05::protocol::Reply;

/// Replies with the settings whose name starts with `prefix`.
pub fn settings(prefix: &str, settings: &[(&str, &[u8])], reply: &mut Reply<'_>) {
    reply.map(settings.len());
    let found = settings.iter().filter(|(name, _)| name.starts_with(prefix));
    for (name, value) in found {
        reply.bulk(name.as_bytes());
        reply.bulk(value);
    }
}
