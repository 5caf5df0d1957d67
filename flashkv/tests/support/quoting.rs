//! Bytes as text: Redis's quoting rules for request lines in both directions, and escaped replies.

/// Splits a line into arguments as redis-cli and inline commands do: blanks separate, `"…"` knows
/// `\xHH \n \r \t \b \a` and takes any other escaped byte as it is, `'…'` knows only `\'`.
pub fn split(line: &str) -> Result<Vec<Vec<u8>>, String> {
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
    let mut start = 0;
    for at in 1..bytes.len() {
        if bytes[at - 1..=at] == *b"\r\n" {
            lines.push(escape(&bytes[start..=at]));
            start = at + 1;
        }
    }
    if start < bytes.len() {
        lines.push(escape(&bytes[start..]));
    }
    lines
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
fn double_quoted<'a>(mut rest: &'a [u8], word: &mut Vec<u8>) -> Result<&'a [u8], String> {
    loop {
        rest = match rest {
            [] => return Err("unbalanced quotes".into()),
            [b'"', tail @ ..] => return Ok(tail),
            [b'\\', b'x', high, low, tail @ ..] if hex(*high).is_some() && hex(*low).is_some() => {
                word.push(hex(*high).unwrap() * 16 + hex(*low).unwrap());
                tail
            }
            [b'\\', escaped, tail @ ..] => {
                word.push(match escaped {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 0x08,
                    b'a' => 0x07,
                    &other => other,
                });
                tail
            }
            [byte, tail @ ..] => {
                word.push(*byte);
                tail
            }
        };
    }
}

fn single_quoted<'a>(mut rest: &'a [u8], word: &mut Vec<u8>) -> Result<&'a [u8], String> {
    loop {
        rest = match rest {
            [] => return Err("unbalanced quotes".into()),
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
fn closed(rest: &[u8]) -> Result<&[u8], String> {
    match rest {
        [] | [b' ' | b'\t', ..] => Ok(rest),
        _ => Err("a closing quote must be followed by a blank".into()),
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}
