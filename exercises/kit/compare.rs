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

/// Bytes as they are written in Rust: text as it is, the rest escaped.
pub fn quote(bytes: &[u8]) -> String {
    tokens(bytes).concat()
}

/// What is shown of each character, or of each byte that is no part of one.
fn tokens(bytes: &[u8]) -> Vec<String> {
    let mut tokens = Vec::new();
    for chunk in bytes.utf8_chunks() {
        tokens.extend(chunk.valid().chars().map(quote_char));
        tokens.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    tokens
}

fn quote_char(character: char) -> String {
    match character {
        '\r' => "\\r".to_owned(),
        '\n' => "\\n".to_owned(),
        '\t' => "\\t".to_owned(),
        '\0' => "\\0".to_owned(),
        '\\' => "\\\\".to_owned(),
        _ if character.is_ascii_control() => format!("\\x{:02x}", u32::from(character)),
        _ => character.to_string(),
    }
}

/// Where two byte strings part.
pub(crate) fn of_bytes(expected: &[u8], got: &[u8]) -> Difference {
    let byte = expected.iter().zip(got).take_while(|(a, b)| a == b).count();
    let (expected, got) = (tokens(expected), tokens(got));
    let at = expected.iter().zip(&got).take_while(|(a, b)| a == b).count();
    let name = |token: Option<&String>| token.map_or("the end".to_owned(), String::clone);
    let place = format!(
        "byte {}: expected {}, got {}",
        byte + 1,
        name(expected.get(at)),
        name(got.get(at))
    );
    shown(&expected, &got, at, place)
}

/// Where two texts part.
pub(crate) fn of_text(expected: &str, got: &str) -> Difference {
    let tokens = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
    let (expected, got) = (tokens(expected), tokens(got));
    let at = expected.iter().zip(&got).take_while(|(a, b)| a == b).count();
    shown(&expected, &got, at, "first difference".to_owned())
}

/// Pieces of bytes, one beside the other.
pub fn listed<T: AsRef<[u8]>>(pieces: &[T]) -> String {
    let quoted: Vec<String> =
        pieces.iter().map(|piece| format!("\"{}\"", abridged(piece.as_ref()))).collect();
    if quoted.is_empty() { "none".to_owned() } else { quoted.join(" ") }
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

fn shown(expected: &[String], got: &[String], at: usize, place: String) -> Difference {
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
            let _ = write!(text, "…   ({} in all)", tokens.len());
        }
        if tokens.is_empty() { "(nothing)".to_owned() } else { text }
    };
    let same = expected.iter().take(at).skip(start);
    let column = usize::from(start > 0) + same.map(|token| token.chars().count()).sum::<usize>();
    Difference { expected: window(expected), got: window(got), column, place }
}
