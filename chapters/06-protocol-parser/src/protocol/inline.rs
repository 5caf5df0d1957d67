//! Inline requests: a plain line, as typed into `nc`, split into arguments by Redis's rules for quotes.
//!
//! Does not find the line's end, and copies: inline requests are for people, who are slow.

use bytes::Bytes;

use super::ProtocolError;

/// The arguments in `line`; none if it is blank.
///
/// - `"…"` understands `\n`, `\r`, `\t`, `\b`, `\a` and `\xHH`; before any other byte a backslash is dropped.
/// - `'…'` understands `\'` only.
/// - A closing quote ends the argument, and must be followed by a space or the line's end.
pub(super) fn split(line: &[u8]) -> Result<Vec<Bytes>, ProtocolError> {
    let mut args = Vec::new();
    let mut rest = line.trim_ascii_start();
    while !rest.is_empty() {
        let mut arg = Vec::new();
        rest = take_argument(rest, &mut arg).ok_or(ProtocolError::UnbalancedQuotes)?;
        args.push(Bytes::from(arg));
        rest = rest.trim_ascii_start();
    }
    Ok(args)
}

/// Appends the argument that `rest` starts with to `arg`; returns what follows it, or `None` if its quotes are wrong.
fn take_argument<'a>(mut rest: &'a [u8], arg: &mut Vec<u8>) -> Option<&'a [u8]> {
    loop {
        rest = match rest {
            [] => return Some(rest),
            [b'"', quoted @ ..] => return take_double_quoted(quoted, arg),
            [b'\'', quoted @ ..] => return take_single_quoted(quoted, arg),
            [byte, ..] if byte.is_ascii_whitespace() => return Some(rest),
            [byte, after @ ..] => {
                arg.push(*byte);
                after
            }
        }
    }
}

// ANCHOR: quoted
fn take_double_quoted<'a>(mut rest: &'a [u8], arg: &mut Vec<u8>) -> Option<&'a [u8]> {
    loop {
        let (byte, after) = match rest {
            [] => return None,
            [b'"', after @ ..] => return after_quote(after),
            [b'\\', b'x', high, low, after @ ..]
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                (hex_value(*high) << 4 | hex_value(*low), after)
            }
            [b'\\', b'n', after @ ..] => (b'\n', after),
            [b'\\', b'r', after @ ..] => (b'\r', after),
            [b'\\', b't', after @ ..] => (b'\t', after),
            [b'\\', b'b', after @ ..] => (0x08, after),
            [b'\\', b'a', after @ ..] => (0x07, after),
            [b'\\', byte, after @ ..] | [byte, after @ ..] => (*byte, after),
        };
        arg.push(byte);
        rest = after;
    }
}
// ANCHOR_END: quoted

fn take_single_quoted<'a>(mut rest: &'a [u8], arg: &mut Vec<u8>) -> Option<&'a [u8]> {
    loop {
        let (byte, after) = match rest {
            [] => return None,
            [b'\'', after @ ..] => return after_quote(after),
            [b'\\', b'\'', after @ ..] => (b'\'', after),
            [byte, after @ ..] => (*byte, after),
        };
        arg.push(byte);
        rest = after;
    }
}

fn after_quote(rest: &[u8]) -> Option<&[u8]> {
    rest.first().is_none_or(u8::is_ascii_whitespace).then_some(rest)
}

fn hex_value(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        letter => letter.to_ascii_lowercase() - b'a' + 10,
    }
}
