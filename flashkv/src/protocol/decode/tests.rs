//! What is accepted, what is refused and how, and that cutting the bytes changes neither.

use super::*;
use crate::protocol::Version;
use crate::protocol::value::Annotated;

mod properties;

fn decode(bytes: &[u8]) -> Result<Option<(RespValue, usize)>, DecodeError> {
    Decoder::new(Limits::default()).decode(bytes)
}

/// Decodes bytes that arrive one at a time.
fn decode_dribbled(
    bytes: &[u8],
    limits: Limits,
) -> Result<Option<(RespValue, usize)>, DecodeError> {
    let mut decoder = Decoder::new(limits);
    (0..=bytes.len())
        .map(|arrived| decoder.decode(&bytes[..arrived]))
        .find(|outcome| !matches!(outcome, Ok(None)))
        .unwrap_or(Ok(None))
}

#[track_caller]
fn refused(bytes: &[u8], limits: Limits, error: &DecodeError) {
    let shown = bytes.escape_ascii();
    assert_eq!(Decoder::new(limits).decode(bytes).as_ref(), Err(error), "{shown}");
    assert_eq!(decode_dribbled(bytes, limits).as_ref(), Err(error), "{shown} byte by byte");
}

fn array(items: impl Into<Vec<RespValue>>) -> RespValue {
    RespValue::Array(items.into())
}

fn annotated(attributes: Vec<(RespValue, RespValue)>, value: RespValue) -> RespValue {
    RespValue::Attribute(Box::new(Annotated { attributes, value }))
}

#[test]
fn every_type_is_decoded() {
    use RespValue::{Boolean, Double, Integer, Map, Null, NullArray, Push, Set};
    let big = BigNumber::parse(b"-12345678901234567890").unwrap();
    let cases: Vec<(&[u8], RespValue)> = vec![
        (b"+OK\r\n", RespValue::simple("OK")),
        (b"-ERR no\r\n", RespValue::error("ERR no")),
        (b":-9223372036854775808\r\n", Integer(i64::MIN)),
        (b":+7\r\n", Integer(7)),
        (b"$5\r\nhe\r\nl\r\n", RespValue::bulk("he\r\nl")),
        (b"$0\r\n\r\n", RespValue::bulk("")),
        (b"$-1\r\n", Null),
        (b"*-1\r\n", NullArray),
        (b"_\r\n", Null),
        (b"#t\r\n", Boolean(true)),
        (b"#f\r\n", Boolean(false)),
        (b",1.5e3\r\n", Double(1500.0)),
        (b",-inf\r\n", Double(f64::NEG_INFINITY)),
        (b"(-12345678901234567890\r\n", RespValue::BigNumber(big)),
        (b"!5\r\nERR a\r\n", RespValue::BlobError(b"ERR a".to_vec())),
        (b"=4\r\ntxt:\r\n", RespValue::Verbatim { format: *b"txt", text: vec![] }),
        (b"*2\r\n*0\r\n:1\r\n", array([array([]), Integer(1)])),
        (b"~1\r\n_\r\n", Set(vec![Null])),
        (b">1\r\n+a\r\n", Push(vec![RespValue::simple("a")])),
        (b"%0\r\n", Map(vec![])),
        (b"%1\r\n%1\r\n:1\r\n:2\r\n:3\r\n", {
            Map(vec![(Map(vec![(Integer(1), Integer(2))]), Integer(3))])
        }),
        (b"|1\r\n:1\r\n:2\r\n:3\r\n", annotated(vec![(Integer(1), Integer(2))], Integer(3))),
        (b"|0\r\n|0\r\n:3\r\n", annotated(vec![], annotated(vec![], Integer(3)))),
        (b"*2\r\n|1\r\n+ttl\r\n:1\r\n:2\r\n:3\r\n", {
            let ttl = vec![(RespValue::simple("ttl"), Integer(1))];
            array([annotated(ttl, Integer(2)), Integer(3)])
        }),
    ];
    for (bytes, value) in cases {
        assert_eq!(decode(bytes), Ok(Some((value, bytes.len()))), "{}", bytes.escape_ascii());
    }
}

