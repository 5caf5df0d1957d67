//! Chapters 04 to 06: bytes to values and requests, and replies to bytes.

use std::hint::black_box;

use benches::compare::Failure;
use benches::requests::{key, request};
use bytes::BytesMut;
use chapter_04::decode::{Decoder, Side};
use chapter_05::protocol::{ProtocolVersion, Reply};
use chapter_06::protocol::RequestParser;
use flashkv::protocol::request::Parsed;
use flashkv::protocol::{self as finished, Limits, Parser, Version, decode};

use crate::table::{Pair, Table, nanoseconds};

/// Chapter 04: a line that is searched again at each read, and one that is searched once.
pub(crate) fn an_unfinished_line() -> Result<Table, Failure> {
    Ok(Table {
        chapter: 4,
        about: "nanoseconds for each byte of a line that arrives in pieces of 100 bytes".into(),
        columns: vec![
            ("line of 600", dribble(600)?),
            ("line of 6,000", dribble(6_000)?),
            ("line of 60,000", dribble(60_000)?),
        ],
    })
}

fn dribble(length: usize) -> Result<Pair, Failure> {
    let line = [b"+", "x".repeat(length - 3).as_bytes(), b"\r\n"].concat();
    let chapter = || {
        let mut decoder = Decoder::new(Side::Server);
        let mut frames = 0;
        for piece in line.chunks(100) {
            decoder.push(black_box(piece));
            frames += usize::from(decoder.next_frame().is_ok_and(|frame| frame.is_some()));
        }
        frames
    };
    let flashkv = || {
        let mut decoder = finished::Decoder::new(decode::Limits::default());
        let (mut values, mut received) = (0, Vec::new());
        for piece in line.chunks(100) {
            received.extend_from_slice(black_box(piece));
            values += usize::from(decoder.decode(&received).is_ok_and(|value| value.is_some()));
        }
        values
    };
    if [chapter(), flashkv()] != [1; 2] {
        return Err("the line is not decoded".into());
    }
    Ok(nanoseconds(|| chapter() * length, || flashkv() * length))
}

/// Chapter 05: elements that come one by one, and whose number must stand before them.
pub(crate) fn a_reply_counted_last() -> Result<Table, Failure> {
    Ok(Table {
        chapter: 5,
        about: "nanoseconds to write an array of keys that are found one by one and counted last"
            .into(),
        columns: vec![
            ("10 keys", counted_last(10)?),
            ("100 keys", counted_last(100)?),
            ("1,000 keys", counted_last(1000)?),
        ],
    })
}

fn counted_last(count: usize) -> Result<Pair, Failure> {
    let keys: Vec<String> = (0..count).map(key).collect();
    // As the engines give them out: each for as long as the call lasts.
    let each =
        |found: &mut dyn FnMut(&[u8])| keys.iter().for_each(|key| found(black_box(key.as_bytes())));
    // As chapter 10's KEYS does it.
    let chapter = |out: &mut Vec<u8>| {
        let mut found = Vec::new();
        each(&mut |key| found.push(key.to_vec()));
        let mut reply = Reply::new(out, ProtocolVersion::Resp2);
        reply.array(found.len());
        found.iter().for_each(|key| reply.bulk(key));
    };
    let flashkv = |out: &mut Vec<u8>| {
        let mut reply = finished::Reply::new(out, Version::Resp2);
        let (start, mut found) = (reply.written(), 0);
        each(&mut |key| {
            reply.bulk(key);
            found += 1;
        });
        reply.insert(start, |reply| reply.array(found));
    };
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    chapter(&mut ours);
    flashkv(&mut theirs);
    if ours != theirs {
        return Err("the replies differ".into());
    }
    let replies = 10_000 / count;
    let many = |out: &mut Vec<u8>, write: &dyn Fn(&mut Vec<u8>)| {
        for _ in 0..replies {
            out.clear();
            write(out);
        }
        replies
    };
    Ok(nanoseconds(|| many(&mut ours, &chapter), || many(&mut theirs, &flashkv)))
}

/// Chapter 06: arguments that count their users, and arguments that borrow.
pub(crate) fn requests() -> Result<Table, Failure> {
    Ok(Table {
        chapter: 6,
        about: "nanoseconds to take in and parse one SET of a key of 16 bytes and a value of 32"
            .into(),
        columns: vec![("one at a time", parse(1)?), ("64 in a buffer", parse(64)?)],
    })
}

fn parse(together: usize) -> Result<Pair, Failure> {
    let set = request(&[b"SET", key(1).as_bytes(), benches::requests::VALUE]);
    let input = set.repeat(together);
    let (mut parser, mut buffer) = (RequestParser::default(), BytesMut::new());
    let mut chapter = || {
        // What a read from the socket does.
        buffer.extend_from_slice(black_box(&input));
        let mut requests = 0;
        while let Ok(Some(request)) = parser.parse(&mut buffer) {
            black_box(request);
            requests += 1;
        }
        requests
    };
    let (mut parser, limits, mut buffer) = (Parser::default(), Limits::default(), Vec::new());
    let mut flashkv = || {
        buffer.clear();
        buffer.extend_from_slice(black_box(&input));
        let (mut requests, mut used) = (0, 0);
        while let Ok(Parsed::Request(args, taken)) =
            parser.parse(buffer.get(used..).unwrap_or_default(), &limits, true)
        {
            black_box(args);
            requests += 1;
            used += taken;
        }
        requests
    };
    if [chapter(), flashkv()] != [together; 2] {
        return Err("not all requests are parsed".into());
    }
    let many = |parse: &mut dyn FnMut() -> usize| (0..1000 / together).map(|_| parse()).sum();
    Ok(nanoseconds(|| many(&mut chapter), || many(&mut flashkv)))
}
