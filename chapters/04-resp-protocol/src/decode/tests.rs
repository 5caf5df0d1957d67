//! The decoder against frames of every kind, whole and in pieces.

use super::*;

/// All that `side` sends, described, when it arrives in `pieces`.
fn described(side: Side, pieces: &[&[u8]]) -> Result<Vec<Frame>, WireError> {
    let mut decoder = Decoder::new(side);
    let mut frames = Vec::new();
    for piece in pieces {
        decoder.push(piece);
        while let Some(frame) = decoder.next_frame()? {
            frames.push(frame);
        }
    }
    Ok(frames)
}

fn server(bytes: &[u8]) -> String {
    let frames = described(Side::Server, &[bytes]).unwrap();
    frames.iter().map(|frame| format!("{} bytes\n{frame}", frame.bytes)).collect()
}

fn error(side: Side, bytes: &[u8]) -> String {
    described(side, &[bytes]).unwrap_err().to_string()
}

#[test]
fn a_request_is_one_frame() {
    let frames = described(Side::Client, &[b"*2\r\n$4\r\nECHO\r\n$4\r\na\r\nb\r\n"]).unwrap();
    assert_eq!(frames.len(), 1);
    assert_eq!(frames[0].bytes, 24);
    assert_eq!(
        frames[0].to_string(),
        "  *2\\r\\n              array of 2 values\n    \
           $4\\r\\nECHO\\r\\n    bulk string of 4 bytes\n    \
           $4\\r\\na\\r\\nb\\r\\n  bulk string of 4 bytes\n"
    );
}

#[test]
fn inline_commands_are_the_clients_only() {
    let frames = described(Side::Client, &[b"PING\r\n\n+OK\n"]).unwrap();
    let texts: Vec<String> = frames.iter().map(Frame::to_string).collect();
    assert_eq!(
        texts,
        [
            "  PING\\r\\n  inline command\n",
            "  \\n  blank line, ignored\n",
            "  +OK\\n  inline command\n"
        ]
    );
    assert_eq!(error(Side::Server, b"PONG\r\n"), "no type of RESP starts with `P`");
}

#[test]
fn every_type_is_known() {
    assert_eq!(
        server(b"+OK\r\n-ERR no\r\n:-1\r\n$-1\r\n*-1\r\n*0\r\n"),
        "5 bytes\n  +OK\\r\\n  simple string\n\
         9 bytes\n  -ERR no\\r\\n  simple error\n\
         5 bytes\n  :-1\\r\\n  integer\n\
         5 bytes\n  $-1\\r\\n  null, written as bulk string\n\
         5 bytes\n  *-1\\r\\n  null, written as array\n\
         4 bytes\n  *0\\r\\n  array of 0 values\n"
    );
    assert_eq!(
        server(b"_\r\n#t\r\n,1.5\r\n(123\r\n!5\r\nERR x\r\n=5\r\ntxt:a\r\n"),
        "3 bytes\n  _\\r\\n  null\n\
         4 bytes\n  #t\\r\\n  boolean\n\
         6 bytes\n  ,1.5\\r\\n  double\n\
         6 bytes\n  (123\\r\\n  big number\n\
         11 bytes\n  !5\\r\\nERR x\\r\\n  bulk error of 5 bytes\n\
         11 bytes\n  =5\\r\\ntxt:a\\r\\n  verbatim string of 5 bytes\n"
    );
    assert_eq!(
        server(b"%1\r\n+a\r\n~1\r\n:1\r\n>1\r\n+x\r\n"),
        "16 bytes\n  %1\\r\\n      map of 1 pair\n    +a\\r\\n    simple string\n    ~1\\r\\n    set of 1 value\n      :1\\r\\n  integer\n\
         8 bytes\n  >1\\r\\n    push of 1 value\n    +x\\r\\n  simple string\n"
    );
}

