//! Which transcripts belong to which chapter of the course: each is listed once, at the chapter whose server is the
//! first that knows all it needs. A chapter passes its own and those of the chapters before it.

use crate::transcript::Script;
use crate::{Error, script};

/// A chapter whose server answers transcripts.
#[derive(Clone, Copy, Debug)]
pub struct Chapter {
    /// Its number.
    pub number: u8,
    /// The names of the transcripts that no chapter before it passes.
    pub adds: &'static [&'static str],
}

impl Chapter {
    /// The names of all transcripts that it passes.
    pub fn passes(&self) -> impl Iterator<Item = &'static str> + use<> {
        let number = self.number;
        let upto = CHAPTERS.iter().take_while(move |chapter| chapter.number <= number);
        upto.flat_map(|chapter| chapter.adds.iter().copied())
    }

    /// The transcripts themselves.
    pub fn scripts(&self) -> Result<Vec<Script>, Error> {
        self.passes().map(script).collect()
    }
}

/// A chapter by its number.
pub fn chapter(number: u8) -> Result<Chapter, Error> {
    CHAPTERS.iter().find(|chapter| chapter.number == number).copied().ok_or(Error::Chapter(number))
}

/// The chapters that have a server of Redis commands, in order.
///
/// From chapter 10 on, all 46 commands of the course are there, with their errors. The basic scripts before it keep to
/// what the servers without a command table do: right requests, and the errors that come of the data.
pub const CHAPTERS: &[Chapter] = &[
    Chapter { number: 3, adds: &["connection/inline-plain"] },
    Chapter { number: 5, adds: &["connection/inline-errors"] },
    Chapter {
        number: 6,
        adds: &["connection/ping-echo", "connection/inline", "connection/protocol"],
    },
    Chapter { number: 7, adds: &["strings/basics"] },
    Chapter { number: 8, adds: &["strings/basics-changes", "lists/basics", "keys/basics"] },
    Chapter { number: 9, adds: &["keys/basics-deadlines"] },
    Chapter {
        number: 10,
        adds: &[
            "connection/inline-keys",
            "connection/unknown-commands",
            "strings/append",
            "strings/get",
            "strings/getdel",
            "strings/getset",
            "strings/incr",
            "strings/incrby",
            "strings/mget",
            "strings/mset",
            "strings/set",
            "strings/set-expiry",
            "strings/set-get",
            "strings/set-times",
            "strings/setex",
            "strings/setnx",
            "strings/strlen",
            "strings/wrong-type",
            "lists/big-elements",
            "lists/lindex",
            "lists/llen",
            "lists/lrange",
            "lists/lrem",
            "lists/lset",
            "lists/pop",
            "lists/push",
            "lists/wrong-type",
            "keys/del-exists",
            "keys/expire",
            "keys/expire-conditions",
            "keys/expire-overflow",
            "keys/expireat",
            "keys/expired-invisible",
            "keys/expiry-interplay",
            "keys/keys",
            "keys/rename",
            "keys/ttl",
            "keys/type",
            "server/arity",
            "server/command-basics",
            "server/config-basics",
            "server/debug-basics",
            "server/flush",
            "server/info",
            "server/time",
        ],
    },
    Chapter { number: 11, adds: &[] },
    Chapter { number: 12, adds: &[] },
];
