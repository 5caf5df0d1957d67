//! Inline commands: a plain line, as typed into telnet, split into arguments.
//!
//! Knows the quoting rules only. Finding the end of the line, its size limit and the error reply
//! are the request parser's, and so is one thing that looks like quoting: Redis searches the line's
//! newline with `strchr`, so a NUL before it makes the line one that never ends.

use thiserror::Error;

#[cfg(test)]
mod tests;

/// A quoted argument has no closing quote, or one with more text right behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("unbalanced quotes in request")]
pub struct UnbalancedQuotes;

/// Splits `line` into arguments by the rules of
/// [inline commands](https://redis.io/docs/latest/develop/reference/protocol-spec/#inline-commands).
///
/// The bytes of all arguments, unescaped, are appended to `text`, and for each argument the offset
/// in `text` at which it ends is appended to `ends`; the first one starts where `text` ended
/// before. So a caller that keeps its two vectors allocates nothing per argument. A blank line
/// gives no argument. On an error both vectors are left as they were.
///
/// - `"..."` understands `\n`, `\r`, `\t`, `\b`, `\a` and `\xHH`; before any other byte a backslash
///   is dropped.
/// - `'...'` understands `\'` only.
/// - A quote may open in the middle of an argument, but its closing one ends the argument, and
///   must be followed by a space or the end.
/// - A NUL ends the line, and leaves an open quote unbalanced, even when a backslash precedes it.
pub fn split(line: &[u8], text: &mut Vec<u8>, ends: &mut Vec<u32>) -> Result<(), UnbalancedQuotes> {
    let (text_before, ends_before) = (text.len(), ends.len());
    let mut rest = match memchr::memchr(0, line) {
        Some(nul) => line.get(..nul).unwrap_or(line),
        None => line,
    };
    loop {
        let blanks = rest.iter().take_while(|&&byte| is_space(byte)).count();
        rest = rest.get(blanks..).unwrap_or_default();
        if rest.is_empty() {
            return Ok(());
        }
        match unescape_argument(rest, text) {
            Ok(after) => rest = after,
            Err(unbalanced) => {
                text.truncate(text_before);
                ends.truncate(ends_before);
                return Err(unbalanced);
            }
        }
        let end = u32::try_from(text.len()).expect("a line is at most 64 KB, and never grows here");
        ends.push(end);
    }
}

/// Appends the argument that `rest` starts with to `text`; returns what follows it.
fn unescape_argument<'line>(
    mut rest: &'line [u8],
    text: &mut Vec<u8>,
) -> Result<&'line [u8], UnbalancedQuotes> {
    loop {
        rest = match rest {
            // Fewer kinds of space than `is_space` knows: a vertical tab or a form feed separates
            // arguments only where one has not begun.
            [] | [b' ' | b'\n' | b'\r' | b'\t', ..] => return Ok(rest),
            [b'"', quoted @ ..] => return unescape_double_quoted(quoted, text),
            [b'\'', quoted @ ..] => return unescape_single_quoted(quoted, text),
            [byte, after @ ..] => {
                text.push(*byte);
                after
            }
        }
    }
}

fn unescape_double_quoted<'line>(
    mut rest: &'line [u8],
    text: &mut Vec<u8>,
) -> Result<&'line [u8], UnbalancedQuotes> {
    loop {
        let (byte, after) = match rest {
            [] => return Err(UnbalancedQuotes),
            [b'"', after @ ..] => return after_closing_quote(after),
            [b'\\', b'x', high, low, after @ ..]
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                (hex_value(*high) << 4 | hex_value(*low), after)
            }
            [b'\\', escaped, after @ ..] => {
                let byte = match escaped {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 0x08,
                    b'a' => 0x07,
                    other => *other,
                };
                (byte, after)
            }
            [byte, after @ ..] => (*byte, after),
        };
        text.push(byte);
        rest = after;
    }
}

fn unescape_single_quoted<'line>(
    mut rest: &'line [u8],
    text: &mut Vec<u8>,
) -> Result<&'line [u8], UnbalancedQuotes> {
    loop {
        let (byte, after) = match rest {
            [] => return Err(UnbalancedQuotes),
            [b'\'', after @ ..] => return after_closing_quote(after),
            [b'\\', b'\'', after @ ..] => (b'\'', after),
            [byte, after @ ..] => (*byte, after),
        };
        text.push(byte);
        rest = after;
    }
}

fn after_closing_quote(rest: &[u8]) -> Result<&[u8], UnbalancedQuotes> {
    match rest {
        [next, ..] if !is_space(*next) => Err(UnbalancedQuotes),
        rest => Ok(rest),
    }
}

/// C's `isspace`; Rust's `is_ascii_whitespace` leaves out the vertical tab.
fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == b'\x0b'
}

/// The value of a hexadecimal digit.
fn hex_value(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        letter => letter.to_ascii_lowercase() - b'a' + 10,
    }
}
