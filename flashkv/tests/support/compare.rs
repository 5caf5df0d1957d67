//! Holds two runs of a script against each other, reply by reply, and says what differs where.

use std::fmt;

use super::Version;
use super::quoting::escape;
use super::reply::{End, Reply};
use super::transcript::{Check, Marks, Script};

/// What was compared so far, and what came out.
#[derive(Default)]
pub struct Tally {
    pub scripts: usize,
    pub replies: usize,
    /// Replies that were not held against each other byte for byte.
    pub marked: usize,
    pub differences: Vec<Difference>,
}

/// One reply that is not what Redis says.
#[derive(Debug)]
pub struct Difference {
    pub script: String,
    pub version: Version,
    pub line: usize,
    /// Index of the step in its script.
    pub step: usize,
    pub request: String,
    pub ours: Vec<u8>,
    pub theirs: Vec<u8>,
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
        for (index, step) in script.steps.iter().enumerate() {
            let (Some(ours), Some(theirs)) = (&ours[index], &theirs[index]) else { continue };
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
            format!("{lead}{}{tail}", escape(&bytes[start..end]))
        };
        let lead = usize::from(start > 0) + escape(&self.ours[start..same]).len();
        writeln!(f, "{}.txt:{} ({})  {}", self.script, self.line, self.version, self.request)?;
        writeln!(f, "  redis: {}", window(&self.theirs))?;
        writeln!(f, "  ours:  {}", window(&self.ours))?;
        write!(f, "         {:lead$}^ byte {same}", "")
    }
}

/// A reply as it counts under its marks.
pub fn shown(reply: &Reply, marks: &Marks) -> Vec<u8> {
    let mut bytes = match (&marks.check, &marks.unordered) {
        (Check::TypeOnly(_), _) => reply.kind().into_iter().collect(),
        (_, Some(_)) => reply.sorted(),
        (_, None) => reply.bytes.clone(),
    };
    bytes.extend_from_slice(match reply.end {
        End::Complete => b"",
        End::Closed => b"(connection closed)",
        End::Late => b"(nothing more came)",
        End::Malformed => b"(this is not RESP)",
    });
    bytes
}
