//! The test side's own reader of RESP2 and RESP3: takes exactly one reply from a stream and keeps its
//! exact bytes. On purpose it shares no code with the server's protocol module.

use std::io::{self, BufRead, Read};

/// What came back for one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Everything that came, pushes and attributes in front of the value included.
    pub bytes: Vec<u8>,
    /// Where the value itself starts.
    value_at: usize,
    /// Whether that is all that should have come.
    pub end: End,
}

/// How reading a reply ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The reply is whole.
    Complete,
    /// The server closed the connection; what came before is kept.
    Closed,
    /// The deadline passed; what came before is kept.
    Late,
    /// The bytes are not RESP.
    Malformed,
}

impl End {
    /// What a comparison shows behind the bytes of a reply that ended so.
    pub fn note(self) -> &'static [u8] {
        match self {
            End::Complete => b"",
            End::Closed => b"(connection closed)",
            End::Late => b"(nothing more came)",
            End::Malformed => b"(this is not RESP)",
        }
    }
}

impl Reply {
    /// Bytes of which nobody knows how many replies they hold.
    pub fn unparsed(bytes: Vec<u8>, end: End) -> Reply {
        Reply { bytes, value_at: 0, end }
    }

    /// Bytes that should hold one reply, or none at all.
    pub fn from_bytes(bytes: Vec<u8>, end: End) -> Reply {
        let mut head = Vec::new();
        let value_at = read_frames(&mut bytes.as_slice(), &mut head).unwrap_or(0);
        Reply { bytes, value_at, end }
    }

    /// The value's type byte: `+`, `$`, …; `None` if nothing came.
    pub fn kind(&self) -> Option<u8> {
        self.bytes.get(self.value_at).copied()
    }

    fn value(&self) -> &[u8] {
        self.bytes.get(self.value_at..).unwrap_or_default()
    }

    /// Whether the value is an error.
    pub fn is_error(&self) -> bool {
        matches!(self.kind(), Some(b'-' | b'!'))
    }

    /// The bulk strings of an array of bulk strings; empty if the reply is anything else.
    pub fn strings(&self) -> Vec<Vec<u8>> {
        let Some((_, items)) = elements(self.value()) else { return Vec::new() };
        let text = |item: &[u8]| {
            let start = item.iter().position(|&byte| byte == b'\n')? + 1;
            Some(item.get(start..item.len().checked_sub(2)?)?.to_vec())
        };
        items.into_iter().filter_map(text).collect()
    }

    /// The bytes with the elements of the value sorted. A reply in the shape of SCAN's, a cursor and an
    /// array, has the array sorted instead.
    pub fn sorted(&self) -> Vec<u8> {
        let value = self.value();
        let head = self.bytes.strip_suffix(value).unwrap_or_default();
        let mut bytes = head.to_vec();
        match elements(value) {
            Some((header, items)) => match items.as_slice() {
                [cursor, page] if cursor.starts_with(b"$") && page.starts_with(b"*") => {
                    bytes.extend_from_slice(header);
                    bytes.extend_from_slice(cursor);
                    append_sorted(page, &mut bytes);
                }
                _ => append_sorted(value, &mut bytes),
            },
            None => bytes.extend_from_slice(value),
        }
        bytes
    }
}

/// Reads one reply; pushes and attributes in front of its value belong to it.
pub fn read_reply(input: &mut impl BufRead) -> Reply {
    let mut bytes = Vec::new();
    match read_frames(input, &mut bytes) {
        Ok(value_at) => Reply { bytes, value_at, end: End::Complete },
        Err(end) => Reply { bytes, value_at: 0, end },
    }
}

/// Splits an aggregate into its header line and its elements (a map's are its pairs).
fn elements(value: &[u8]) -> Option<(&[u8], Vec<&[u8]>)> {
    let per_element = match value.first()? {
        b'*' | b'~' | b'>' => 1,
        b'%' => 2,
        _ => return None,
    };
    let newline = value.iter().position(|&byte| byte == b'\n')?;
    let (header, mut rest) = value.split_at_checked(newline + 1)?;
    let mut items = Vec::new();
    while !rest.is_empty() {
        let whole = rest;
        for _ in 0..per_element {
            let mut taken = Vec::new();
            while read_value(&mut rest, &mut taken).ok()? == b'|' {}
        }
        items.push(whole.strip_suffix(rest)?);
    }
    Some((header, items))
}

fn append_sorted(value: &[u8], bytes: &mut Vec<u8>) {
    match elements(value) {
        Some((header, mut items)) => {
            items.sort_unstable();
            bytes.extend_from_slice(header);
            bytes.extend(items.concat());
        }
        None => bytes.extend_from_slice(value),
    }
}

/// Reads pushes and attributes up to and with the value they precede; returns where that starts.
fn read_frames(input: &mut impl BufRead, bytes: &mut Vec<u8>) -> Result<usize, End> {
    loop {
        let start = bytes.len();
        if !matches!(read_value(input, bytes)?, b'>' | b'|') {
            return Ok(start);
        }
    }
}

/// Reads one value with all it holds and returns its type byte. An attribute counts as a value here; the
/// one it is about is the caller's next.
fn read_value(input: &mut impl BufRead, bytes: &mut Vec<u8>) -> Result<u8, End> {
    let mut outermost = None;
    // A counter, not recursion: how deep a reply nests is up to the server.
    let mut left: u64 = 1;
    while left > 0 {
        left -= 1;
        let start = bytes.len();
        input.read_until(b'\n', bytes).map_err(|error| end_of(&error))?;
        let line = bytes.get(start..).unwrap_or_default();
        let Some(line) = line.strip_suffix(b"\r\n") else {
            return Err(if line.ends_with(b"\n") { End::Malformed } else { End::Closed });
        };
        let (&kind, rest) = line.split_first().ok_or(End::Malformed)?;
        let length = || {
            let text = std::str::from_utf8(rest).map_err(|_| End::Malformed)?;
            text.parse::<i64>().map_err(|_| End::Malformed)
        };
        match kind {
            b'+' | b'-' | b':' | b'_' | b'#' | b',' | b'(' => {}
            b'$' | b'!' | b'=' => {
                if let Ok(length) = u64::try_from(length()?) {
                    read_exactly(input, length.saturating_add(2), bytes)?;
                }
            }
            b'*' | b'~' | b'>' => left = left.saturating_add(u64::try_from(length()?).unwrap_or(0)),
            b'%' => {
                let pairs = u64::try_from(length()?).unwrap_or(0);
                left = left.saturating_add(pairs.saturating_mul(2));
            }
            b'|' => {
                let about_an_element = u64::from(outermost.is_some());
                let pairs = u64::try_from(length()?).unwrap_or(0);
                left =
                    left.saturating_add(pairs.saturating_mul(2)).saturating_add(about_an_element);
            }
            _ => return Err(End::Malformed),
        }
        outermost.get_or_insert(kind);
    }
    outermost.ok_or(End::Malformed)
}

fn read_exactly(input: &mut impl BufRead, count: u64, bytes: &mut Vec<u8>) -> Result<(), End> {
    match input.take(count).read_to_end(bytes) {
        Ok(read) if read as u64 == count => Ok(()),
        Ok(_) => Err(End::Closed),
        Err(error) => Err(end_of(&error)),
    }
}

fn end_of(error: &io::Error) -> End {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => End::Late,
        _ => End::Closed,
    }
}
