//! A small server that knows GET, SET and PING, and what checking it says.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use transcripts::check::{check, check_against};
use transcripts::quoting::{escape, unescape};
use transcripts::tcp::Remote;
use transcripts::transcript::{Action, Script};
use transcripts::{Error, Version, chapters, script, scripts, snapshot};

#[test]
fn every_transcript_has_its_pinned_replies() {
    for script in scripts().unwrap() {
        for version in Version::BOTH {
            let expected = snapshot::expected(&script, version).unwrap();
            assert_eq!(expected.len(), script.steps.len());
            for (step, expected) in script.steps.iter().zip(expected) {
                let is_answered =
                    matches!(step.action, Action::Request(_) | Action::Raw(_) | Action::Close);
                assert_eq!(expected.is_some(), is_answered, "{}:{}", script.name, step.line);
            }
        }
    }
}

#[test]
fn every_chapter_has_its_transcripts() {
    for chapter in chapters::CHAPTERS {
        assert!(!chapter.scripts().unwrap().is_empty());
    }
    assert_eq!(chapters::chapter(4).unwrap_err().to_string(), "chapter 04 has no transcripts");
}

#[test]
fn what_is_escaped_can_be_read_back() {
    let every_byte: Vec<u8> = (0..=255).collect();
    assert_eq!(unescape(&escape(&every_byte)), every_byte);
}

#[test]
fn a_server_that_says_the_right_thing_passes() {
    let mut server = Remote::new(serve("+PONG\r\n"));
    let outcome = check(&script("connection/ping-echo").unwrap(), &mut server).unwrap();
    // ECHO is where it ends.
    assert_eq!(outcome.replies, 2);
    let outcome = check(&script("strings/basics").unwrap(), &mut server).unwrap();
    assert!(outcome.passed(), "{}", outcome.difference.unwrap());
    // A second time: whatever the first left there was deleted.
    assert!(check(&script("strings/basics").unwrap(), &mut server).unwrap().passed());
}

#[test]
fn the_first_wrong_reply_is_shown() {
    let outcome =
        check(&script("connection/ping-echo").unwrap(), &mut Remote::new(serve("+pong\r\n")));
    let difference = outcome.unwrap().difference.unwrap();
    assert_eq!(
        difference.to_string(),
        "connection/ping-echo.txt:2 (RESP2)  PING\n\
         \x20 expected: +PONG\\r\\n\n\
         \x20 got:      +pong\\r\\n\n\
         \x20            ^ byte 1"
    );
}

#[test]
fn two_servers_are_held_against_each_other() {
    let script = Script::parse("keys/test", "SET k v\nGET k\nPING\nGET other\n").unwrap();
    let (mut one, mut two) = (Remote::new(serve("+PONG\r\n")), Remote::new(serve("+POMG\r\n")));
    let outcome = check_against(&script, &mut one, &mut two).unwrap();
    assert_eq!((outcome.replies, outcome.difference.unwrap().line), (2, 3));
}

#[test]
fn what_needs_another_clock_is_left_out() {
    let script = Script::parse("keys/test", "SET k v\n@advance 5\nGET k\n").unwrap();
    let (mut one, mut two) = (Remote::new(serve("+PONG\r\n")), Remote::new(serve("+PONG\r\n")));
    let outcome = check_against(&script, &mut one, &mut two).unwrap();
    assert_eq!((outcome.replies, outcome.left_out), (1, 2));
}

#[test]
fn nobody_listening_is_an_error_with_the_address() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = check(&script("strings/basics").unwrap(), &mut Remote::new(gone)).unwrap_err();
    assert!(matches!(error, Error::Connect { .. }));
    assert!(error.to_string().starts_with(&format!("cannot connect to {gone}: ")), "{error}");
}

/// A server for as long as the test runs.
fn serve(pong: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let data = Arc::default();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let data = Arc::clone(&data);
            std::thread::spawn(move || serve_client(&stream.unwrap(), &data, pong));
        }
    });
    address
}

fn serve_client(stream: &TcpStream, data: &Mutex<HashMap<Vec<u8>, Vec<u8>>>, pong: &str) {
    let mut input = BufReader::new(stream);
    while let Some(words) = read_request(&mut input) {
        let mut data = data.lock().unwrap();
        let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
        let reply = match (words[0].to_ascii_lowercase().as_slice(), &words[1..]) {
            (b"get", [key]) => match data.get(*key) {
                Some(value) => {
                    [format!("${}\r\n", value.len()).as_bytes(), value, b"\r\n"].concat()
                }
                None => b"$-1\r\n".to_vec(),
            },
            (b"set", [key, value]) => {
                data.insert(key.to_vec(), value.to_vec());
                b"+OK\r\n".to_vec()
            }
            (b"del", [key]) => {
                format!(":{}\r\n", i32::from(data.remove(*key).is_some())).into_bytes()
            }
            (b"ping", []) => pong.as_bytes().to_vec(),
            _ => b"-ERR that is beyond me\r\n".to_vec(),
        };
        let mut output = stream;
        output.write_all(&reply).unwrap();
    }
}

fn read_request(input: &mut impl BufRead) -> Option<Vec<Vec<u8>>> {
    let words = read_number(input)?;
    (0..words)
        .map(|_| {
            let mut word = vec![0; read_number(input)? + 2];
            input.read_exact(&mut word).ok()?;
            word.truncate(word.len() - 2);
            Some(word)
        })
        .collect()
}

fn read_number(input: &mut impl BufRead) -> Option<usize> {
    let mut line = String::new();
    input.read_line(&mut line).ok()?;
    line.trim_end().get(1..)?.parse().ok()
}
