//! The bytes of every type, in both versions.
#![allow(clippy::unwrap_used, reason = "in a test, an error is a failure")]

use bytes::Bytes;
use chapter_05::protocol::{ErrorReply, ProtocolVersion, Reply, RespValue, Text};

fn bytes(text: &'static str) -> Bytes {
    Bytes::from_static(text.as_bytes())
}

fn bulk(text: &'static str) -> RespValue {
    RespValue::Bulk(bytes(text))
}

fn encoded(value: &RespValue, version: ProtocolVersion) -> String {
    let mut out = Vec::new();
    value.encode(version, &mut out);
    String::from_utf8(out).unwrap()
}

fn written(write: impl FnOnce(&mut Reply<'_>)) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut Reply::new(&mut out, ProtocolVersion::Resp2));
    out
}

#[test]
fn every_type_is_written_as_both_versions_have_it() {
    let pairs = vec![(bulk("k"), RespValue::Integer(1))];
    let items = vec![RespValue::Integer(1), bulk("a")];
    let cases = [
        (RespValue::SimpleString(bytes("OK")), "+OK\r\n", "+OK\r\n"),
        (RespValue::Error(bytes("ERR no")), "-ERR no\r\n", "-ERR no\r\n"),
        (RespValue::Integer(i64::MIN), ":-9223372036854775808\r\n", ":-9223372036854775808\r\n"),
        (bulk("a\r\nb"), "$4\r\na\r\nb\r\n", "$4\r\na\r\nb\r\n"),
        (bulk(""), "$0\r\n\r\n", "$0\r\n\r\n"),
        (RespValue::Null, "$-1\r\n", "_\r\n"),
        (RespValue::NullArray, "*-1\r\n", "_\r\n"),
        (RespValue::Array(vec![]), "*0\r\n", "*0\r\n"),
        (RespValue::Array(items.clone()), "*2\r\n:1\r\n$1\r\na\r\n", "*2\r\n:1\r\n$1\r\na\r\n"),
        (RespValue::Set(items.clone()), "*2\r\n:1\r\n$1\r\na\r\n", "~2\r\n:1\r\n$1\r\na\r\n"),
        (RespValue::Push(items), "*2\r\n:1\r\n$1\r\na\r\n", ">2\r\n:1\r\n$1\r\na\r\n"),
        (RespValue::Map(pairs.clone()), "*2\r\n$1\r\nk\r\n:1\r\n", "%1\r\n$1\r\nk\r\n:1\r\n"),
        (RespValue::Double(1.5), "$3\r\n1.5\r\n", ",1.5\r\n"),
        (RespValue::Double(f64::NEG_INFINITY), "$4\r\n-inf\r\n", ",-inf\r\n"),
        (RespValue::Double(f64::NAN), "$3\r\nnan\r\n", ",nan\r\n"),
        (RespValue::Boolean(true), ":1\r\n", "#t\r\n"),
        (RespValue::Boolean(false), ":0\r\n", "#f\r\n"),
        (RespValue::BigNumber(bytes("123")), "$3\r\n123\r\n", "(123\r\n"),
        (RespValue::Verbatim(*b"txt", bytes("hi")), "$2\r\nhi\r\n", "=6\r\ntxt:hi\r\n"),
        (RespValue::BlobError(bytes("ERR a\r\nb")), "-ERR a  b\r\n", "!8\r\nERR a\r\nb\r\n"),
        (
            RespValue::Attribute(pairs, Box::new(bulk("v"))),
            "$1\r\nv\r\n",
            "|1\r\n$1\r\nk\r\n:1\r\n$1\r\nv\r\n",
        ),
    ];
    for (value, resp2, resp3) in cases {
        assert_eq!(encoded(&value, ProtocolVersion::Resp2), resp2);
        assert_eq!(encoded(&value, ProtocolVersion::Resp3), resp3);
    }
}

#[test]
fn a_tree_and_the_writer_give_the_same_bytes() {
    let tree = RespValue::Array(vec![bulk("a"), RespValue::Null, RespValue::Integer(-3)]);
    let straight = written(|reply| {
        reply.array(3);
        reply.bulk(b"a");
        reply.bulk_or_null(None);
        reply.integer(-3);
    });
    assert_eq!(encoded(&tree, ProtocolVersion::Resp2).into_bytes(), straight);
    assert_eq!(written(|reply| reply.value(&tree)), straight);
}

#[test]
fn a_line_end_from_a_client_cannot_end_a_line() {
    let forged = ErrorReply::unknown_command(&[&b"a\r\n+OK"[..], b"\n"]);
    assert_eq!(
        written(|reply| reply.error(&forged)),
        b"-ERR unknown command 'a  +OK', with args beginning with: ' ' \r\n"
    );
    let tree = RespValue::SimpleString(bytes("a\r\n+OK"));
    assert_eq!(encoded(&tree, ProtocolVersion::Resp2), "+a  +OK\r\n");
}

#[test]
fn bytes_of_a_client_come_back_as_they_were_sent() {
    let all: Vec<u8> = (1..=255).filter(|byte| !b"\r\n".contains(byte)).collect();
    let error = ErrorReply::UnsupportedOption(Text(all.clone()));
    assert_eq!(
        written(|reply| reply.error(&error)),
        [b"-ERR Unsupported option ", &all[..], b"\r\n"].concat()
    );
}

#[test]
fn an_unknown_command_is_shown_up_to_128_bytes() {
    let long = [b'x'; 200];
    let error = ErrorReply::unknown_command(&[&long[..], &long[..], b"never shown"]);
    let shown = "x".repeat(128);
    assert_eq!(
        error.to_string(),
        format!("ERR unknown command '{shown}', with args beginning with: '{shown}' ")
    );
    let error = ErrorReply::unknown_command(&[&b"a\0b"[..], b"c", b"d\0"]);
    assert_eq!(error.to_string(), "ERR unknown command 'a', with args beginning with: 'c' 'd' ");
}