#[test]
fn streamed_strings_and_aggregates_become_ordinary_values() {
    use RespValue::{Integer, Map, Set};
    let cases: Vec<(&[u8], RespValue)> = vec![
        (b"$?\r\n;4\r\nHell\r\n;7\r\no\r\nworl\r\n;1\r\nd\r\n;0\r\n", {
            RespValue::bulk("Hello\r\nworld")
        }),
        (b"$?\r\n;0\r\n", RespValue::bulk("")),
        (b"*?\r\n:1\r\n$?\r\n;1\r\na\r\n;0\r\n.\r\n", array([Integer(1), RespValue::bulk("a")])),
        (b"*?\r\n.\r\n", array([])),
        (b"*?\r\n*?\r\n.\r\n~?\r\n:1\r\n.\r\n.\r\n", array([array([]), Set(vec![Integer(1)])])),
        (b"%?\r\n:1\r\n:2\r\n.\r\n", Map(vec![(Integer(1), Integer(2))])),
        (b"%?\r\n.\r\n", Map(vec![])),
        (b"*1\r\n~?\r\n.\r\n", array([Set(vec![])])),
    ];
    for (bytes, value) in cases {
        let limits = Limits::default();
        let expected = Ok(Some((value, bytes.len())));
        assert_eq!(decode(bytes), expected, "{}", bytes.escape_ascii());
        assert_eq!(decode_dribbled(bytes, limits), expected, "{}", bytes.escape_ascii());
    }
}

#[test]
fn nan_is_decoded() {
    let Ok(Some((RespValue::Double(number), 6))) = decode(b",nan\r\n") else { panic!() };
    assert!(number.is_nan());
}

/// Null arrays stand apart in RESP2, so that a decoded RESP2 reply is encoded as it came.
#[test]
fn both_nulls_of_resp2_survive_a_round_trip() {
    for bytes in [b"$-1\r\n", b"*-1\r\n"] {
        let (value, _) = decode(bytes).unwrap().unwrap();
        let mut out = Vec::new();
        value.encode(Version::Resp2, &mut out);
        assert_eq!(out, bytes);
    }
}

#[test]
fn values_in_one_buffer_are_decoded_one_after_the_other() {
    let bytes = b"+a\r\n*1\r\n:1\r\n$1\r\nb\r\n:2";
    let mut decoder = Decoder::new(Limits::default());
    let mut rest = &bytes[..];
    let mut values = Vec::new();
    while let Some((value, used)) = decoder.decode(rest).unwrap() {
        values.push(value);
        rest = &rest[used..];
    }
    let expected = [RespValue::simple("a"), array([RespValue::Integer(1)]), RespValue::bulk("b")];
    assert_eq!(values, expected);
    assert_eq!(rest, b":2");
}

