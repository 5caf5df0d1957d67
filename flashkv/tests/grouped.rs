//! A pipeline's requests are run in groups: what a client sees must not depend on how many of them came together.

use flashkv::connection::Wire;
use flashkv::{Clock, Config, Shared};
use proptest::prelude::*;

/// Requests on few keys, so that they meet; among them errors, commands that end a group, and replies that are held back.
const REQUESTS: &[&str] = &[
    "GET k1",
    "GET k2",
    "SET k1 one",
    "SET k1 another-value-that-is-longer",
    "SET k2 41 PX 1",
    "SET k3 x NX GET",
    "INCR k2",
    "INCR k1",
    "DECRBY k2 7",
    "APPEND k3 tail",
    "STRLEN k3",
    "LPUSH k4 a b c",
    "LPUSH k1 a",
    "RPOP k4",
    "LLEN k4",
    "LRANGE k4 0 -1",
    "MSET k1 1 k4 2",
    "MGET k1 k2 k3 k4",
    "DEL k1 k2",
    "DEL k4",
    "EXPIRE k3 0",
    "PERSIST k3",
    "TYPE k4",
    "GETDEL k2",
    "RENAME k3 k1",
    "GET",
    "NOSUCH thing",
    "SET k1",
    "SELECT 1",
    "SELECT 0",
    "CLIENT REPLY SKIP",
    "CLIENT REPLY OFF",
    "CLIENT REPLY ON",
    "HELLO 3",
    "DBSIZE",
    "",
];

/// All replies to the requests, sent in pieces of so many.
fn replies(requests: &[&str], together: usize, threads: u16, resp: bool) -> Vec<u8> {
    let config = Config { threads: Some(threads), ..Config::default() };
    let mut wire = Wire::new(&Shared::new(config, Clock::manual(1_900_000_000_000)));
    let encode = |request: &&str| match (resp, request.split_whitespace().collect::<Vec<_>>()) {
        (true, words) => words.iter().fold(format!("*{}\r\n", words.len()), |all, word| {
            format!("{all}${}\r\n{word}\r\n", word.len())
        }),
        (false, words) => words.join(" ") + "\r\n",
    };
    let pieces =
        requests.chunks(together).map(|piece| piece.iter().map(encode).collect::<String>());
    pieces.flat_map(|piece| wire.send(piece.as_bytes())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn requests_are_answered_alike_however_many_come_together(
        picks in prop::collection::vec(0..REQUESTS.len(), 1..200),
        together in 2..200_usize,
    ) {
        let requests: Vec<&str> = picks.iter().map(|pick| REQUESTS[*pick]).collect();
        let one_by_one = replies(&requests, 1, 1, true);
        for threads in [1, 2] {
            prop_assert_eq!(&replies(&requests, together, threads, true), &one_by_one);
        }
        prop_assert_eq!(&replies(&requests, together, 1, false), &one_by_one);
    }
}

#[test]
fn a_group_stops_where_replies_fill_the_output() {
    let config = Config { threads: Some(1), ..Config::default() };
    let mut wire = Wire::new(&Shared::new(config, Clock::manual(0)));
    let value = "x".repeat(100_000);
    wire.send(format!("*3\r\n$3\r\nSET\r\n$3\r\nbig\r\n$100000\r\n{value}\r\n").as_bytes());
    let replies = wire.send(&b"*2\r\n$3\r\nGET\r\n$3\r\nbig\r\n".repeat(100));
    assert_eq!(replies.len(), 100 * "$100000\r\n\r\n".len() + 100 * value.len());
}
