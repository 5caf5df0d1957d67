//! Finds frames in a stream of RESP, however it was cut, and describes them byte by byte.
//!
//! A frame is one whole value with all that is nested in it, or one inline command. No values are built here (chapter 05)
//! and no commands understood (chapter 06); where the bytes come from is not known either.

use std::fmt;

use thiserror::Error;

use crate::marker::{Shape, Type};

#[cfg(test)]
mod tests;

/// The longest line, and the longest payload, as in Redis.
const MAX_LINE: usize = 64 << 10;
const MAX_PAYLOAD: usize = 512 << 20;

/// Deeper nesting is refused.
const MAX_DEPTH: usize = 32;

/// So many parts of a frame are described, and so many bytes of each are shown; the rest is counted.
const PARTS_SHOWN: usize = 100;
const BYTES_SHOWN: usize = 64;

/// Who sends the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Side {
    /// Arrays, and inline commands, which are whatever starts with anything but `*`
    Client,
    /// Values of any type
    Server,
}

/// Why bytes cannot be followed any further.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WireError {
    /// No type starts with this byte.
    #[error("no type of RESP starts with `{}`", .0.escape_ascii())]
    UnknownType(u8),
    /// A line, or the payload after it, does not end with CR LF.
    #[error("a {0} does not end with CR LF")]
    NoLineEnd(&'static str),
    /// The text after a marker is not what its type asks for.
    #[error("`{text}` is no {name}")]
    Malformed {
        /// The type.
        name: &'static str,
        /// The text, escaped.
        text: String,
    },
    /// A line does not end.
    #[error("a line of more than {MAX_LINE} bytes")]
    LineTooLong,
    /// Values are nested too deep.
    #[error("values nested more than {MAX_DEPTH} deep")]
    TooDeep,
}

// ANCHOR: frame
/// A whole value as it was sent, with a description of each of its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frame {
    /// How many bytes it took.
    pub bytes: usize,
    parts: Vec<Part>,
    /// Parts that were too many to describe.
    hidden: usize,
}

/// One line, with its payload if it announces one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    depth: usize,
    wire: String,
    meaning: String,
}
// ANCHOR_END: frame

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let indented = |part: &Part| format!("{}{}", "  ".repeat(part.depth), part.wire);
        let widest =
            self.parts.iter().map(|part| indented(part).chars().count()).max().unwrap_or(0);
        for part in &self.parts {
            writeln!(f, "  {:widest$}  {}", indented(part), part.meaning)?;
        }
        if self.hidden > 0 {
            writeln!(f, "  … and {} more", self.hidden)?;
        }
        Ok(())
    }
}

// ANCHOR: decoder
/// Takes in bytes as they arrive and gives out the frames that are complete.
#[derive(Debug)]
pub struct Decoder {
    side: Side,
    buffer: Vec<u8>,
    /// Everything before this has been described.
    start: usize,
    /// The values that are not complete: each inside the one before it.
    open: Vec<Open>,
    /// What is known of the frame that is not complete.
    frame: Frame,
}

/// A value, and how many values are missing in it.
#[derive(Debug, Clone, Copy)]
struct Open {
    missing: usize,
    is_attribute: bool,
}
// ANCHOR_END: decoder

impl Decoder {
    /// A decoder of what `side` sends.
    pub fn new(side: Side) -> Decoder {
        let (buffer, open) = (Vec::new(), Vec::new());
        Decoder { side, buffer, start: 0, open, frame: Frame::default() }
    }

    /// Adds what has arrived. Take out all complete frames before pushing more.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.start);
        self.start = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// How many bytes of an unfinished frame have arrived.
    pub fn pending(&self) -> usize {
        self.frame.bytes + self.buffer.len() - self.start
    }

