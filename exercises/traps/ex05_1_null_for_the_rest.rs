//! Keeps the announcement true with nulls.

use chapter_05::protocol::Reply;

/// Replies with the settings whose name starts with `prefix`.
pub fn settings(prefix: &str, settings: &[(&str, &[u8])], reply: &mut Reply<'_>) {
    reply.map(settings.len());
    for (name, value) in settings {
        reply.bulk(name.as_bytes());
        reply.bulk_or_null(name.starts_with(prefix).then_some(value));
    }
}
