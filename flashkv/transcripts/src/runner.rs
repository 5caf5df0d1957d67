//! Plays a script to a target, step by step, and keeps the replies.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::quoting::escape;
use crate::reply::Reply;
use crate::target::{Expected, Target, Wire};
use crate::transcript::{Action, Script, Step, encode};
use crate::{Error, Version};

/// Runs a script from a fresh start. The replies are in step with `script.steps`; moves of the clock and
/// changes of the client have none.
pub fn run(
    script: &Script,
    target: &mut dyn Target,
    version: Version,
) -> Result<Vec<Option<Reply>>, Error> {
    let mut player = Player::start(script, target, version)?;
    script.steps.iter().map(|step| player.play(step, Expected::default())).collect()
}

/// A run that goes on when it is told to, one step at a time.
pub struct Player<'a> {
    target: &'a mut dyn Target,
    version: Version,
    clients: HashMap<String, Client>,
    /// The client that is speaking.
    name: String,
}

impl<'a> Player<'a> {
    /// Makes the target as fresh as the script wants it. The steps are then to be played in order.
    pub fn start(
        script: &Script,
        target: &'a mut dyn Target,
        version: Version,
    ) -> Result<Player<'a>, Error> {
        target.reset_for(script)?;
        Ok(Player { target, version, clients: HashMap::new(), name: "a".into() })
    }

    /// Plays a step and takes its reply, if it is one that is answered. What is expected decides only how long it waits
    /// for raw bytes to be answered, where it would have to guess.
    pub fn play(&mut self, step: &Step, expected: Expected<'_>) -> Result<Option<Reply>, Error> {
        match &step.action {
            Action::Advance(ms) => {
                self.target.advance(*ms)?;
                return Ok(None);
            }
            Action::Client(next) => self.name.clone_from(next),
            Action::Request(_) | Action::Raw(_) | Action::Close => {}
        }
        // Naming a client connects it, so that a script can have one that has not said anything yet.
        let client = match self.clients.entry(self.name.clone()) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(Client::open(self.target, self.version)?),
        };
        Ok(match &step.action {
            Action::Request(words) => Some(client.request(words)),
            Action::Raw(bytes) => Some(client.wire.collect_expected(bytes, expected)),
            Action::Close => {
                let reply = client.wire.await_close();
                self.clients.remove(&self.name);
                Some(reply)
            }
            Action::Advance(_) | Action::Client(_) => None,
        })
    }
}

/// Runs a script of one client's requests and moves of the clock, all requests between two moves in one
/// pipeline. Many times faster over a socket, and the same replies must come.
pub fn run_in_batches(
    script: &Script,
    target: &mut dyn Target,
    version: Version,
) -> Result<Vec<Option<Reply>>, Error> {
    target.reset_for(script)?;
    let mut client = Client::open(target, version)?;
    let mut replies = Vec::with_capacity(script.steps.len());
    let mut batch = Vec::new();
    for step in &script.steps {
        match &step.action {
            Action::Request(words) => batch.push(encode(words)),
            Action::Advance(ms) => {
                replies.extend(client.exchange_all(&mut batch));
                target.advance(*ms)?;
                replies.push(None);
            }
            Action::Raw(_) | Action::Close | Action::Client(_) => {
                let problem = "only requests and moves of the clock can be batched";
                return Err(Error::Unplayable(format!("{}: {problem}", script.name)));
            }
        }
    }
    replies.extend(client.exchange_all(&mut batch));
    Ok(replies)
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
    fn open(target: &mut dyn Target, version: Version) -> Result<Client, Error> {
        let mut wire = target.open()?;
        if version == Version::Resp3 {
            let reply = wire.exchange(&encode(&["HELLO", "3"]));
            if reply.kind() != Some(b'%') {
                return Err(Error::NoResp3(escape(&reply.bytes)));
            }
        }
        Ok(Client { wire, muting: Muting::Off })
    }

    /// Sends what has been gathered, and takes its replies.
    fn exchange_all(&mut self, requests: &mut Vec<Vec<u8>>) -> Vec<Option<Reply>> {
        let requests = std::mem::take(requests);
        if requests.is_empty() {
            return Vec::new();
        }
        self.wire.exchange_all(&requests).into_iter().map(Some).collect()
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
