//! Integers as clients may spell them.
//!
//! Knows the one accepted spelling, not what is done with a number nor how its absence is reported.

/// Reads a 64-bit integer in its one canonical spelling: no `+`, no leading zero, no space.
///
/// Other spellings are strings, as in Redis: INCR of `007` is an error.
pub fn parse_i64(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let canonical = match digits {
        [b'0'] => text.len() == 1,
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    // What is left to refuse is a number that does not fit.
    if canonical { std::str::from_utf8(text).ok()?.parse().ok() } else { None }
}
