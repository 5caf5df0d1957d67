//! However a request is cut, reading it costs what it costs in one piece: counted in bytes searched, lines read and
//! arguments found, not in time.

use super::*;

/// Feeds `request` in pieces of `step` bytes as a connection does, each time with all that came before; returns the work
/// done and the number of arguments.
fn feed(request: &[u8], step: usize) -> (usize, usize) {
    let mut parser = Parser::default();
    let limits = Limits::default();
    let ends = (step..request.len()).step_by(step);
    for end in ends {
        let parsed = parser.parse(&request[..end], &limits, true).unwrap();
        assert!(matches!(parsed, Parsed::Incomplete), "complete after {end} bytes");
    }
    let arguments = match parser.parse(request, &limits, true).unwrap() {
        Parsed::Request(args, taken) => {
            assert_eq!(taken, request.len());
            args.len()
        }
        Parsed::Incomplete => panic!("incomplete"),
    };
    (parser.work, arguments)
}

/// What a request costs in pieces may exceed its cost in one only by a few steps for each piece, and by what the first
/// piece held: it is read twice, at once and then patiently.
#[track_caller]
fn assert_linear(request: &[u8], steps: &[usize]) {
    let (whole, arguments) = feed(request, request.len());
    assert!(whole <= request.len() * 2, "{whole} for {} bytes", request.len());
    for step in steps {
        let pieces = request.len().div_ceil(*step);
        let (work, found) = feed(request, *step);
        assert_eq!(found, arguments, "pieces of {step}");
        let first = (*step).min(whole);
        assert!(work <= whole + first + 4 * pieces, "{work} in {pieces} pieces, {whole} in one");
    }
}

#[test]
fn a_megabyte_in_pieces_of_64_bytes_costs_what_it_costs_in_one() {
    let mut request = b"*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$1048576\r\n".to_vec();
    request.resize(request.len() + (1 << 20), b'v');
    request.extend_from_slice(b"\r\n");
    assert_linear(&request, &[1, 64, 1000, 65_536]);
}

#[test]
fn a_hundred_thousand_arguments_in_pieces_cost_what_they_cost_in_one() {
    let mut request = b"*100001\r\n$5\r\nRPUSH\r\n".to_vec();
    request.extend_from_slice(&b"$1\r\nx\r\n".repeat(100_000));
    assert_linear(&request, &[1, 3, 64, 1000]);
}

#[test]
fn arguments_with_long_lengths_in_pieces_cost_what_they_cost_in_one() {
    let argument = [&b"$1000\r\n"[..], &[b'x'; 1000], b"\r\n"].concat();
    let request = [b"*1000\r\n".to_vec(), argument.repeat(1000)].concat();
    assert_linear(&request, &[1, 7, 64]);
}

#[test]
fn a_long_inline_request_in_pieces_costs_what_it_costs_in_one() {
    let mut request = b"ECHO ".to_vec();
    request.resize(65_000, b'x');
    request.extend_from_slice(b"\r\n");
    assert_linear(&request, &[1, 64]);
}

#[test]
fn lines_that_dribble_and_never_end_are_searched_once() {
    let limits = Limits::default();
    let cases: [(&[u8], ProtocolError); 4] = [
        (b"*", ProtocolError::MultibulkCountTooLong),
        (b"*1\r\n$", ProtocolError::BulkCountTooLong),
        (b"*1\r\nx", ProtocolError::BulkCountTooLong),
        (b"x", ProtocolError::InlineTooLong),
    ];
    for (start, expected) in cases {
        let mut buffer = start.to_vec();
        let mut parser = Parser::default();
        let error = loop {
            match parser.parse(&buffer, &limits, true) {
                Ok(_) => buffer.push(b'1'),
                Err(error) => break error,
            }
        };
        assert_eq!(error, expected);
        assert!(buffer.len() <= limits.line + 10, "{} bytes", buffer.len());
        // Each byte once, and a step for each of the calls.
        assert!(parser.work <= 3 * buffer.len(), "{} for {} bytes", parser.work, buffer.len());
    }
}

