//! Holds what was expected against what came: both as text that a person can read, cut to where they part,
//! and a caret there. It knows bytes and characters, and nothing of what they mean.

use std::fmt::Write as _;

/// How much of a long value is shown before the place where it parts from the other, and after it.
const BEFORE: usize = 30;
const AFTER: usize = 34;

/// A pair of values, ready to be shown one below the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What should have come.
    pub expected: String,
    /// What came.
    pub got: String,
    /// Column of the first difference, in both.
    pub column: usize,
    /// What stands beside the caret.
    pub place: String,
}

/// Bytes as they are written in Rust: printable ASCII as it is, the rest escaped.
pub fn quote(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| quote_byte(*byte)).collect()
}

fn quote_byte(byte: u8) -> String {
    match byte {
        b'\r' => "\\r".to_owned(),
        b'\n' => "\\n".to_owned(),
        b'\t' => "\\t".to_owned(),
        0 => "\\0".to_owned(),
        b'\\' => "\\\\".to_owned(),
        b' '..=b'~' => char::from(byte).to_string(),
        _ => format!("\\x{byte:02x}"),
    }
}

/// Where two byte strings part.
pub(crate) fn of_bytes(expected: &[u8], got: &[u8]) -> Difference {
    let at = expected.iter().zip(got).take_while(|(a, b)| a == b).count();
    let tokens = |bytes: &[u8]| bytes.iter().map(|byte| quote_byte(*byte)).collect::<Vec<_>>();
    let name = |byte: Option<&u8>| match byte {
        Some(byte) => quote_byte(*byte),
        None => "the end".to_owned(),
    };
    let place =
        format!("byte {}: expected {}, got {}", at + 1, name(expected.get(at)), name(got.get(at)));
    shown(&tokens(expected), &tokens(got), at, place, "bytes")
}

/// Where two texts part.
pub(crate) fn of_text(expected: &str, got: &str) -> Difference {
    let tokens = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
    let (expected, got) = (tokens(expected), tokens(got));
    let at = expected.iter().zip(&got).take_while(|(a, b)| a == b).count();
    shown(&expected, &got, at, "first difference".to_owned(), "characters")
}

/// Bytes that were sent, the middle of a long stretch left out.
pub(crate) fn abridged(bytes: &[u8]) -> String {
    const ENDS: usize = 24;
    if bytes.len() <= 3 * ENDS {
        return quote(bytes);
    }
    let (start, rest) = bytes.split_at(ENDS);
    let (middle, end) = rest.split_at(rest.len() - ENDS);
    format!("{} …{} bytes… {}", quote(start), middle.len(), quote(end))
}

fn shown(expected: &[String], got: &[String], at: usize, place: String, unit: &str) -> Difference {
    let longest = expected.len().max(got.len());
    let start = if longest > BEFORE + AFTER { at.saturating_sub(BEFORE) } else { 0 };
    let window = |tokens: &[String]| {
        let mut text = String::new();
        if start > 0 {
            text.push('…');
        }
        let end = if longest > BEFORE + AFTER { at + AFTER } else { longest };
        tokens.iter().take(end).skip(start).for_each(|token| text.push_str(token));
        if tokens.len() > end {
            // A string is never unwritable.
            let _ = write!(text, "… ({} {unit})", tokens.len());
        }
        if tokens.is_empty() { "(nothing)".to_owned() } else { text }
    };
    let same = expected.iter().take(at).skip(start);
    let column = usize::from(start > 0) + same.map(|token| token.chars().count()).sum::<usize>();
    Difference { expected: window(expected), got: window(got), column, place }
}