#[test]
fn malformed_input_is_refused_with_the_reason_however_it_is_cut() {
    let malformed =
        |expected, found: &str| DecodeError::Malformed { expected, found: found.to_owned() };
    let integer = |found| malformed("a 64-bit integer", found);
    let length = |found| malformed("a length", found);
    let verbatim = |found| malformed("a verbatim string's format and a colon", found);
    let cases: Vec<(&[u8], DecodeError)> = vec![
        (b"GET / HTTP/1.1\r\n", DecodeError::UnknownType { found: b'G' }),
        (b"\r\n", DecodeError::UnknownType { found: b'\r' }),
        (b"\0", DecodeError::UnknownType { found: 0 }),
        (b"*1\r\nx", DecodeError::UnknownType { found: b'x' }),
        (b"+a\n", DecodeError::BareLineBreak),
        (b"+a\rb\r\n", DecodeError::BareLineBreak),
        (b"$1\n", DecodeError::BareLineBreak),
        (b":\r\n", integer("")),
        (b":1.5\r\n", integer("1.5")),
        (b": 1\r\n", integer(" 1")),
        (b":9223372036854775808\r\n", integer("9223372036854775808")),
        (b":\xff\r\n", integer("\\xff")),
        (b":0123456789012345678901234567890123456789\r\n", {
            integer("01234567890123456789012345678901…")
        }),
        (b"$\r\n", length("")),
        (b"$-2\r\n", length("-2")),
        (b"$+1\r\n", length("+1")),
        (b"$1x\r\n", length("1x")),
        (b"$18446744073709551616\r\n", length("18446744073709551616")),
        (b"*-2\r\n", length("-2")),
        (b"!-1\r\n", length("-1")),
        (b"=?\r\n", length("?")),
        (b"%-1\r\n", length("-1")),
        (b"~-1\r\n", length("-1")),
        (b">-1\r\n", length("-1")),
        (b">?\r\n", length("?")),
        (b"|?\r\n", length("?")),
        (b"$?\r\n;-1\r\n", length("-1")),
        (b"_x\r\n", malformed("nothing after a null's `_`", "x")),
        (b".x\r\n", malformed("nothing after an end's `.`", "x")),
        (b"#true\r\n", malformed("`t` or `f`", "true")),
        (b"#\r\n", malformed("`t` or `f`", "")),
        (b",.5\r\n", malformed("a double", ".5")),
        (b"(1.5\r\n", malformed("a big number", "1.5")),
        (b"=3\r\ntxt\r\n", verbatim("txt")),
        (b"=6\r\ntxt-hi\r\n", verbatim("txt-hi")),
        (b"$1\r\nab\r\n", DecodeError::UnterminatedPayload { length: 1, found: b'b' }),
        (b"$1\r\na\rb\n", DecodeError::UnterminatedPayload { length: 1, found: b'b' }),
        (b"$1\r\na\n", DecodeError::UnterminatedPayload { length: 1, found: b'\n' }),
        (b"$536870913\r\n", DecodeError::BulkTooLong { length: 536870913, limit: 536870912 }),
        (b"$18446744073709551615\r\n", {
            DecodeError::BulkTooLong { length: u64::MAX, limit: 536870912 }
        }),
        (b"*2147483648\r\n", DecodeError::TooManyElements { count: 1 << 31, limit: 2147483647 }),
        (b"%2147483648\r\n", DecodeError::TooManyElements { count: 1 << 31, limit: 2147483647 }),
        (b";1\r\n", DecodeError::UnexpectedChunk),
        (b"*1\r\n;0\r\n", DecodeError::UnexpectedChunk),
        (b"$?\r\n+a\r\n", DecodeError::UnfinishedString),
        (b"$?\r\n;1\r\na\r\n.\r\n", DecodeError::UnfinishedString),
        (b".\r\n", DecodeError::UnexpectedEnd),
        (b"*2\r\n:1\r\n.\r\n", DecodeError::UnexpectedEnd),
        (b"*?\r\n|0\r\n.\r\n", DecodeError::UnexpectedEnd),
        (b"%?\r\n|1\r\n:1\r\n.\r\n", DecodeError::UnexpectedEnd),
        (b"%?\r\n:1\r\n.\r\n", DecodeError::KeyWithoutValue),
    ];
    for (bytes, error) in cases {
        refused(bytes, Limits::default(), &error);
    }
}

#[test]
fn each_limit_is_inclusive() {
    let limits = Limits { bulk: 4, elements: 2, line: 3, depth: 2 };
    let allowed: [&[u8]; 7] = [
        b"+abc\r\n",
        b"$4\r\nabcd\r\n",
        b"$?\r\n;3\r\nabc\r\n;1\r\nd\r\n;0\r\n",
        b"*2\r\n*0\r\n:1\r\n",
        b"%2\r\n:1\r\n:2\r\n:3\r\n:4\r\n",
        b"*?\r\n:1\r\n:2\r\n:3\r\n.\r\n",
        b"*1\r\n|0\r\n:1\r\n",
    ];
    for bytes in allowed {
        let outcome = decode_dribbled(bytes, limits);
        assert!(matches!(outcome, Ok(Some(_))), "{}: {outcome:?}", bytes.escape_ascii());
    }
    refused(b"+abcd\r\n", limits, &DecodeError::LineTooLong { limit: 3 });
    refused(b"+abcd", limits, &DecodeError::LineTooLong { limit: 3 });
    refused(b"+abcd\n", limits, &DecodeError::LineTooLong { limit: 3 });
    refused(b"$5\r\n", limits, &DecodeError::BulkTooLong { length: 5, limit: 4 });
    let chunks = b"$?\r\n;3\r\nabc\r\n;2\r\n";
    refused(chunks, limits, &DecodeError::BulkTooLong { length: 5, limit: 4 });
    refused(b"~3\r\n", limits, &DecodeError::TooManyElements { count: 3, limit: 2 });
    for bytes in [b"*1\r\n*1\r\n*0\r\n", b"*1\r\n*1\r\n|0\r\n", b"|0\r\n|0\r\n%?\r\n"] {
        refused(bytes, limits, &DecodeError::TooDeep { limit: 2 });
    }
}