#[test]
fn announcing_much_allocates_nothing() {
    let limits = Limits::default();
    let mut parser = Parser::default();
    let announced = b"*2147483647\r\n$536870912\r\n";
    assert!(matches!(parser.parse(announced, &limits, true), Ok(Parsed::Incomplete)));
    assert_eq!(
        (parser.spans.capacity(), parser.text.capacity(), parser.ends.capacity()),
        (0, 0, 0)
    );
}

/// The requests in `bytes`, of which ever more arrive, as arguments joined by spaces.
fn requests(bytes: &[u8], pieces: &[usize]) -> Vec<String> {
    let limits = Limits::default();
    let mut parser = Parser::default();
    let (mut start, mut end) = (0, 0);
    let mut found = Vec::new();
    for piece in pieces.iter().copied().chain([bytes.len()]) {
        end = (end + piece).min(bytes.len());
        while let Parsed::Request(args, used) =
            parser.parse(&bytes[start..end], &limits, true).unwrap()
        {
            let words: Vec<_> = args.from(0).map(|word| word.escape_ascii().to_string()).collect();
            found.push(words.join(" "));
            start += used;
        }
    }
    assert_eq!(start, bytes.len(), "all of it was read");
    found
}

#[test]
fn a_line_cut_before_its_end_does_not_hide_the_end_of_a_later_line() {
    let bytes = b"*1\r\n$4\r\nPING\r\n\r\n*2\r\n$4\r\nECHO\r\n$20\r\n01234567890123456789\r\n";
    let whole = requests(bytes, &[]);
    assert_eq!(whole, ["PING", "", "ECHO 01234567890123456789"]);
    for first in 0..bytes.len() {
        for second in 0..bytes.len() - first {
            assert_eq!(requests(bytes, &[first, second]), whole, "cut at {first} and {second}");
        }
    }
}

/// The arguments of all requests in `bytes`, read ahead, and whether each was alike the one before it.
fn read_all_ahead(bytes: &[u8]) -> Vec<(Vec<Vec<u8>>, bool)> {
    let (mut parser, limits, mut at) = (Parser::default(), Limits::default(), 0);
    let mut all = Vec::new();
    while let Some(ahead) = parser.read_ahead(bytes, at, &limits) {
        at = ahead.end;
        let args = parser.args(bytes, ahead).from(0).map(<[u8]>::to_vec).collect();
        all.push((args, ahead.alike));
    }
    all
}

#[test]
fn a_request_that_begins_like_the_one_before_it_is_read_with_its_own_arguments() {
    // The last ones have the same name, written in another way, or one more argument.
    let bytes = b"*2\r\n$3\r\nGET\r\n$1\r\na\r\n*2\r\n$3\r\nGET\r\n$12\r\nanother key!\r\n*2\r\n$3\r\nGET\r\n$0\r\n\r\n\
        *2\r\n$3\r\nget\r\n$1\r\nb\r\n*2\r\n$3\r\nget??$1\r\nc\r\n*3\r\n$3\r\nget\r\n$1\r\nd\r\n$1\r\ne\r\n";
    let expected: [(&[&str], bool); 6] = [
        (&["GET", "a"], false),
        (&["GET", "another key!"], true),
        (&["GET", ""], true),
        (&["get", "b"], false),
        (&["get", "c"], false),
        (&["get", "d", "e"], false),
    ];
    let read = read_all_ahead(bytes);
    assert_eq!(read.len(), expected.len());
    for ((args, alike), (words, expected_alike)) in read.iter().zip(expected) {
        let args: Vec<_> = args.iter().map(|arg| String::from_utf8_lossy(arg)).collect();
        assert_eq!(
            (&args[..], *alike),
            (&words.iter().map(|w| (*w).into()).collect::<Vec<_>>()[..], expected_alike)
        );
    }
}

#[test]
fn a_request_that_is_cut_is_not_read_ahead_however_it_begins() {
    let whole = b"*2\r\n$3\r\nGET\r\n$1\r\na\r\n";
    for cut in 1..whole.len() {
        let bytes = [&whole[..], &whole[..cut]].concat();
        assert_eq!(read_all_ahead(&bytes).len(), 1, "cut after {cut} bytes");
    }
}
