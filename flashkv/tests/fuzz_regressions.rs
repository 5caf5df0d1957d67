//! Inputs on which a fuzz target (`flashkv/fuzz`) once failed, reduced to what matters.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

use flashkv::protocol::request::Parsed;
use flashkv::protocol::{Limits, Parser, ProtocolError};

/// What was read of a stream: the requests, each a list of arguments, and the error that ended them.
type Read = (Vec<Vec<Vec<u8>>>, Option<ProtocolError>);

/// The requests in pieces that arrive one after the other, and the error that ends them.
fn requests(pieces: &[&[u8]], limits: &Limits) -> Read {
    let (mut parser, mut pending, mut requests) = (Parser::default(), Vec::new(), Vec::new());
    for piece in pieces {
        pending.extend_from_slice(piece);
        loop {
            match parser.parse(&pending, limits, true) {
                Ok(Parsed::Request(args, taken)) => {
                    requests.push(args.from(0).map(<[u8]>::to_vec).collect());
                    pending.drain(..taken);
                }
                Ok(Parsed::Incomplete) => break,
                Err(error) => return (requests, Some(error)),
            }
        }
    }
    (requests, None)
}

/// The stream in one piece, and byte by byte.
fn whole_and_dribbled(stream: &[u8], limits: &Limits) -> [Read; 2] {
    let dribbled: Vec<&[u8]> = stream.chunks(1).collect();
    [requests(&[stream], limits), requests(&dribbled, limits)]
}

/// `request`: a line that arrived together with its end was never too long.
#[test]
fn a_line_is_too_long_however_it_arrives() {
    let limits = Limits { line: 8, ..Limits::default() };
    let cases: [(&[u8], Option<ProtocolError>); 8] = [
        (b"12345678\n", None),
        (b"1234567\r\n", None),
        (b"123456789\n", Some(ProtocolError::InlineTooLong)),
        (b"12345678\r\n", Some(ProtocolError::InlineTooLong)),
        (b"*0000001\r\n", Some(ProtocolError::InvalidMultibulkLength)),
        (b"*00000001\r\n", Some(ProtocolError::MultibulkCountTooLong)),
        (b"*1\r\n$0000001\r\nx\r\n", Some(ProtocolError::InvalidBulkLength)),
        (b"*1\r\n$00000001\r\nx\r\n", Some(ProtocolError::BulkCountTooLong)),
    ];
    for (stream, expected) in cases {
        for (_, error) in whole_and_dribbled(stream, &limits) {
            assert_eq!(error, expected, "{}", stream.escape_ascii());
        }
    }
}

/// `request`: after a length cut from its line end, the next line was searched from its third byte on, so that a short
/// inline request was taken together with the one after it.
#[test]
fn a_length_cut_from_its_line_end_leaves_the_next_line_alone() {
    let limits = Limits::default();
    let request = |words: &[&str]| words.iter().map(|word| word.as_bytes().to_vec()).collect();
    let expected: Vec<Vec<Vec<u8>>> = vec![request(&["x"]), request(&["a"]), request(&["b"])];
    for cut in [b"*1\r\n$1".len(), b"*1".len()] {
        let (before, after) = b"*1\r\n$1\r\nx\r\na\nb\n".split_at(cut);
        assert_eq!(requests(&[before, after], &limits), (expected.clone(), None));
    }
    let stream = b"*1\r\n$12".as_slice();
    let (found, error) = requests(&[stream, b"\r\ntwelve bytes\r\na\nb\n"], &limits);
    assert_eq!((found.len(), error), (3, None));
    // The next line is a length that is none.
    let (_, error) = requests(&[b"*2\r\n$1", b"\r\nx\r\n$\r\n"], &limits);
    assert_eq!(error, Some(ProtocolError::InvalidBulkLength));
}

/// `request`: the limit on arguments did not hold for requests that arrived whole.
#[test]
fn a_request_has_too_many_arguments_however_it_arrives() {
    let limits = Limits { arguments: 2, ..Limits::default() };
    for (_, error) in whole_and_dribbled(b"*2\r\n$1\r\na\r\n$1\r\nb\r\n", &limits) {
        assert_eq!(error, None);
    }
    for (_, error) in whole_and_dribbled(b"*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n", &limits) {
        assert_eq!(error, Some(ProtocolError::InvalidMultibulkLength));
    }
}
