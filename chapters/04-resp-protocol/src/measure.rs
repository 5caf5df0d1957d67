//! The number of the chapter: bytes per command, as an inline line and in RESP.

use std::fmt::Write;

/// Counts and returns a table.
pub fn run() -> String {
    // Every byte there is, four times: what a picture or a compressed text may hold.
    let binary: Vec<u8> = (0..=u8::MAX).cycle().take(1024).collect();
    let commands: [(&str, &[&[u8]]); 6] = [
        ("PING", &[b"PING"]),
        ("GET name", &[b"GET", b"name"]),
        ("SET name Ada", &[b"SET", b"name", b"Ada"]),
        ("SET note, 2 lines of text", &[b"SET", b"note", b"one\r\ntwo\r\n"]),
        ("SET page, 1,024 letters", &[b"SET", b"page", &[b'x'; 1024]]),
        ("SET image, 1,024 bytes of any kind", &[b"SET", b"image", &binary]),
    ];
    let mut table = "bytes on the wire for one command\n".to_owned();
    let _ = writeln!(table, "{:<36} {:>14} {:>12}", "", "inline (naive)", "RESP (built)");
    for (name, arguments) in commands {
        let (naive, built) = (inline(arguments).len(), resp(arguments).len());
        let _ = writeln!(table, "{name:<36} {naive:>14} {built:>12}");
    }
    table
}

/// A line, its arguments in quotes where they need them, and what a line cannot hold as escapes.
fn inline(arguments: &[&[u8]]) -> Vec<u8> {
    let plain = |argument: &[u8]| argument.iter().all(u8::is_ascii_alphanumeric);
    let words: Vec<Vec<u8>> = arguments
        .iter()
        .map(|argument| match plain(argument) {
            true => argument.to_vec(),
            false => format!("\"{}\"", argument.escape_ascii()).into_bytes(),
        })
        .collect();
    [words.join(&b' '), b"\r\n".to_vec()].concat()
}

// ANCHOR: resp
/// An array of bulk strings: each announced by its length, and sent as it is.
fn resp(arguments: &[&[u8]]) -> Vec<u8> {
    let mut wire = format!("*{}\r\n", arguments.len()).into_bytes();
    for argument in arguments {
        wire.extend_from_slice(format!("${}\r\n", argument.len()).as_bytes());
        wire.extend_from_slice(argument);
        wire.extend_from_slice(b"\r\n");
    }
    wire
}
// ANCHOR_END: resp

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::{Decoder, Side};

    #[test]
    fn what_is_counted_is_what_the_decoder_takes_for_one_frame() {
        let arguments: [&[u8]; 3] = [b"SET", b"note", b"one\r\ntwo\r\n"];
        assert_eq!(inline(&arguments), b"SET note \"one\\r\\ntwo\\r\\n\"\r\n");
        for wire in [inline(&arguments), resp(&arguments)] {
            let mut decoder = Decoder::new(Side::Client);
            decoder.push(&wire);
            assert_eq!(decoder.next_frame().unwrap().unwrap().bytes, wire.len());
            assert_eq!(decoder.pending(), 0);
        }
    }
}
