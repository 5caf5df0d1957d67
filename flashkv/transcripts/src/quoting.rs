//! Bytes as text: Redis's quoting rules for request lines in both directions, and escaped replies.

use thiserror::Error;

/// Why a line is no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum QuoteError {
    /// A quote is not closed.
    #[error("unbalanced quotes")]
    Unbalanced,
    /// As in `"a"b`.
    #[error("a closing quote must be followed by a blank")]
    NotFollowedByBlank,
}

/// Splits a line into arguments as redis-cli and inline commands do: blanks separate, `"…"` knows
/// `\xHH \n \r \t \b \a` and takes any other escaped byte as it is, `'…'` knows only `\'`.
pub fn split(line: &str) -> Result<Vec<Vec<u8>>, QuoteError> {
    let mut rest = line.as_bytes();
    let mut words = Vec::new();
    loop {
        while let [b' ' | b'\t', tail @ ..] = rest {
            rest = tail;
        }
        if rest.is_empty() {
            return Ok(words);
        }
        let mut word = Vec::new();
        while let [first, tail @ ..] = rest {
            rest = match first {
                b' ' | b'\t' => break,
                b'"' => closed(double_quoted(tail, &mut word)?)?,
                b'\'' => closed(single_quoted(tail, &mut word)?)?,
                &byte => {
                    word.push(byte);
                    tail
                }
            };
        }
        words.push(word);
    }
}

/// One word as it must be written in a transcript to mean these bytes.
pub fn quote(word: &[u8]) -> String {
    let plain = |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'\\');
    // A line that starts with one of these would be a comment or a directive.
    let leads = matches!(word.first(), None | Some(b'#' | b'@'));
    if !leads && word.iter().all(plain) {
        return word.iter().map(|&byte| char::from(byte)).collect();
    }
    let mut text = String::from("\"");
    for &byte in word {
        if byte == b'"' {
            text.push('\\');
            text.push('"');
        } else {
            escape_byte(byte, &mut text);
        }
    }
    text.push('"');
    text
}

/// A whole request as a transcript line.
pub fn quote_all(words: &[Vec<u8>]) -> String {
    words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ")
}

/// Bytes in printable ASCII, nothing lost: `\r\n` and other controls escaped, `\` doubled.
pub fn escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + 8);
    for &byte in bytes {
        escape_byte(byte, &mut text);
    }
    text
}

/// [`escape`], one element per line of the wire (each ends in `\r\n`, save perhaps the last).
pub fn escape_lines(bytes: &[u8]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let end = rest.windows(2).position(|pair| pair == b"\r\n").map_or(rest.len(), |at| at + 2);
        let (line, tail) = rest.split_at(end);
        lines.push(escape(line));
        rest = tail;
    }
    lines
}

/// What [`escape`] was given.
pub fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        rest = tail;
        bytes.push(match (byte, tail) {
            (b'\\', [escaped, tail @ ..]) => {
                rest = tail;
                match hex_escape(*escaped, tail) {
                    Some((byte, tail)) => {
                        rest = tail;
                        byte
                    }
                    None => controlled(*escaped),
                }
            }
            _ => *byte,
        });
    }
    bytes
}

/// The byte that a letter stands for after a backslash.
fn controlled(escaped: u8) -> u8 {
    match escaped {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 0x08,
        b'a' => 0x07,
        other => other,
    }
}

fn escape_byte(byte: u8, text: &mut String) {
    match byte {
        b'\\' => text.push_str("\\\\"),
        b'\r' => text.push_str("\\r"),
        b'\n' => text.push_str("\\n"),
        b'\t' => text.push_str("\\t"),
        b' '..=b'~' => text.push(char::from(byte)),
        _ => text.push_str(&format!("\\x{byte:02x}")),
    }
}

/// Reads up to and with the closing quote; returns what follows it.
fn double_quoted<'a>(mut rest: &'a [u8], word: &mut Vec<u8>) -> Result<&'a [u8], QuoteError> {
    loop {
        rest = match rest {
            [] => return Err(QuoteError::Unbalanced),
            [b'"', tail @ ..] => return Ok(tail),
            [b'\\', escaped, tail @ ..] => {
                if let Some((byte, tail)) = hex_escape(*escaped, tail) {
                    word.push(byte);
                    rest = tail;
                    continue;
                }
                word.push(controlled(*escaped));
                tail
            }
            [byte, tail @ ..] => {
                word.push(*byte);
                tail
            }
        };
    }
}

fn single_quoted<'a>(mut rest: &'a [u8], word: &mut Vec<u8>) -> Result<&'a [u8], QuoteError> {
    loop {
        rest = match rest {
            [] => return Err(QuoteError::Unbalanced),
            [b'\'', tail @ ..] => return Ok(tail),
            [b'\\', b'\'', tail @ ..] => {
                word.push(b'\'');
                tail
            }
            [byte, tail @ ..] => {
                word.push(*byte);
                tail
            }
        };
    }
}

/// A closing quote ends its word: `"a"b` is refused, as Redis does.
fn closed(rest: &[u8]) -> Result<&[u8], QuoteError> {
    match rest {
        [] | [b' ' | b'\t', ..] => Ok(rest),
        _ => Err(QuoteError::NotFollowedByBlank),
    }
}

/// The byte of `\xHH`, and what follows it.
fn hex_escape(escaped: u8, rest: &[u8]) -> Option<(u8, &[u8])> {
    let (b'x', [high, low, tail @ ..]) = (escaped, rest) else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
    Some((digit(*high)? * 16 + digit(*low)?, tail))
}
