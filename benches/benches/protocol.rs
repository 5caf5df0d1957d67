//! Bytes to requests, replies to bytes, and values both ways, on one thread.

mod options;

use std::hint::black_box;
use std::time::Duration;

use benches::requests::{VALUE, append, key, request};
use criterion::{Criterion, Throughput};
use flashkv::protocol::request::Parsed;
use flashkv::protocol::{Decoder, Limits, Parser, Reply, RespValue, Version, decode};
use options::configured;

/// Requests in a pipeline.
const DEPTH: usize = 64;

fn main() {
    let criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    let mut criterion = configured(criterion);
    parse(&mut criterion);
    parse_in_pieces(&mut criterion);
    write_replies(&mut criterion);
    values(&mut criterion);
    criterion.final_summary();
}

/// Parses all of `bytes`; returns the number of arguments.
fn parse_all(parser: &mut Parser, limits: &Limits, bytes: &[u8]) -> usize {
    let (mut used, mut arguments) = (0, 0);
    while let Ok(Parsed::Request(args, taken)) =
        parser.parse(bytes.get(used..).unwrap_or_default(), limits, true)
    {
        used += taken;
        arguments += args.len();
    }
    arguments
}

fn parse(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse");
    let limits = Limits::default();
    let set = request(&[b"SET", key(1).as_bytes(), VALUE]);
    let cases = [
        ("one GET", request(&[b"GET", key(1).as_bytes()]), 1),
        ("one SET", set.clone(), 1),
        ("one inline GET", b"GET key:000000000001\r\n".to_vec(), 1),
        ("a pipeline of 64 SET", set.repeat(DEPTH), DEPTH),
    ];
    for (name, bytes, requests) in cases {
        let mut parser = Parser::default();
        group.throughput(Throughput::Elements(requests as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| parse_all(&mut parser, &limits, black_box(&bytes)));
        });
    }
    group.finish();
}

fn parse_in_pieces(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse in pieces");
    let limits = Limits::default();
    let mut mset = vec![b"MSET".to_vec()];
    mset.extend((0..100).flat_map(|number| [key(number).into_bytes(), VALUE.to_vec()]));
    let bytes = request(&mset.iter().map(Vec::as_slice).collect::<Vec<_>>());
    for piece in [16, 256, 1500] {
        let mut parser = Parser::default();
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(format!("MSET of 100 keys, {piece} bytes at a time"), |bencher| {
            bencher.iter(|| {
                let ends = (0..bytes.len()).step_by(piece).skip(1).chain([bytes.len()]);
                let mut arguments = 0;
                for end in ends {
                    let received = black_box(bytes.get(..end).unwrap_or_default());
                    arguments += parse_all(&mut parser, &limits, received);
                }
                arguments
            });
        });
    }
    group.finish();
}

fn write_replies(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("reply");
    let mut out = Vec::new();
    let mut case = |name: &str, count: usize, write: &dyn Fn(&mut Reply<'_>)| {
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                out.clear();
                write(&mut Reply::new(&mut out, Version::Resp2));
                out.len()
            });
        });
    };
    case("64 OK", DEPTH, &|reply| (0..DEPTH).for_each(|_| reply.ok()));
    case("64 integers", DEPTH, &|reply| {
        (0..DEPTH as i64).for_each(|number| reply.integer(black_box(number * 12_345)));
    });
    case("64 bulk strings", DEPTH, &|reply| {
        (0..DEPTH).for_each(|_| reply.bulk(black_box(VALUE)));
    });
    case("an array of 100", 1, &|reply| {
        reply.array(100);
        (0..100).for_each(|_| reply.bulk(black_box(VALUE)));
    });
    group.finish();
}

/// A reply as HELLO or COMMAND DOCS give it: maps, arrays and all scalars, 1,500 values.
fn tree() -> RespValue {
    let leaf = |number: i64| {
        RespValue::Map(vec![
            (RespValue::simple("name"), RespValue::bulk(key(number as usize))),
            (RespValue::simple("count"), RespValue::Integer(number)),
            (RespValue::simple("share"), RespValue::Double(number as f64 / 7.0)),
            (RespValue::simple("flags"), RespValue::Set(vec![RespValue::simple("fast"); 3])),
            (RespValue::simple("on"), RespValue::Boolean(number % 2 == 0)),
            (RespValue::simple("none"), RespValue::Null),
        ])
    };
    RespValue::Array((0..100).map(leaf).collect())
}

fn values(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("value");
    let tree = tree();
    for (name, version) in [("RESP2", Version::Resp2), ("RESP3", Version::Resp3)] {
        let mut out = Vec::new();
        tree.encode(version, &mut out);
        let bytes = out.clone();
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(format!("encode a tree, {name}"), |bencher| {
            bencher.iter(|| {
                out.clear();
                black_box(&tree).encode(version, &mut out);
                out.len()
            });
        });
        let mut decoder = Decoder::new(decode::Limits::default());
        group.bench_function(format!("decode a tree, {name}"), |bencher| {
            bencher.iter(|| decoder.decode(black_box(&bytes)));
        });
    }
    let mut pipeline = Vec::new();
    for number in 0..DEPTH {
        append(&[b"SET", key(number).as_bytes(), VALUE], &mut pipeline);
    }
    let mut decoder = Decoder::new(decode::Limits::default());
    group.throughput(Throughput::Elements(DEPTH as u64));
    group.bench_function("decode 64 arrays of three", |bencher| {
        bencher.iter(|| {
            let mut used = 0;
            while let Ok(Some((value, taken))) =
                decoder.decode(black_box(pipeline.get(used..).unwrap_or_default()))
            {
                black_box(value);
                used += taken;
            }
            used
        });
    });
    group.finish();
}
