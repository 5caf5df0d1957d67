//! Holds two runs of a script against each other, reply by reply, and says what differs where.

use std::fmt;

use crate::Version;
use crate::quoting::escape;
use crate::reply::Reply;
use crate::transcript::{Check, Marks, Script};

/// What was compared so far, and what came out.
#[derive(Default)]
pub struct Tally {
    /// Runs of a script on both sides.
    pub scripts: usize,
    /// Pairs of replies.
    pub replies: usize,
    /// Replies that were not held against each other byte for byte.
    pub marked: usize,
    /// Pairs that are not the same.
    pub differences: Vec<Difference>,
}

/// One reply that is not what it should be.
#[derive(Debug)]
pub struct Difference {
    /// The script's name.
    pub script: String,
    /// What the connection spoke.
    pub version: Version,
    /// Line in the script's file.
    pub line: usize,
    /// Index of the step in its script.
    pub step: usize,
    /// The line as written.
    pub request: String,
    /// What came, as far as it counts.
    pub ours: Vec<u8>,
    /// What should have come.
    pub theirs: Vec<u8>,
    /// Who says what should come, and who is compared: `redis` and `ours`.
    pub names: [&'static str; 2],
}

impl Tally {
    /// Compares two runs of one script and returns how many differences it added.
    pub fn add(
        &mut self,
        script: &Script,
        version: Version,
        ours: &[Option<Reply>],
        theirs: &[Option<Reply>],
    ) -> usize {
        let before = self.differences.len();
        self.scripts += 1;
        for (index, ((step, ours), theirs)) in script.steps.iter().zip(ours).zip(theirs).enumerate()
        {
            let (Some(ours), Some(theirs)) = (ours, theirs) else { continue };
            self.replies += 1;
            self.marked += usize::from(step.marks != Marks::default());
            let (ours, theirs) = (shown(ours, &step.marks), shown(theirs, &step.marks));
            if ours != theirs && !matches!(step.marks.check, Check::OursOnly(_)) {
                self.differences.push(Difference {
                    script: script.name.clone(),
                    version,
                    line: step.line,
                    step: index,
                    request: step.text.clone(),
                    ours,
                    theirs,
                    names: ["redis", "ours"],
                });
            }
        }
        self.differences.len() - before
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} runs, {} replies compared, {} of them marked, {} differences",
            self.scripts,
            self.replies,
            self.marked,
            self.differences.len()
        )
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Enough of both sides to see it, however long the replies are.
        const BEFORE: usize = 60;
        const AFTER: usize = 100;
        let same = self.ours.iter().zip(&self.theirs).take_while(|(a, b)| a == b).count();
        let start = same.saturating_sub(BEFORE);
        let window = |bytes: &[u8]| {
            let end = bytes.len().min(same + AFTER);
            let lead = if start > 0 { "…" } else { "" };
            let tail = if end < bytes.len() { "…" } else { "" };
            format!("{lead}{}{tail}", escape(bytes.get(start..end).unwrap_or_default()))
        };
        let in_front = escape(self.ours.get(start..same).unwrap_or_default()).len();
        let lead = usize::from(start > 0) + in_front;
        let [theirs, ours] = self.names;
        let width = theirs.len().max(ours.len());
        writeln!(f, "{}.txt:{} ({})  {}", self.script, self.line, self.version, self.request)?;
        for (name, bytes) in [(theirs, &self.theirs), (ours, &self.ours)] {
            writeln!(f, "  {name}:{:1$} {2}", "", width - name.len(), window(bytes))?;
        }
        write!(f, "  {:1$}^ byte {same}", "", width + 2 + lead)
    }
}

/// A reply as it counts under its marks.
pub fn shown(reply: &Reply, marks: &Marks) -> Vec<u8> {
    let mut bytes = match (&marks.check, &marks.unordered) {
        (Check::TypeOnly(_), _) => reply.kind().into_iter().collect(),
        (_, Some(_)) => reply.sorted(),
        (_, None) => reply.bytes.clone(),
    };
    bytes.extend_from_slice(reply.end.note());
    bytes
}
