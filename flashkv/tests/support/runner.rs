//! Plays a script to a target, step by step, and keeps the replies.

use std::collections::HashMap;

use super::Version;
use super::reply::Reply;
use super::target::{Target, Wire};
use super::transcript::{Action, Script, Step, encode};

/// Runs a script from a fresh start. The replies are in step with `script.steps`; moves of the clock and
/// changes of the client have none.
pub fn run(script: &Script, target: &mut dyn Target, version: Version) -> Vec<Option<Reply>> {
    target.reset();
    let mut clients: HashMap<&str, Client> = HashMap::new();
    let mut name = "a";
    let mut replies = Vec::with_capacity(script.steps.len());
    for step in &script.steps {
        match &step.action {
            Action::Advance(ms) => {
                target.advance(*ms);
                replies.push(None);
                continue;
            }
            Action::Client(next) => name = next,
            Action::Request(_) | Action::Raw(_) | Action::Close => {}
        }
        // Naming a client connects it, so that a script can have one that has not said anything yet.
        let client = clients.entry(name).or_insert_with(|| Client::open(target, version));
        replies.push(match &step.action {
            Action::Request(words) => Some(client.request(words)),
            Action::Raw(bytes) => Some(client.wire.collect(bytes)),
            Action::Close => {
                let reply = client.wire.await_close();
                clients.remove(name);
                Some(reply)
            }
            Action::Advance(_) | Action::Client(_) => None,
        });
    }
    replies
}

/// Runs a script of one client's requests and moves of the clock, all requests between two moves in one
/// pipeline. Many times faster over a socket, and the same replies must come.
pub fn run_in_batches(
    script: &Script,
    target: &mut dyn Target,
    version: Version,
) -> Vec<Option<Reply>> {
    target.reset();
    let mut client = Client::open(target, version);
    let request = |step: &Step| match &step.action {
        Action::Request(words) => Some(encode(words)),
        _ => None,
    };
    let mut replies = Vec::with_capacity(script.steps.len());
    for batch in script.steps.chunk_by(|a, b| request(a).is_some() && request(b).is_some()) {
        if let Action::Advance(ms) = batch[0].action {
            target.advance(ms);
            replies.push(None);
            continue;
        }
        let requests: Vec<Vec<u8>> = batch.iter().filter_map(request).collect();
        assert_eq!(
            requests.len(),
            batch.len(),
            "only requests and moves of the clock can be batched"
        );
        replies.extend(client.wire.exchange_all(&requests).into_iter().map(Some));
    }
    replies
}

struct Client {
    wire: Box<dyn Wire>,
    muting: Muting,
}

/// What CLIENT REPLY left in force: over a socket, the reply that will not come must not be waited for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Muting {
    Off,
    Next,
    All,
}

impl Client {
    fn open(target: &mut dyn Target, version: Version) -> Client {
        let mut wire = target.open();
        if version == Version::Resp3 {
            let reply = wire.exchange(&encode(&["HELLO", "3"]));
            assert_eq!(reply.kind(), Some(b'%'), "HELLO 3 was refused: {reply:?}");
        }
        Client { wire, muting: Muting::Off }
    }

    fn request(&mut self, words: &[Vec<u8>]) -> Reply {
        let request = encode(words);
        if self.is_answered(words) {
            self.wire.exchange(&request)
        } else {
            self.wire.collect(&request)
        }
    }

    fn is_answered(&mut self, words: &[Vec<u8>]) -> bool {
        let lower: Vec<Vec<u8>> = words.iter().map(|word| word.to_ascii_lowercase()).collect();
        let words: Vec<&[u8]> = lower.iter().map(Vec::as_slice).collect();
        let before = self.muting;
        self.muting = match (words.as_slice(), before) {
            ([b"client", b"reply", b"on"] | [b"reset"], _) => Muting::Off,
            ([b"client", b"reply", b"off"], _) => Muting::All,
            ([b"client", b"reply", b"skip"], Muting::Off | Muting::Next) => Muting::Next,
            (_, Muting::All) => Muting::All,
            (_, Muting::Off | Muting::Next) => Muting::Off,
        };
        self.muting == Muting::Off && (before == Muting::Off || is_unmuting(&words))
    }
}

/// The requests that are answered although the client was muted.
fn is_unmuting(words: &[&[u8]]) -> bool {
    matches!(words, [b"client", b"reply", b"on"] | [b"reset"])
}
