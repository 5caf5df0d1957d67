//! INFO: the server's figures as text, a section for each subject.
//!
//! Only true figures: a field that Redis has and this server could only make up is left out, unless tools look for it
//! and its nought or no is the truth (`aof_enabled:0`). This file knows which sections there are and which were asked
//! for; what stands in them is in `state` (what the server is) and `stats` (what it has done).

mod state;
mod stats;
mod text;

use crate::commands::call::{Outcome, ServerCall};
use crate::commands::shared::Shared;
use crate::commands::spec::{Acl, Command, Flags, Group, Run, string};
use crate::storage::Millis;
use text::Text;

pub(super) const ROWS: &[Command] = &[Command {
    name: "info",
    arity: -1,
    flags: Flags::LOADING.with(Flags::STALE),
    acl: Acl::DANGEROUS,
    tips: &["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
    group: Group::Server,
    since: "1.0.0",
    summary: "Get information and statistics about the server",
    complexity: "O(1)",
    history: &[("7.0.0", "Added support for taking multiple section arguments.")],
    args: &[string("section").optional().multiple()],
    run: Run::Server(info),
    ..Command::EMPTY
}];

/// One section.
struct Section {
    /// The heading. In lower case, it is what the section is asked for by.
    title: &'static str,
    shown: Shown,
    write: fn(&Shared, Millis, &mut Text),
}

/// When a section is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// Always, unless others are asked for.
    ByDefault,
    /// When it is asked for, by its name or with all others.
    OnRequest,
}

/// The sections in the order in which they are shown: Redis' own, then ours.
const SECTIONS: &[Section] = {
    use Shown::{ByDefault, OnRequest};
    &[
        Section { title: "Server", shown: ByDefault, write: state::server },
        Section { title: "Clients", shown: ByDefault, write: state::clients },
        Section { title: "Memory", shown: ByDefault, write: state::memory },
        Section { title: "Persistence", shown: ByDefault, write: state::persistence },
        Section { title: "Stats", shown: ByDefault, write: stats::stats },
        Section { title: "Replication", shown: ByDefault, write: state::replication },
        Section { title: "CPU", shown: ByDefault, write: state::cpu },
        Section { title: "Modules", shown: ByDefault, write: |_, _, _| {} },
        Section { title: "Commandstats", shown: OnRequest, write: stats::commands },
        Section { title: "Errorstats", shown: ByDefault, write: stats::errors },
        Section { title: "Cluster", shown: ByDefault, write: state::cluster },
        Section { title: "Keyspace", shown: ByDefault, write: stats::keyspace },
        Section { title: "Sweeper", shown: ByDefault, write: stats::sweeper },
    ]
};

impl Section {
    /// Whether one of the arguments of INFO asks for this section. Names of no section ask for nothing.
    fn is_asked_for(&self, argument: &[u8]) -> bool {
        match argument.to_ascii_lowercase().as_slice() {
            b"default" => self.shown == Shown::ByDefault,
            b"all" | b"everything" => true,
            _ => argument.eq_ignore_ascii_case(self.title.as_bytes()),
        }
    }
}

/// Source: <https://redis.io/docs/latest/commands/info/>
fn info(call: &mut ServerCall<'_>) -> Outcome {
    let asked = call.args.from(1);
    let is_shown = |section: &&Section| match asked.len() {
        0 => section.shown == Shown::ByDefault,
        _ => call.args.from(1).any(|argument| section.is_asked_for(argument)),
    };
    let mut text = Text::default();
    for section in SECTIONS.iter().filter(is_shown) {
        text.heading(section.title);
        (section.write)(call.shared, call.now, &mut text);
    }
    call.reply.verbatim("txt", text.as_bytes());
    Ok(())
}

#[cfg(test)]
mod tests;
