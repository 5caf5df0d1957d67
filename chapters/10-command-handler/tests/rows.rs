//! Every row against a real Redis: what COMMAND INFO says of it, as far as a row goes.

#![allow(clippy::unwrap_used, reason = "in a test, an error is a failure")]

use chapter_05::protocol::{ProtocolVersion, Reply};
use chapter_06::protocol::Request;
use chapter_09::{Clock, Engine};
use chapter_10::commands::{dispatch, table};
use transcripts::quoting::escape;
use transcripts::real_redis::RealRedis;
use transcripts::target::Target;
use transcripts::transcript::encode;

#[test]
fn rows_are_those_of_redis() {
    let Some(mut redis) = RealRedis::start_or_skip("rows_are_those_of_redis") else { return };
    let mut redis = redis.open().unwrap();
    let engine = Engine::new(Clock::System);
    for command in table::all() {
        let request = ["COMMAND", "INFO", command.name];
        let mut ours = Vec::new();
        let words = Request::new(request).unwrap();
        dispatch(&engine, &words, &mut Reply::new(&mut ours, ProtocolVersion::Resp2));
        let theirs = redis.exchange(&encode(&request)).bytes;
        // Redis goes on behind the six elements of old: categories, tips, more on keys.
        let row = ours.strip_prefix(b"*1\r\n*6\r\n").unwrap();
        let theirs = theirs.strip_prefix(b"*1\r\n*10\r\n").unwrap();
        let beginning = theirs.get(..row.len()).unwrap_or(theirs);
        assert_eq!(escape(row), escape(beginning));
    }
}