#[test]
fn an_attribute_belongs_to_the_value_that_follows() {
    let frames =
        described(Side::Server, &[b"|1\r\n+ttl\r\n:5\r\n$1\r\na\r\n|0\r\n:1\r\n"]).unwrap();
    assert_eq!(frames.iter().map(|frame| frame.bytes).collect::<Vec<_>>(), [21, 8]);
    // Inside an array it is not counted as one of its values.
    let frames =
        described(Side::Server, &[b"*2\r\n|1\r\n+a\r\n+b\r\n:1\r\n:2\r\n+OK\r\n"]).unwrap();
    assert_eq!(frames.iter().map(|frame| frame.bytes).collect::<Vec<_>>(), [24, 5]);
}

#[test]
fn every_cut_of_a_stream_gives_the_same_frames() {
    let stream =
        b"*2\r\n$2\r\n\r\n\r\n%1\r\n+a\r\n*0\r\n$-1\r\n|1\r\n+k\r\n#f\r\n,3.14\r\n=5\r\ntxt:\n\r\n";
    let whole = described(Side::Server, &[stream]).unwrap();
    assert_eq!(whole.len(), 4);
    assert_eq!(whole.iter().map(|frame| frame.bytes).sum::<usize>(), stream.len());
    for first in 0..=stream.len() {
        for second in first..=stream.len() {
            let pieces = [&stream[..first], &stream[first..second], &stream[second..]];
            let frames = described(Side::Server, &pieces).unwrap();
            assert_eq!(frames, whole, "cut at {first} and {second}");
        }
    }
}

#[test]
fn what_is_no_resp_is_told_apart() {
    assert_eq!(error(Side::Server, b"+OK\n"), "a simple string does not end with CR LF");
    assert_eq!(error(Side::Server, b"$1\r\nabc"), "a bulk string does not end with CR LF");
    assert_eq!(error(Side::Server, b":1x\r\n"), "`1x` is no integer");
    assert_eq!(error(Side::Server, b"$+1\r\n"), "`+1` is no bulk string");
    assert_eq!(error(Side::Server, b"*\r\n"), "`` is no array");
    assert_eq!(error(Side::Server, b"~-1\r\n"), "`-1` is no set");
    assert_eq!(error(Side::Server, b"%9999999999999999999\r\n"), "`9999999999999999999` is no map");
    assert_eq!(error(Side::Client, b"*1\r\nPING\r\n"), "no type of RESP starts with `P`");
}

#[test]
fn a_number_from_the_wire_reserves_nothing() {
    assert_eq!(error(Side::Server, b"$536870913\r\n"), "`536870913` is no bulk string");
    assert_eq!(described(Side::Server, &[b"*4000000000\r\n:1\r\n"]), Ok(vec![]));
    assert_eq!(error(Side::Server, &b"*1\r\n".repeat(100)), "values nested more than 32 deep");
    assert_eq!(error(Side::Server, &[b'+'; 70_000]), "a line of more than 65536 bytes");
}

#[test]
fn what_flashkv_really_sent_can_be_followed_to_its_end() {
    // The replies to HELLO 3, CONFIG GET port and GET of a key that is not there.
    let recorded = include_bytes!("../../examples/resp3.txt");
    let frames = described(Side::Server, &[recorded]).unwrap();
    assert_eq!(frames.iter().map(|frame| frame.bytes).collect::<Vec<_>>(), [145, 24, 3]);
    assert_eq!(recorded.len(), 172);
}

#[test]
fn much_is_counted_but_not_shown() {
    let mut reply = b"*150\r\n".to_vec();
    reply.extend(b":1\r\n".repeat(150));
    let frames = described(Side::Server, &[&reply]).unwrap();
    assert_eq!(frames[0].bytes, reply.len());
    let text = frames[0].to_string();
    assert_eq!(text.lines().count(), 101);
    assert!(text.ends_with("  … and 51 more\n"), "{text}");
    assert!(
        server(&[b"$100\r\n", &[b'x'; 100][..], b"\r\n"].concat()).contains("xxx…\\r\\n  bulk")
    );
}