#[test]
fn errors_read_as_sentences() {
    let cases: [(&[u8], &str); 4] = [
        (b"\r", "no type starts with `\\r`"),
        (b":x\r\n", "expected a 64-bit integer, found `x`"),
        (b"$3\r\nabcd", "expected CR LF after 3 bytes of payload, found `d`"),
        (b"$536870913\r\n", "a string of 536870913 bytes is longer than 536870912"),
    ];
    for (bytes, message) in cases {
        assert_eq!(decode(bytes).unwrap_err().to_string(), message);
    }
}

#[test]
fn a_decoder_starts_afresh_after_an_error_or_a_reset() {
    let ok = Ok(Some((RespValue::simple("OK"), 5)));
    let mut decoder = Decoder::new(Limits::default());
    assert_eq!(decoder.decode(b"*1\r\n$?\r\n:"), Ok(None));
    assert_eq!(decoder.decode(b"*1\r\n$?\r\n:1\r\n"), Err(DecodeError::UnfinishedString));
    assert_eq!(decoder.decode(b"+OK\r\n"), ok);
    assert_eq!(decoder.decode(b"*1\r\n$9\r\nabc"), Ok(None));
    decoder.reset();
    assert_eq!(decoder.decode(b"+OK\r\n"), ok);
}

#[test]
fn announced_lengths_reserve_nothing() {
    let mut decoder = Decoder::new(Limits::default());
    let bytes = b"*2147483647\r\n%2147483647\r\n~2147483647\r\n$536870912\r\nabc";
    assert_eq!(decoder.decode(bytes), Ok(None));
    for frame in &decoder.open {
        let reserved = match frame {
            Frame::List { items, .. } => items.capacity(),
            Frame::Pairs { pairs, .. } => pairs.capacity(),
        };
        assert_eq!(reserved, 0);
    }
}

/// The work counter counts every byte searched or copied and every turn of the loop.
#[test]
fn a_value_that_dribbles_in_costs_linear_work() {
    let mut bytes = b"*?\r\n".to_vec();
    bytes.extend_from_slice(format!("+{}\r\n", "s".repeat(60_000)).as_bytes());
    bytes.extend_from_slice(format!("$60000\r\n{}\r\n", "b".repeat(60_000)).as_bytes());
    bytes.extend_from_slice(b"$?\r\n");
    bytes.extend_from_slice(&b";1\r\nc\r\n".repeat(10_000));
    bytes.extend_from_slice(b";0\r\n");
    bytes.extend_from_slice(&b"%1\r\n:1\r\n*1\r\n_\r\n".repeat(10_000));
    bytes.extend_from_slice(b".\r\n");

    let mut decoder = Decoder::new(Limits::default());
    for arrived in 0..bytes.len() {
        assert_eq!(decoder.decode(&bytes[..arrived]), Ok(None));
    }
    assert!(matches!(decoder.decode(&bytes), Ok(Some((_, used))) if used == bytes.len()));
    assert!(decoder.work <= 3 * bytes.len(), "{} for {} bytes", decoder.work, bytes.len());
}

#[test]
fn the_deepest_value_fits_half_a_default_stack() {
    let limits = Limits { depth: usize::MAX, ..Limits::default() };
    for open in ["*1\r\n", "|0\r\n", "%1\r\n_\r\n"] {
        let bytes = [open.repeat(MAX_DEPTH).as_bytes(), b":1\r\n"].concat();
        let used = std::thread::Builder::new()
            .stack_size(1 << 20)
            .spawn(move || {
                let (value, used) = Decoder::new(limits).decode(&bytes).unwrap().unwrap();
                let mut out = Vec::new();
                value.encode(Version::Resp3, &mut out);
                assert_eq!(out, bytes);
                assert_eq!(value.clone(), value);
                assert!(format!("{value:?}").ends_with(')'));
                used
            })
            .unwrap()
            .join()
            .unwrap();
        assert_eq!(used, open.len() * MAX_DEPTH + 4);
    }
    let bytes = "*1\r\n".repeat(MAX_DEPTH + 1);
    refused(bytes.as_bytes(), limits, &DecodeError::TooDeep { limit: MAX_DEPTH });
}
