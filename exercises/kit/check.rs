//! What a check uses: it says what it does, then holds what came against what should have come. It knows no
//! exercise and writes nothing: [`crate::render`] does.

use std::error::Error;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::client::{Client, End};
use crate::compare::{self, Difference, abridged, listed};

/// How a check ends: well, or with what is wrong.
pub type Verdict = Result<(), Failure>;

/// A check at work. What it says of itself is kept, so that a panic or an endless loop is told in the same
/// words as a wrong value.
#[derive(Clone, Debug, Default)]
pub struct Check {
    progress: Arc<Mutex<Progress>>,
}

/// How far a check has come.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// The steps that are behind it.
    pub passed: Vec<String>,
    /// The one that it is at.
    pub step: Option<String>,
    /// What it did in this step: label and text.
    pub done: Vec<(String, String)>,
    /// What it means if this does not come out well.
    pub means: Option<String>,
    /// What it means if this does not end.
    pub hangs: Option<String>,
}

/// What is wrong with an answer.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What was expected and what came.
    pub(crate) kind: Box<FailureKind>,
}

#[derive(Clone, Debug)]
pub(crate) enum FailureKind {
    /// Two values, held against each other.
    Differs(Difference),
    /// Two descriptions.
    Told { expected: String, got: String },
    /// The check could not go on; not necessarily the answer's fault.
    Stopped(String),
}

impl Check {
    /// Begins a step: a few words that finish the sentence "it fails on …". The one before it has passed.
    pub fn step(&self, name: &str) {
        let mut progress = self.progress();
        let before = progress.step.replace(name.to_owned());
        progress.passed.extend(before);
        progress.done.clear();
        progress.means = None;
        progress.hangs = None;
    }

    /// What was sent, in the pieces in which it was. Replaces what was said of sending before.
    pub fn sent<I>(&self, pieces: I)
    where
        I: IntoIterator<Item: AsRef<[u8]>>,
    {
        let mut ends = Vec::new();
        let mut sent = 0;
        let mut texts = Vec::new();
        for piece in pieces {
            sent += piece.as_ref().len();
            ends.push(sent.to_string());
            texts.push(abridged(piece.as_ref()));
        }
        ends.pop();
        let text = match ends.as_slice() {
            [] => texts.concat(),
            [at] => format!("{}   (¦ cut after byte {at})", texts.join(" ¦ ")),
            _ if texts.len() <= 6 => {
                format!("{}   (¦ cut after bytes {})", texts.join(" ¦ "), ends.join(", "))
            }
            _ => {
                let first: Vec<String> = texts.iter().take(4).cloned().collect();
                format!("{} ¦ …   ({} pieces, {sent} bytes)", first.join(" ¦ "), texts.len())
            }
        };
        self.say("sent", text);
    }

    /// What was done, in words or as code: `check.did("set(\"k\", \"v\"), then get(\"k\")")`.
    pub fn did(&self, what: impl Into<String>) {
        self.say("did", what.into());
    }

    /// What a wrong result here says about the answer, for somebody who has read the chapter. It holds until
    /// the step ends or something else is said.
    pub fn means(&self, text: impl Into<String>) {
        self.progress().means = Some(text.into());
    }

    /// What it says about the answer if this step does not end, where more is known than that it hangs.
    pub fn hangs(&self, text: impl Into<String>) {
        self.progress().hangs = Some(text.into());
    }

    /// Bytes must be these.
    ///
    /// # Errors
    /// If they differ.
    pub fn bytes(&self, expected: impl AsRef<[u8]>, got: impl AsRef<[u8]>) -> Verdict {
        let (expected, got) = (expected.as_ref(), got.as_ref());
        if expected == got {
            return Ok(());
        }
        Err(FailureKind::Differs(compare::of_bytes(expected, got)).into())
    }

    /// Pieces of bytes (lines, frames, arguments) must be these.
    ///
    /// # Errors
    /// If they differ.
    pub fn pieces<E: AsRef<[u8]>, G: AsRef<[u8]>>(&self, expected: &[E], got: &[G]) -> Verdict {
        let same = expected.len() == got.len()
            && expected.iter().zip(got).all(|(a, b)| a.as_ref() == b.as_ref());
        if same {
            return Ok(());
        }
        Err(FailureKind::Differs(compare::of_text(&listed(expected), &listed(got))).into())
    }

    /// A value must be this.
    ///
    /// # Errors
    /// If it differs.
    pub fn equal<E, G>(&self, expected: E, got: G) -> Verdict
    where
        E: Debug + PartialEq<G>,
        G: Debug,
    {
        if expected == got {
            return Ok(());
        }
        let (expected, got) = (format!("{expected:?}"), format!("{got:?}"));
        Err(FailureKind::Differs(compare::of_text(&expected, &got)).into())
    }

    /// Something must hold; both sides in words.
    ///
    /// # Errors
    /// If it does not.
    pub fn that(
        &self,
        holds: bool,
        expected: impl Into<String>,
        got: impl Into<String>,
    ) -> Verdict {
        if holds { Ok(()) } else { Err(Failure::told(expected, got)) }
    }

    /// The next bytes that a server sends must be these, within the client's patience.
    ///
    /// # Errors
    /// If others come, or none.
    pub fn replies(&self, client: &mut Client, expected: impl AsRef<[u8]>) -> Verdict {
        let expected = expected.as_ref();
        let received = client.receive(expected.len());
        if received.bytes == expected {
            return Ok(());
        }
        let mut difference = compare::of_bytes(expected, &received.bytes);
        match received.end {
            End::Enough => {}
            End::Closed => difference.got.push_str("   (then the connection was closed)"),
            End::Late => difference.got.push_str("   (then nothing more came)"),
        }
        Err(FailureKind::Differs(difference).into())
    }

    /// The server must close the connection without another byte.
    ///
    /// # Errors
    /// If something comes, or the connection stays open.
    pub fn closes(&self, client: &mut Client) -> Verdict {
        let received = client.receive(usize::MAX);
        let got = match (received.bytes.as_slice(), received.end) {
            ([], End::Closed) => return Ok(()),
            ([], _) => "it stays open".to_owned(),
            (bytes, _) => format!("{} comes first", abridged(bytes)),
        };
        Err(Failure::told("the connection is closed", got))
    }

    /// How far it has come.
    pub fn progress_so_far(&self) -> Progress {
        self.progress().clone()
    }

    fn say(&self, label: &str, text: String) {
        let mut progress = self.progress();
        progress.done.retain(|(said, _)| said != label);
        progress.done.push((label.to_owned(), text));
    }

    /// A thread of the answer that panicked while it held this must not hide what was said.
    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Failure {
    /// What should have been and what was, both in words.
    pub fn told(expected: impl Into<String>, got: impl Into<String>) -> Failure {
        FailureKind::Told { expected: expected.into(), got: got.into() }.into()
    }
}

impl From<FailureKind> for Failure {
    fn from(kind: FailureKind) -> Failure {
        Failure { kind: Box::new(kind) }
    }
}

/// So that a check can use `?` on whatever its own work returns.
impl<E: Error> From<E> for Failure {
    fn from(error: E) -> Failure {
        FailureKind::Stopped(error.to_string()).into()
    }
}

/// Every way to send bytes in two pieces, neither empty.
pub fn splits(bytes: &[u8]) -> impl Iterator<Item = [&[u8]; 2]> {
    (1..bytes.len()).map(|at| {
        let (first, second) = bytes.split_at(at);
        [first, second]
    })
}
