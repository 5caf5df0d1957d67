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
pub const CHAPTERS: &[Chapter] = &[Chapter { number: 6, adds: &["connection/ping-echo"] }];
