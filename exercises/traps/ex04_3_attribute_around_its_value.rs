//! Takes the value that an attribute is about for one more level.

use chapter_04::marker::{Shape, Type};

/// The largest length and the largest count.
pub const MAX: usize = 512 << 20;

/// Inside of so many values another one may stand.
pub const MAX_DEPTH: usize = 32;

/// The bytes are no RESP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

/// How many bytes the frame takes that `bytes` starts with, or `None` if its end has not arrived.
pub fn frame_length(bytes: &[u8]) -> Result<Option<usize>, Broken> {
    let mut reader = Reader { rest: bytes };
    match reader.value(0) {
        Ok(()) => Ok(Some(bytes.len() - reader.rest.len())),
        Err(Stop::Early) => Ok(None),
        Err(Stop::Broken) => Err(Broken),
    }
}

/// Why a value has not been read.
enum Stop {
    /// Its end has not arrived.
    Early,
    /// It has none.
    Broken,
}

/// What has not been read.
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads a value that stands inside of `depth` others.
    fn value(&mut self, depth: usize) -> Result<(), Stop> {
        {
            // The line first: an end mark, of which nothing has arrived, would be no value.
            let (marker, text) = self.line()?;
            if depth > MAX_DEPTH {
                return Err(Stop::Broken);
            }
            let Type { shape, .. } = Type::of(marker).ok_or(Stop::Broken)?;
            return match (shape, marker, text) {
                (_, b'$' | b'*', "-1") => Ok(()),
                (_, b'$', "?") => self.pieces(),
                (_, b'*' | b'~', "?") => self.until_end(1, depth),
                (_, b'%', "?") => self.until_end(2, depth),
                (Shape::Text(allows), ..) if allows(text) => Ok(()),
                (Shape::Text(_), ..) => Err(Stop::Broken),
                (Shape::Payload, ..) => self.payload(number(text)?),
                (Shape::Values, ..) => self.values(number(text)?, depth),
                (Shape::Pairs, ..) => self.values(2 * number(text)?, depth),
                (Shape::Attribute, ..) => {
                    self.values(2 * number(text)?, depth)?;
                    self.value(depth + 1)
                }
            };
        }
    }

    /// Values up to the end mark, which may stand after each group of so many.
    fn until_end(&mut self, group: usize, depth: usize) -> Result<(), Stop> {
        loop {
            if let Some(rest) = self.rest.strip_prefix(b".\r\n") {
                self.rest = rest;
                return Ok(());
            }
            self.values(group, depth)?;
        }
    }

    fn values(&mut self, count: usize, depth: usize) -> Result<(), Stop> {
        (0..count).try_for_each(|_| self.value(depth + 1))
    }

    fn pieces(&mut self) -> Result<(), Stop> {
        loop {
            match self.line()? {
                (b';', "0") => return Ok(()),
                (b';', length) => self.payload(number(length)?)?,
                _ => return Err(Stop::Broken),
            }
        }
    }

    fn payload(&mut self, length: usize) -> Result<(), Stop> {
        let (payload, rest) = self.rest.split_at_checked(length + 2).ok_or(Stop::Early)?;
        self.rest = rest;
        if payload.ends_with(b"\r\n") { Ok(()) } else { Err(Stop::Broken) }
    }

    /// A marker, and the text behind it.
    fn line(&mut self) -> Result<(u8, &'a str), Stop> {
        let end = self.rest.iter().position(|byte| *byte == b'\n').ok_or(Stop::Early)?;
        let (line, rest) = self.rest.split_at(end + 1);
        self.rest = rest;
        let (marker, text) = line.split_first().ok_or(Stop::Broken)?;
        let text = text.strip_suffix(b"\r\n").ok_or(Stop::Broken)?;
        // What is no text is fine in a line of text, and no number in any other.
        Ok((*marker, str::from_utf8(text).unwrap_or("no number")))
    }
}

fn number(text: &str) -> Result<usize, Stop> {
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|number| is_digits && *number <= MAX);
    number.ok_or(Stop::Broken)
}
