//! The number of the chapter: how fast requests are parsed, and what it costs when one comes byte by byte.

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::BytesMut;

use crate::protocol::{ProtocolError, RequestParser};

pub mod naive;

/// Bytes parsed in one round, and how many rounds there are: the best counts, others were disturbed.
const ROUND: usize = 8 << 20;
const ROUNDS: usize = 7;

/// What one read from a socket gives, at most.
const READ: usize = 16 << 10;

/// Measures and returns two tables.
///
/// # Errors
/// None, as long as the parser understands what this sends.
pub fn run() -> Result<String, ProtocolError> {
    let mut table = "megabytes parsed per second, by the size of the value in a SET\n".to_owned();
    let _ = writeln!(table, "{:<22} {:>16} {:>16}", "", "naive (copies)", "built (slices)");
    for size in [16, 1024, 64 << 10] {
        let set = request(&[b"SET", b"key", &vec![b'x'; size]]);
        let input = set.repeat(ROUND / set.len());
        let naive = best(|| Ok(in_reads_naively(&input)))?;
        let built = best(|| in_reads(&input))?;
        let speed = |time: Duration| input.len() as f64 / time.as_secs_f64() / 1e6;
        let name = format!("{size} bytes");
        let _ = writeln!(table, "{name:<22} {:>16.0} {:>16.0}", speed(naive), speed(built));
    }
    let _ = writeln!(table, "\nnanoseconds per byte, when a request comes byte by byte");
    let _ = writeln!(table, "{:<22} {:>16} {:>16}", "", "naive (restarts)", "built (resumes)");
    for count in [500, 1000, 2000] {
        let input = request(&vec![&b"x"[..]; count]);
        let naive = byte_by_byte_naively(&input);
        let built = best(|| byte_by_byte(&input))?;
        let each = |time: Duration| time.as_nanos() as f64 / input.len() as f64;
        let name = format!("{count} arguments");
        let _ = writeln!(table, "{name:<22} {:>16.0} {:>16.0}", each(naive), each(built));
    }
    Ok(table)
}

fn request(args: &[&[u8]]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", args.len()).into_bytes();
    for arg in args {
        bytes.extend_from_slice(format!("${}\r\n", arg.len()).as_bytes());
        bytes.extend_from_slice(arg);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

fn best(
    mut round: impl FnMut() -> Result<Duration, ProtocolError>,
) -> Result<Duration, ProtocolError> {
    (0..ROUNDS).try_fold(Duration::MAX, |best, _| Ok(best.min(round()?)))
}

/// Parses a stream that comes in pieces as large as a read gives, as the server does.
fn in_reads(input: &[u8]) -> Result<Duration, ProtocolError> {
    let (mut parser, mut buffer) = (RequestParser::default(), BytesMut::new());
    let start = Instant::now();
    for piece in input.chunks(READ) {
        buffer.extend_from_slice(piece);
        while let Some(request) = parser.parse(&mut buffer)? {
            black_box(request);
        }
    }
    Ok(start.elapsed())
}

fn in_reads_naively(input: &[u8]) -> Duration {
    let mut buffer = Vec::new();
    let start = Instant::now();
    for piece in input.chunks(READ) {
        buffer.extend_from_slice(piece);
        while let Some((args, len)) = naive::parse(&buffer) {
            black_box(args);
            buffer.drain(..len);
        }
    }
    start.elapsed()
}

/// Parses after every byte of a request that comes slowly.
fn byte_by_byte(input: &[u8]) -> Result<Duration, ProtocolError> {
    let (mut parser, mut buffer) = (RequestParser::default(), BytesMut::new());
    let start = Instant::now();
    for byte in input {
        buffer.extend_from_slice(&[*byte]);
        black_box(parser.parse(&mut buffer)?);
    }
    Ok(start.elapsed())
}

fn byte_by_byte_naively(input: &[u8]) -> Duration {
    let start = Instant::now();
    for end in 1..=input.len() {
        black_box(naive::parse(input.get(..end).unwrap_or_default()));
    }
    start.elapsed()
}
