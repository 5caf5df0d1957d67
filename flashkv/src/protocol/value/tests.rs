//! Exact bytes of every type in both versions.

use super::*;

fn encoded(value: &RespValue, version: Version) -> String {
    let mut out = Vec::new();
    value.encode(version, &mut out);
    out.escape_ascii().to_string()
}

#[track_caller]
fn check(value: &RespValue, resp2: &[u8], resp3: &[u8]) {
    assert_eq!(encoded(value, Version::Resp2), resp2.escape_ascii().to_string(), "in RESP2");
    assert_eq!(encoded(value, Version::Resp3), resp3.escape_ascii().to_string(), "in RESP3");
}

fn integers(numbers: &[i64]) -> Vec<RespValue> {
    numbers.iter().copied().map(RespValue::Integer).collect()
}

#[test]
fn types_of_resp2_are_the_same_in_both_versions() {
    let cases: Vec<(RespValue, &[u8])> = vec![
        (RespValue::simple("OK"), b"+OK\r\n"),
        (RespValue::simple(""), b"+\r\n"),
        (RespValue::error("ERR no"), b"-ERR no\r\n"),
        (RespValue::Integer(0), b":0\r\n"),
        (RespValue::Integer(i64::MIN), b":-9223372036854775808\r\n"),
        (RespValue::Integer(i64::MAX), b":9223372036854775807\r\n"),
        (RespValue::bulk("hello"), b"$5\r\nhello\r\n"),
        (RespValue::bulk(""), b"$0\r\n\r\n"),
        (RespValue::bulk(*b"\r\n\0\xff"), b"$4\r\n\r\n\0\xff\r\n"),
        (RespValue::Array(vec![]), b"*0\r\n"),
        (RespValue::Array(integers(&[1, 2])), b"*2\r\n:1\r\n:2\r\n"),
    ];
    for (value, bytes) in cases {
        check(&value, bytes, bytes);
    }
}

#[test]
fn resp3_has_one_null_for_the_two_of_resp2() {
    check(&RespValue::Null, b"$-1\r\n", b"_\r\n");
    check(&RespValue::NullArray, b"*-1\r\n", b"_\r\n");
}

#[test]
fn a_map_is_a_flat_array_in_resp2() {
    let map = RespValue::Map(vec![
        (RespValue::bulk("a"), RespValue::Boolean(true)),
        (RespValue::bulk("b"), RespValue::Map(vec![])),
    ]);
    check(
        &map,
        b"*4\r\n$1\r\na\r\n:1\r\n$1\r\nb\r\n*0\r\n",
        b"%2\r\n$1\r\na\r\n#t\r\n$1\r\nb\r\n%0\r\n",
    );
}

#[test]
fn sets_and_pushes_are_arrays_in_resp2() {
    check(&RespValue::Set(integers(&[1, 2])), b"*2\r\n:1\r\n:2\r\n", b"~2\r\n:1\r\n:2\r\n");
    let push = RespValue::Push(vec![RespValue::bulk("message"), RespValue::Null]);
    check(&push, b"*2\r\n$7\r\nmessage\r\n$-1\r\n", b">2\r\n$7\r\nmessage\r\n_\r\n");
}

#[test]
fn doubles_are_bulk_strings_in_resp2() {
    check(&RespValue::Double(-2.5), b"$4\r\n-2.5\r\n", b",-2.5\r\n");
    check(&RespValue::Double(0.1), b"$19\r\n0.10000000000000001\r\n", b",0.10000000000000001\r\n");
    check(&RespValue::Double(1e17), b"$5\r\n1e+17\r\n", b",1e+17\r\n");
    check(&RespValue::Double(f64::INFINITY), b"$3\r\ninf\r\n", b",inf\r\n");
    check(&RespValue::Double(f64::NEG_INFINITY), b"$4\r\n-inf\r\n", b",-inf\r\n");
    check(&RespValue::Double(f64::NAN), b"$3\r\nnan\r\n", b",nan\r\n");
}

#[test]
fn booleans_are_integers_in_resp2() {
    check(&RespValue::Boolean(true), b":1\r\n", b"#t\r\n");
    check(&RespValue::Boolean(false), b":0\r\n", b"#f\r\n");
}

#[test]
fn big_numbers_are_bulk_strings_in_resp2() {
    let number = BigNumber::parse(b"1234567999999999999999999999999999999").unwrap();
    check(
        &RespValue::BigNumber(number),
        b"$37\r\n1234567999999999999999999999999999999\r\n",
        b"(1234567999999999999999999999999999999\r\n",
    );
}

#[test]
fn verbatim_strings_are_bulk_strings_without_their_format_in_resp2() {
    let value = RespValue::Verbatim { format: *b"txt", text: b"a\nb".to_vec() };
    check(&value, b"$3\r\na\nb\r\n", b"=7\r\ntxt:a\nb\r\n");
}

#[test]
fn blob_errors_are_simple_errors_in_resp2() {
    check(&RespValue::BlobError(b"ERR a\r\nb".to_vec()), b"-ERR a  b\r\n", b"!8\r\nERR a\r\nb\r\n");
}

#[test]
fn attributes_are_dropped_in_resp2_wherever_they_are() {
    let value = RespValue::Array(vec![RespValue::Attribute(Box::new(Annotated {
        attributes: vec![(RespValue::bulk("ttl"), RespValue::Integer(3600))],
        value: RespValue::Integer(3),
    }))]);
    check(&value, b"*1\r\n:3\r\n", b"*1\r\n|1\r\n$3\r\nttl\r\n:3600\r\n:3\r\n");
}

#[test]
fn line_breaks_in_simple_strings_become_spaces() {
    check(&RespValue::simple("\na\r\nb\n"), b"+ a  b \r\n", b"+ a  b \r\n");
    check(&RespValue::simple("+OK\r\n:1"), b"++OK  :1\r\n", b"++OK  :1\r\n");
}

#[test]
fn line_breaks_in_errors_become_spaces_and_those_at_the_end_go() {
    check(&RespValue::error("ERR a\r\nb\r\n"), b"-ERR a  b\r\n", b"-ERR a  b\r\n");
    check(&RespValue::error("\r\n"), b"-\r\n", b"-\r\n");
}

#[test]
fn encoding_appends_to_what_is_there() {
    let mut out = b"+OK\r\n".to_vec();
    RespValue::Integer(1).encode(Version::Resp2, &mut out);
    assert_eq!(out, b"+OK\r\n:1\r\n");
}

#[test]
fn a_big_number_is_whole_and_decimal() {
    for text in ["0", "-1", "+07", "3492890328409238509324850943850943825024385"] {
        assert_eq!(BigNumber::parse(text.as_bytes()).unwrap().as_str(), text);
    }
    for text in ["", "-", "+", "1.5", "1e5", "0x1", " 1", "1 ", "--1", "1\r\n", "١"] {
        assert_eq!(BigNumber::parse(text.as_bytes()), None, "{text:?}");
    }
}