    // ANCHOR: next_frame
    /// The next complete frame, or `None` if its end has not arrived.
    ///
    /// # Errors
    /// [`WireError`]: nobody knows where the next frame would start, so there is no point in calling again.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, WireError> {
        while let Some(value) = self.next_part()? {
            self.open.push(value);
            if self.close_complete() {
                return Ok(Some(std::mem::take(&mut self.frame)));
            }
        }
        Ok(None)
    }

    /// Closes the innermost value if nothing is missing in it, and so on outwards; whether that completes the frame.
    fn close_complete(&mut self) -> bool {
        while let Some(value) = self.open.pop_if(|value| value.missing == 0) {
            if value.is_attribute {
                // Counts nowhere: the value that it is about comes next.
                return false;
            }
            match self.open.last_mut() {
                Some(around) => around.missing -= 1,
                None => return true,
            }
        }
        false
    }
    // ANCHOR_END: next_frame

    /// Describes the next line, with its payload if it announces one; `None` if not all of it has arrived.
    fn next_part(&mut self) -> Result<Option<Open>, WireError> {
        let rest = self.buffer.get(self.start..).unwrap_or_default();
        let Some(end) = rest.iter().take(MAX_LINE).position(|&byte| byte == b'\n') else {
            return if rest.len() < MAX_LINE { Ok(None) } else { Err(WireError::LineTooLong) };
        };
        let (line, after) = rest.split_at(end + 1);
        let depth = self.open.len();
        let described = if self.side == Side::Client && depth == 0 && !line.starts_with(b"*") {
            Some(describe_inline(line))
        } else {
            describe(line, after, depth)?
        };
        let Some((part, bytes, value)) = described else { return Ok(None) };
        self.start += bytes;
        self.frame.bytes += bytes;
        if self.frame.parts.len() < PARTS_SHOWN {
            self.frame.parts.push(part);
        } else {
            self.frame.hidden += 1;
        }
        Ok(Some(value))
    }
}

/// A part, the bytes it took, and what is missing in the value that it starts.
type Described = (Part, usize, Open);

// ANCHOR: describe
/// Describes a line of RESP, with its payload in `after` if it announces one; `None` if that has not arrived.
fn describe(line: &[u8], after: &[u8], depth: usize) -> Result<Option<Described>, WireError> {
    let marker = line.first().copied().unwrap_or_default();
    let Type { name, shape, .. } = Type::of(marker).ok_or(WireError::UnknownType(marker))?;
    let text = line.get(1..).and_then(|rest| rest.strip_suffix(b"\r\n"));
    let text = String::from_utf8_lossy(text.ok_or(WireError::NoLineEnd(name))?);
    let malformed = || WireError::Malformed { name, text: shown(text.as_bytes()) };

    let (mut wire, mut bytes) = (shown(line), line.len());
    let mut value = Open { missing: 0, is_attribute: false };
    let meaning = match shape {
        Shape::Text(allows) if allows(&text) => name.to_owned(),
        Shape::Text(_) => return Err(malformed()),
        _ if text == "-1" && matches!(marker, b'$' | b'*') => format!("null, written as {name}"),
        Shape::Payload => {
            let length = number(&text).filter(|length| *length <= MAX_PAYLOAD);
            let length = length.ok_or_else(malformed)?;
            // The payload is counted, never searched: whatever it holds, it ends where it ends.
            let Some(payload) = after.get(..length + 2) else { return Ok(None) };
            let payload = payload.strip_suffix(b"\r\n").ok_or(WireError::NoLineEnd(name))?;
            wire += &format!("{}\\r\\n", shown(payload));
            bytes += length + 2;
            format!("{name} of {}", plural(length, "byte"))
        }
        Shape::Values | Shape::Pairs | Shape::Attribute if depth == MAX_DEPTH => {
            return Err(WireError::TooDeep);
        }
        Shape::Values => {
            value.missing = number(&text).ok_or_else(malformed)?;
            format!("{name} of {}", plural(value.missing, "value"))
        }
        Shape::Pairs | Shape::Attribute => {
            let missing = number(&text).and_then(|pairs| pairs.checked_mul(2));
            value.missing = missing.ok_or_else(malformed)?;
            value.is_attribute = matches!(shape, Shape::Attribute);
            format!("{name} of {}", plural(value.missing / 2, "pair"))
        }
    };
    Ok(Some((Part { depth, wire, meaning }, bytes, value)))
}
// ANCHOR_END: describe

fn describe_inline(line: &[u8]) -> Described {
    let blank = line.trim_ascii().is_empty();
    let meaning = if blank { "blank line, ignored" } else { "inline command" }.to_owned();
    let part = Part { depth: 0, wire: shown(line), meaning };
    (part, line.len(), Open { missing: 0, is_attribute: false })
}

/// A length or a count: digits alone. Rust would also read `+1`.
fn number(text: &str) -> Option<usize> {
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    is_digits.then(|| text.parse().ok()).flatten()
}

fn plural(count: usize, unit: &str) -> String {
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// The bytes as one would write them in a program, cut if there are many.
fn shown(bytes: &[u8]) -> String {
    let start = bytes.get(..BYTES_SHOWN).unwrap_or(bytes).escape_ascii().to_string();
    let cut = if bytes.len() > BYTES_SHOWN { "…" } else { "" };
    // Quotes need no backslash on a screen.
    start.replace("\\\"", "\"").replace("\\'", "'") + cut
}
