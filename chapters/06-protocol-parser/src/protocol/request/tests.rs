//! The parser, with every cut of its input, and the work it does.

use super::*;

fn args(parts: &[&'static [u8]]) -> Request {
    Request::new(parts.iter().copied()).unwrap()
}

/// Everything that `pieces` say, until the end or an error.
fn parse_pieces<'a>(
    pieces: impl IntoIterator<Item = &'a [u8]>,
    limits: Limits,
) -> (Vec<Request>, Option<ProtocolError>) {
    let (mut parser, mut buffer, mut requests) =
        (RequestParser::new(limits), BytesMut::new(), Vec::new());
    for piece in pieces {
        buffer.extend_from_slice(piece);
        loop {
            match parser.parse(&mut buffer) {
                Ok(Some(request)) => requests.push(request),
                Ok(None) => break,
                Err(error) => return (requests, Some(error)),
            }
        }
    }
    (requests, None)
}

fn parse(input: &[u8]) -> (Vec<Request>, Option<ProtocolError>) {
    parse_pieces([input], Limits::default())
}

#[test]
fn arrays_and_lines_may_be_mixed() {
    let (requests, error) =
        parse(b"*1\r\n$4\r\nPING\r\nSET a 1\r\n\r\n*0\r\n*-1\r\n*2\r\n$3\r\nGET\r\n$0\r\n\r\n");
    assert_eq!(requests, [args(&[b"PING"]), args(&[b"SET", b"a", b"1"]), args(&[b"GET", b""])]);
    assert_eq!(error, None);
}

#[test]
fn quotes_are_read_as_redis_reads_them() {
    let (requests, error) = parse(b"SET 'it\\'s' \"\\x41\\n\\q\" a\"b c\"\n");
    assert_eq!(requests, [args(&[b"SET", b"it's", b"A\nq", b"ab c"])]);
    assert_eq!(error, None);
    for line in [&b"GET \"a\n"[..], b"GET 'a\n", b"GET \"a\"b\n"] {
        assert_eq!(parse(line), (vec![], Some(ProtocolError::UnbalancedQuotes)));
    }
}

#[test]
fn however_the_input_is_cut_the_requests_are_the_same() {
    let input = b"*3\r\n$3\r\nSET\r\n$3\r\na\r\n\r\n$12\r\n*1\r\n$4\r\nPING\r\nECHO 'a b'\r\n*1\r\n$4\r\nPING\r\n*1\r\n:1\r\n";
    let whole = parse(input);
    assert_eq!(whole.0.len(), 3);
    assert_eq!(whole.1, Some(ProtocolError::ExpectedBulk(b':')));
    for at in 0..=input.len() {
        let (head, tail) = input.split_at(at);
        assert_eq!(parse_pieces([head, tail], Limits::default()), whole, "cut at {at}");
    }
    assert_eq!(parse_pieces(input.chunks(1), Limits::default()), whole);
}

#[test]
fn what_cannot_be_followed_gets_redis_s_own_words() {
    let cases: [(&[u8], &str); 9] = [
        (b"*a\r\n", "ERR Protocol error: invalid multibulk length"),
        (b"*2147483648\r\n", "ERR Protocol error: invalid multibulk length"),
        (b"*01\r\n", "ERR Protocol error: invalid multibulk length"),
        (b"*1\r\n$-1\r\n", "ERR Protocol error: invalid bulk length"),
        (b"*1\r\n$536870913\r\n", "ERR Protocol error: invalid bulk length"),
        (b"*1\r\n$+4\r\nPING\r\n", "ERR Protocol error: invalid bulk length"),
        (b"*1\r\n:4\r\n", "ERR Protocol error: expected '$', got ':'"),
        (b"*1\r\n\r\n", "ERR Protocol error: expected '$', got '\r'"),
        (b"PING \"\n", "ERR Protocol error: unbalanced quotes in request"),
    ];
    for (input, text) in cases {
        assert_eq!(parse(input).1.unwrap().to_string(), text);
    }
}

#[test]
fn a_line_without_an_end_is_refused_at_its_limit_however_it_is_cut() {
    let limits = Limits { line: 10, ..Limits::default() };
    let cases: [(&[u8], ProtocolError); 3] = [
        (b"PING aaaaaaaaaaaa\r\n", ProtocolError::InlineTooLong),
        (b"*111111111111\r\n", ProtocolError::MultibulkCountTooLong),
        (b"*1\r\n$111111111111\r\n", ProtocolError::BulkCountTooLong),
    ];
    for (input, error) in cases {
        assert_eq!(parse_pieces([input], limits), (vec![], Some(error)));
        assert_eq!(parse_pieces(input.chunks(1), limits), (vec![], Some(error)));
    }
    let limits = Limits { query_buffer: 100, ..Limits::default() };
    let endless = [b"*2\r\n$4\r\nECHO\r\n$200\r\n".to_vec(), vec![b'x'; 100]].concat();
    assert_eq!(parse_pieces([&endless[..]], limits).1, Some(ProtocolError::QueryBufferTooLong));
}

// ANCHOR: zero_copy
#[test]
fn arguments_lie_where_they_were_received() {
    let mut buffer = BytesMut::from(&b"*2\r\n$4\r\nECHO\r\n$5\r\nhello\r\n"[..]);
    let received = buffer.as_ptr_range();
    let request = RequestParser::default().parse(&mut buffer).unwrap().unwrap();
    for arg in request.args() {
        assert!(received.contains(&arg.as_ptr()));
    }
    assert_eq!(request, args(&[b"ECHO", b"hello"]));
}
// ANCHOR_END: zero_copy

#[test]
fn an_announcement_allocates_nothing() {
    let (mut parser, mut buffer) = (RequestParser::default(), BytesMut::new());
    buffer.extend_from_slice(b"*1000000000\r\n$536870912\r\nx");
    let before = buffer.capacity();
    assert_eq!(parser.parse(&mut buffer), Ok(None));
    assert_eq!((buffer.capacity(), parser.spans.capacity()), (before, 0));
}

#[test]
fn a_request_that_dribbles_in_costs_linear_time() {
    let work = |args: usize| {
        let input = [format!("*{args}\r\n").into_bytes(), b"$1\r\nx\r\n".repeat(args)].concat();
        let (mut parser, mut buffer) = (RequestParser::default(), BytesMut::new());
        for (index, byte) in input.iter().enumerate() {
            buffer.extend_from_slice(&[*byte]);
            let complete = parser.parse(&mut buffer).unwrap().is_some();
            assert_eq!(complete, index + 1 == input.len());
        }
        parser.work
    };
    assert!(work(2000) <= 2 * work(1000) + 100);
    let long_line = {
        let (mut parser, mut buffer) = (RequestParser::default(), BytesMut::new());
        for _ in 0..1000 {
            buffer.extend_from_slice(b"x");
            assert_eq!(parser.parse(&mut buffer), Ok(None));
        }
        parser.work
    };
    assert_eq!(long_line, 1000);
}

#[test]
fn integers_have_one_spelling() {
    assert_eq!(parse_integer(b"-9223372036854775808"), Some(i64::MIN));
    for other in [&b""[..], b"+1", b"01", b"-0", b" 1", b"1 ", b"9223372036854775808", b"\xff"] {
        assert_eq!(parse_integer(other), None);
    }
}
