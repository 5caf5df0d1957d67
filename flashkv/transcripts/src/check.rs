//! Holds a server against what it should say, one command at a time, and stops a script at its first difference: what
//! follows a wrong reply is often wrong because of it.

use std::fmt;

use crate::chapters::{self, Chapter};
use crate::compare::{Difference, shown};
use crate::reply::{End, Reply};
use crate::runner::Player;
use crate::snapshot;
use crate::target::{Expected, Target};
use crate::transcript::{Check, Marks, Script, Step};
use crate::{Error, Version};

/// How a script went.
#[derive(Debug)]
pub struct Outcome {
    /// The script's name.
    pub script: String,
    /// Replies that were as they should be.
    pub replies: usize,
    /// The first that was not, if any; the script was not played any further.
    pub difference: Option<Difference>,
    /// Steps at the end that were left out: from the first on that needs a clock that can be moved, which a server that
    /// somebody else has started does not offer.
    pub left_out: usize,
}

impl Outcome {
    /// Whether all replies were as they should be.
    pub fn passed(&self) -> bool {
        self.difference.is_none()
    }
}

/// How a chapter's scripts went.
#[derive(Debug)]
pub struct Report {
    /// The chapter's number.
    pub chapter: u8,
    /// One for each script.
    pub outcomes: Vec<Outcome>,
}

impl Report {
    /// Whether all replies of all scripts were as they should be.
    pub fn passed(&self) -> bool {
        self.outcomes.iter().all(Outcome::passed)
    }
}

impl fmt::Display for Report {
    /// The numbers, and each script's first difference.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let passed = self.outcomes.iter().filter(|outcome| outcome.passed()).count();
        let replies: usize = self.outcomes.iter().map(|outcome| outcome.replies).sum();
        let (number, all) = (self.chapter, self.outcomes.len());
        write!(f, "chapter {number:02}: {passed} of {all} transcripts, {replies} replies")?;
        let left_out: usize = self.outcomes.iter().map(|outcome| outcome.left_out).sum();
        if left_out > 0 {
            write!(f, " ({left_out} steps left out: they need a clock that can be moved)")?;
        }
        for difference in self.outcomes.iter().filter_map(|outcome| outcome.difference.as_ref()) {
            write!(f, "\n\n{difference}")?;
        }
        Ok(())
    }
}

/// Plays all transcripts that the chapter's own server must pass, and compares every reply with the finished server's.
pub fn check_chapter(number: u8, target: &mut dyn Target) -> Result<Report, Error> {
    let chapter = chapters::chapter(number)?;
    let outcomes = play_all(&chapter, |script| check(script, target))?;
    Ok(Report { chapter: number, outcomes })
}

/// [`check_chapter`] that expects what a second server says at the same time.
pub fn check_chapter_against(
    number: u8,
    target: &mut dyn Target,
    other: &mut dyn Target,
) -> Result<Report, Error> {
    let chapter = chapters::chapter(number)?;
    let outcomes = play_all(&chapter, |script| check_against(script, target, other))?;
    Ok(Report { chapter: number, outcomes })
}

fn play_all(
    chapter: &Chapter,
    mut play: impl FnMut(&Script) -> Result<Outcome, Error>,
) -> Result<Vec<Outcome>, Error> {
    chapter.scripts()?.iter().map(&mut play).collect()
}

/// Nothing played yet, and the steps that can be.
fn begin<'s>(script: &'s Script, target: &dyn Target) -> (Outcome, &'s [Step]) {
    let all = script.steps.as_slice();
    let steps = if target.has_injected_clock() { all } else { script.untimed() };
    let left_out = all.len() - steps.len();
    (Outcome { script: script.name.clone(), replies: 0, difference: None, left_out }, steps)
}

/// Plays a script in RESP2 and compares each reply with the finished server's.
pub fn check(script: &Script, target: &mut dyn Target) -> Result<Outcome, Error> {
    let pinned = snapshot::expected(script, Version::Resp2)?;
    let (mut outcome, steps) = begin(script, target);
    let mut player = Player::start(script, target, Version::Resp2)?;
    for (index, (step, pinned)) in steps.iter().zip(pinned).enumerate() {
        let wanted = pinned.unwrap_or_default();
        let Some(reply) = player.play(step, awaited(&wanted, &step.marks))? else { continue };
        if !compare(&mut outcome, script, (index, step), (&reply, wanted), ["expected", "got"]) {
            break;
        }
    }
    Ok(outcome)
}

/// Plays a script in RESP2 to two servers, step by step, and compares each reply of the first with that of the second.
pub fn check_against(
    script: &Script,
    target: &mut dyn Target,
    other: &mut dyn Target,
) -> Result<Outcome, Error> {
    let (mut outcome, steps) = begin(script, target);
    let mut theirs = Player::start(script, other, Version::Resp2)?;
    let mut ours = Player::start(script, target, Version::Resp2)?;
    for (index, step) in steps.iter().enumerate() {
        let wanted = theirs.play(step, Expected::default())?;
        let wanted = wanted.map(|reply| shown(&reply, &step.marks)).unwrap_or_default();
        let Some(reply) = ours.play(step, awaited(&wanted, &step.marks))? else { continue };
        if !compare(&mut outcome, script, (index, step), (&reply, wanted), ["theirs", "yours"]) {
            break;
        }
    }
    Ok(outcome)
}

/// Whether the reply is as it should be.
fn compare(
    outcome: &mut Outcome,
    script: &Script,
    (index, step): (usize, &Step),
    (reply, wanted): (&Reply, Vec<u8>),
    names: [&'static str; 2],
) -> bool {
    let ours = shown(reply, &step.marks);
    // What is pinned for the finished server only: any whole reply will do.
    let is_free = matches!(step.marks.check, Check::OursOnly(_)) && reply.end == End::Complete;
    if ours == wanted || is_free {
        outcome.replies += 1;
        return true;
    }
    outcome.difference = Some(Difference {
        script: script.name.clone(),
        version: Version::Resp2,
        line: step.line,
        step: index,
        request: step.text.clone(),
        ours,
        theirs: wanted,
        names,
    });
    false
}

/// How much to wait for, when this should come.
fn awaited<'a>(wanted: &'a [u8], marks: &Marks) -> Expected<'a> {
    if *marks != Marks::default() {
        return Expected::default();
    }
    match wanted.strip_suffix(End::Closed.note()) {
        Some(bytes) => Expected { bytes, closed: true },
        None => Expected { bytes: wanted, closed: false },
    }
}
