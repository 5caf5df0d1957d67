//! 05.1, solved: first found, then announced, then written.

use chapter_05::protocol::Reply;

/// Replies with the settings whose name starts with `prefix`.
pub fn settings(prefix: &str, settings: &[(&str, &[u8])], reply: &mut Reply<'_>) {
    let found: Vec<_> = settings.iter().filter(|(name, _)| name.starts_with(prefix)).collect();
    reply.map(found.len());
    for (name, value) in found {
        reply.bulk(name.as_bytes());
        reply.bulk(value);
    }
}
