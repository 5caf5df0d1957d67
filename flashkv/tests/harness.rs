//! The harness itself: what it reads, how it compares, and that a wrong reply does not get past it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

mod support;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};

use support::generate;
use support::{run, run_in_batches, scripts};
use transcripts::compare::{Tally, shown};
use transcripts::quoting::{QuoteError, escape, escape_lines, quote, split};
use transcripts::real_redis::RealRedis;
use transcripts::reply::{End, Reply, read_reply};
use transcripts::target::{Target, Wire};
use transcripts::tcp::Remote;
use transcripts::transcript::{Action, Check, Marks, Script, Step, encode};
use transcripts::{Error, Version};

#[test]
fn request_lines_are_split_as_redis_splits_them() {
    let words = |line| split(line).map(|words| words.iter().map(|word| escape(word)).collect());
    let ok = |expected: &[&str]| Ok(expected.iter().map(ToString::to_string).collect::<Vec<_>>());
    assert_eq!(words(r#"SET k "a\r\nb\x00""#), ok(&["SET", "k", r"a\r\nb\x00"]));
    assert_eq!(words(r#"  ECHO   "" '' "#), ok(&["ECHO", "", ""]));
    assert_eq!(words(r#"ECHO 'it\'s \n' "\q\x4""#), ok(&["ECHO", r"it's \\n", "qx4"]));
    assert_eq!(words(r#"ECHO a"b c""#), ok(&["ECHO", "ab c"]));
    assert_eq!(words("ECHO \"a\"b"), Err(QuoteError::NotFollowedByBlank));
    assert_eq!(words("ECHO 'a"), Err(QuoteError::Unbalanced));
}

#[test]
fn a_quoted_word_reads_back_as_it_was() {
    let every_byte: Vec<u8> = (0..=255).collect();
    let words: [&[u8]; 8] =
        [b"", b"plain", b"two words", b"#", b"@x", b"\"'\\", b"\r\n", &every_byte];
    for word in words {
        assert_eq!(split(&format!("ECHO {}", quote(word))).unwrap()[1], word);
    }
}

#[test]
fn escaped_lines_end_where_the_wire_does() {
    assert_eq!(escape_lines(b"$3\r\na\nb\r\n+OK"), [r"$3\r\n", r"a\nb\r\n", "+OK"]);
    assert_eq!(escape_lines(b""), [""; 0]);
}

#[test]
fn a_transcript_is_steps_with_marks() {
    let text = "# comment\n\nGET k\n@random reason\nRANDOMKEY\n@advance 5\n@client b\n@raw \"x\\r\\n\"\n@close\n";
    let script = Script::parse("keys/test", text).unwrap();
    let lines: Vec<usize> = script.steps.iter().map(|step| step.line).collect();
    assert_eq!(lines, [3, 5, 6, 7, 8, 9]);
    assert_eq!(script.steps[1].marks.check, Check::TypeOnly("reason".into()));
    assert_eq!(script.steps[2].action, Action::Advance(5));
    assert_eq!(script.steps[4].action, Action::Raw(b"x\r\n".to_vec()));
    assert_eq!(script.to_text(), text.strip_prefix("# comment\n\n").unwrap());
}

#[test]
fn a_transcript_with_a_mistake_says_where() {
    let error = |text: &str| Script::parse("keys/test", text).unwrap_err().to_string();
    assert_eq!(
        error("GET k\n@differs\nGET k"),
        "keys/test.txt:2: a mark needs its reason: @differs"
    );
    assert_eq!(error("@foo"), "keys/test.txt:1: unknown directive: @foo");
    assert_eq!(error("@differs why"), "keys/test.txt: a mark at the end is about no request");
    assert_eq!(
        error("@differs why\n@close"),
        "keys/test.txt:2: a mark must stand right before the request it is about: @close"
    );
}

#[test]
fn one_reply_is_read_and_no_more() {
    let replies: [&[u8]; 12] = [
        b"+OK\r\n",
        b"$-1\r\n",
        b"*-1\r\n",
        b"$4\r\na\r\nb\r\n",
        b"*2\r\n*1\r\n:1\r\n$0\r\n\r\n",
        b"_\r\n",
        b"%1\r\n+k\r\n~2\r\n#t\r\n,1.5\r\n",
        b"=7\r\ntxt:abc\r\n",
        b"!3\r\nERR\r\n",
        b"(123456789012345678901\r\n",
        b"|1\r\n+ttl\r\n:5\r\n$1\r\nv\r\n",
        b">2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n:7\r\n",
    ];
    for bytes in replies {
        let mut stream = [bytes, b"+NEXT\r\n"].concat();
        let mut stream: &[u8] = &mut stream;
        let reply = read_reply(&mut stream);
        assert_eq!((escape(&reply.bytes), reply.end), (escape(bytes), End::Complete));
        assert_eq!(stream, b"+NEXT\r\n");
        for cut in 0..bytes.len() {
            assert_eq!(
                read_reply(&mut &bytes[..cut]).end,
                End::Closed,
                "{}",
                escape(&bytes[..cut])
            );
        }
    }
    assert_eq!(read_reply(&mut &b"OK\r\n"[..]).end, End::Malformed);
    assert_eq!(read_reply(&mut &b"+OK\n"[..]).end, End::Malformed);
}

#[test]
fn the_kind_of_a_reply_is_that_of_its_value() {
    let kind = |bytes: &[u8]| Reply::from_bytes(bytes.to_vec(), End::Complete).kind();
    assert_eq!(kind(b"|1\r\n+ttl\r\n:5\r\n$1\r\nv\r\n"), Some(b'$'));
    assert_eq!(kind(b">1\r\n+x\r\n-ERR\r\n"), Some(b'-'));
    assert_eq!(kind(b""), None);
}

#[test]
fn unordered_replies_are_sorted_by_element() {
    let sorted = |bytes: &[u8]| {
        escape(&shown(&Reply::from_bytes(bytes.to_vec(), End::Complete), &Marks::unordered("why")))
    };
    assert_eq!(sorted(b"*2\r\n$1\r\nb\r\n$1\r\na\r\n"), sorted(b"*2\r\n$1\r\na\r\n$1\r\nb\r\n"));
    assert_eq!(sorted(b"%2\r\n+b\r\n:1\r\n+a\r\n:2\r\n"), r"%2\r\n+a\r\n:2\r\n+b\r\n:1\r\n");
    assert_eq!(
        sorted(b"*2\r\n$1\r\n0\r\n*2\r\n$1\r\nb\r\n$1\r\na\r\n"),
        r"*2\r\n$1\r\n0\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n"
    );
    assert_eq!(sorted(b"+OK\r\n"), r"+OK\r\n");
}

#[test]
fn a_seed_always_gives_the_same_sequence() {
    assert_eq!(generate::script(7).steps, generate::script(7).steps);
    assert_ne!(generate::script(7).steps, generate::script(8).steps);
}

#[test]
fn a_sequence_reads_back_from_its_text() {
    for seed in 0..20 {
        let script = generate::script(seed);
        let again = Script::parse(&script.name, &script.to_text()).unwrap();
        for (step, again) in script.steps.iter().zip(&again.steps) {
            assert_eq!((&step.action, &step.marks), (&again.action, &again.marks));
        }
        assert_eq!(script.steps.len(), again.steps.len());
    }
}

#[test]
fn a_failure_blamed_on_the_wrong_step_is_still_shrunk() {
    let is_dbsize = |step: &Step| step.text.eq_ignore_ascii_case("dbsize");
    let mut fails = |script: &Script| script.steps.iter().any(is_dbsize);
    let script = (0..).map(generate::script).find(&mut fails).unwrap();
    let shrunk = generate::shrink(script, 0, &mut fails);
    assert_eq!(shrunk.to_text().to_ascii_lowercase(), "dbsize\n");
}

#[test]
fn a_reply_that_dribbles_in_is_whole_and_a_missing_one_is_closed() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut remote = Remote::new(listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        for byte in b"$4\r\na\r\nb\r\n:1\r\n+QU" {
            stream.write_all(&[*byte]).unwrap();
            stream.flush().unwrap();
        }
        // Read to the end, so that closing does not reset what the client has yet to read.
        stream.shutdown(Shutdown::Write).unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
    });
    let mut wire = remote.open().unwrap();
    let mut exchange = || {
        let reply = wire.exchange(&encode(&["GET", "k"]));
        (escape(&reply.bytes), reply.end)
    };
    assert_eq!(exchange(), (r"$4\r\na\r\nb\r\n".into(), End::Complete));
    // The next reply may have come already: nobody asked for it, so it is shown in front.
    let (bytes, end) = exchange();
    assert!(bytes.starts_with(r":1\r\n"), "{bytes}");
    // Or a part of it had come, and the rest looks like nothing.
    assert!(matches!(end, End::Complete | End::Closed | End::Malformed));
    assert_eq!(wire.await_close().end, End::Closed);
    drop(wire);
    server.join().unwrap();
}

#[test]
fn a_wrong_byte_in_one_reply_is_found_and_shown() {
    let Some(mut redis) = RealRedis::start_or_skip("a_wrong_byte_in_one_reply") else { return };
    let mut altered = Altered(RealRedis::start().unwrap());
    let text = "SET k abc\nGET k\n@differs on purpose\nGET k\nSTRLEN k\n";
    let script = Script::parse("strings/planted", text).unwrap();
    let mut tally = Tally::default();
    for version in Version::BOTH {
        let (ours, theirs) =
            (run(&script, &mut altered, version), run(&script, &mut redis, version));
        tally.add(&script, version, &ours, &theirs);
    }
    assert_eq!((tally.replies, tally.marked, tally.differences.len()), (8, 2, 2));
    assert_eq!(
        tally.differences[0].to_string(),
        "strings/planted.txt:2 (RESP2)  GET k\n\
         \x20 redis: $3\\r\\nabc\\r\\n\n\
         \x20 ours:  $3\\r\\nabC\\r\\n\n\
         \x20                ^ byte 6"
    );
}

#[test]
fn a_wrong_byte_in_a_random_sequence_shrinks_to_what_it_takes() {
    let Some(mut redis) = RealRedis::start_or_skip("a_wrong_byte_in_a_random_sequence") else {
        return;
    };
    let mut altered = Altered(RealRedis::start().unwrap());
    let mut differing = |script: &Script| {
        let theirs = run(script, &mut redis, Version::Resp2);
        let ours = run(script, &mut altered, Version::Resp2);
        let mut tally = Tally::default();
        tally.add(script, Version::Resp2, &ours, &theirs);
        tally.differences
    };
    let (script, first) = (0..200)
        .find_map(|seed| {
            let script = generate::script(seed);
            let first = differing(&script).first()?.step;
            Some((script, first))
        })
        .expect("some sequence reads back a value with a c at its end");
    let shrunk = generate::shrink(script, first, &mut |script| !differing(script).is_empty());
    let requests = generate::requests(&shrunk);
    assert!((1..=3).contains(&requests), "{}", shrunk.to_text());
}

#[test]
fn raw_bytes_are_answered_to_the_last_reply() {
    let Some(mut redis) = RealRedis::start_or_skip("raw_bytes_are_answered") else { return };
    let big = "x".repeat(300_000);
    let pings = r"PING\r\n".repeat(20_000);
    let text = format!(
        "SET k {big}\n@raw \"GET k\\r\\nGET k\\r\\n\"\n@raw \"{pings}\"\n@raw \"{pings}*x\\r\\n\"\n"
    );
    let script = Script::parse("raw", &text).unwrap();
    for _ in 0..3 {
        let replies = run(&script, &mut redis, Version::Resp2);
        let ends = replies.iter().flatten().map(|reply| (reply.bytes.len(), reply.end));
        let error = "-ERR Protocol error: invalid multibulk length\r\n".len();
        assert_eq!(
            ends.collect::<Vec<_>>(),
            [
                (5, End::Complete),
                (2 * (300_000 + 11), End::Complete),
                (7 * 20_000, End::Complete),
                (7 * 20_000 + error, End::Closed),
            ]
        );
    }
}

#[test]
fn a_script_cannot_leave_anything_to_the_next() {
    let Some(mut redis) = RealRedis::start_or_skip("a_script_cannot_leave_anything") else {
        return;
    };
    let look =
        "DBSIZE\nTIME\nCONFIG GET maxmemory\nCONFIG GET requirepass\nSLOWLOG LEN\nCLIENT GETNAME\n";
    let look = Script::parse("look", look).unwrap();
    let fresh = run(&look, &mut redis, Version::Resp2);
    for mess in [
        "SET k v\nSELECT 3\nSET k v\n@advance 100000\nCLIENT SETNAME x\nCONFIG SET maxmemory 100mb\n",
        "CONFIG SET requirepass secret\n",
        "CLIENT KILL TYPE normal SKIPME no\n@close\n",
    ] {
        run(&Script::parse("mess", mess).unwrap(), &mut redis, Version::Resp2);
        assert_eq!(run(&look, &mut redis, Version::Resp2), fresh, "after {mess}");
    }
}

#[test]
fn transcripts_agree_with_themselves() {
    let Some(mut redis) = RealRedis::start_or_skip("transcripts_agree_with_themselves") else {
        return;
    };
    let mut other = RealRedis::start().unwrap();
    let mut tally = Tally::default();
    for script in scripts() {
        for version in Version::BOTH {
            let ours = run(&script, &mut other, version);
            tally.add(&script, version, &ours, &run(&script, &mut redis, version));
        }
    }
    let report: Vec<String> = tally.differences.iter().map(ToString::to_string).collect();
    // Two of the same: what differs here wants a mark in its script.
    assert!(report.is_empty(), "not marked as differing:\n{}", report.join("\n\n"));
}

#[test]
fn a_batch_is_answered_like_single_requests() {
    let Some(mut redis) = RealRedis::start_or_skip("a_batch_is_answered") else { return };
    for seed in 0..5 {
        let script = generate::script(seed);
        let (mut tally, version) = (Tally::default(), Version::Resp3);
        let batched = run_in_batches(&script, &mut redis, version);
        let single = run(&script, &mut redis, version);
        assert_eq!(tally.add(&script, version, &batched, &single), 0, "{:?}", tally.differences);
    }
}

#[test]
fn random_sequences_see_every_command_succeed_and_fail() {
    let Some(mut redis) = RealRedis::start_or_skip("random_sequences_see_every_command") else {
        return;
    };
    let mut seen: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for seed in 0..100 {
        let script = generate::script(seed);
        let replies = run_in_batches(&script, &mut redis, Version::Resp2);
        let drawn = generate::drawn(&script);
        for (step, reply) in script.steps.iter().zip(&replies).take(drawn) {
            let (Action::Request(words), Some(reply)) = (&step.action, reply) else { continue };
            let name = String::from_utf8_lossy(&words[0]).to_ascii_lowercase();
            let (succeeded, failed) = seen.entry(name).or_default();
            *(if reply.is_error() { failed } else { succeeded }) += 1;
        }
    }
    for command in generate::commands() {
        let (succeeded, failed) = seen.get(&command).copied().unwrap_or_default();
        // Some are drawn too rarely to be spoiled among so few; wrong arities are pinned by transcripts.
        assert!(succeeded > 0, "{command} never succeeds ({failed} failures)");
        println!("{command}: {succeeded} ok, {failed} errors");
    }
}

/// A server that answers GET's `…c` with `…C`.
struct Altered(RealRedis);

struct AlteredWire(Box<dyn Wire>);

impl Target for Altered {
    fn open(&mut self) -> Result<Box<dyn Wire>, Error> {
        Ok(Box::new(AlteredWire(self.0.open()?)))
    }

    fn advance(&mut self, ms: u64) -> Result<(), Error> {
        self.0.advance(ms)
    }

    fn reset(&mut self) -> Result<(), Error> {
        self.0.reset()
    }
}

impl Wire for AlteredWire {
    fn exchange(&mut self, request: &[u8]) -> Reply {
        let mut reply = self.0.exchange(request);
        let is_get = request.to_ascii_lowercase().starts_with(b"*2\r\n$3\r\nget\r\n");
        if let (true, [.., last @ b'c', b'\r', b'\n']) = (is_get, reply.bytes.as_mut_slice()) {
            *last = b'C';
        }
        reply
    }

    fn collect(&mut self, bytes: &[u8]) -> Reply {
        self.0.collect(bytes)
    }

    fn await_close(&mut self) -> Reply {
        self.0.await_close()
    }
}
