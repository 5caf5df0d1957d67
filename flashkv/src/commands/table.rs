//! The table of all commands: looking one up, its full name, and where its keys stand.
//!
//! The rows themselves stand beside their handlers, in the families' files; this file only gathers them.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::disabled::Disabled;
use super::spec::{Acl, Command, Find, Flags};
use super::{connection, keys, lists, server, strings};
use crate::protocol::error::Text;
use crate::protocol::{Args, ErrorReply};

/// A command or subcommand with what is worked out from its row once.
#[derive(Debug)]
pub struct Entry {
    /// The row.
    pub command: &'static Command,
    /// `get`, or `client|id` for a subcommand.
    pub full_name: String,
    /// Position among all commands and subcommands, from 0: counters are kept by it.
    pub id: usize,
    /// The entries of a container's subcommands.
    pub subcommands: Vec<Entry>,
    /// Keys as one range from the first to the last, every so many arguments; 0 if there are none or they move.
    pub key_range: KeyRange,
    /// The index of the only key, for the many commands that have one.
    pub single_key: Option<usize>,
    /// Whether a call takes about the same short time whatever the data.
    pub quick: bool,
    /// The index of the only key of a quick command: many of these can be run together. 0 for the others.
    pub joins: usize,
}

/// The positions of a command's keys, where they can be told without looking at the arguments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KeyRange {
    /// Index of the first key.
    pub first: usize,
    /// Index of the last; negative: from the end.
    pub last: i64,
    /// Distance between keys.
    pub step: usize,
}

/// All commands.
#[derive(Debug)]
pub struct Table {
    entries: Vec<Entry>,
    count: usize,
    /// Open addressing by a hash of the name.
    slots: Vec<Slot>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let families =
        [strings::rows(), lists::rows(), keys::rows(), connection::rows(), server::rows()];
    Table::new(families.into_iter().flatten().flat_map(|rows| rows.iter()))
});

/// The table of all commands that the server knows.
pub fn table() -> &'static Table {
    &TABLE
}

/// The full names of all commands and subcommands, `client|id` for the latter.
pub fn names() -> Vec<String> {
    table().all().map(|entry| entry.full_name.clone()).collect()
}

impl Table {
    fn new(rows: impl Iterator<Item = &'static Command>) -> Table {
        let mut count = 0;
        let entries: Vec<Entry> =
            rows.map(|command| Entry::new(command, None, &mut count)).collect();
        let mut slots = vec![Slot::default(); (entries.len() * 4).next_power_of_two()];
        for (index, entry) in entries.iter().enumerate() {
            let name = entry.command.name.as_bytes();
            let mut at = first_slot(head(name), slots.len());
            while slots.get(at).is_some_and(|slot| slot.entry.is_some()) {
                at = (at + 1) % slots.len();
            }
            if let Some(free) = slots.get_mut(at) {
                *free = Slot { head: head(name), len: name.len(), entry: Some(index) };
            }
        }
        Table { entries, count, slots }
    }

    /// The commands, without subcommands.
    pub fn commands(&self) -> &[Entry] {
        &self.entries
    }

    /// Number of commands and subcommands together: one more than the highest [`Entry::id`].
    pub fn count(&self) -> usize {
        self.count
    }

    /// All commands, each followed by its subcommands.
    pub fn all(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().flat_map(|entry| std::iter::once(entry).chain(&entry.subcommands))
    }

    /// The command of that name, in any case.
    pub fn command(&self, name: &[u8]) -> Option<&Entry> {
        let head = head(name);
        let mut at = first_slot(head, self.slots.len());
        loop {
            let slot = self.slots.get(at)?;
            let entry = self.entries.get(slot.entry?)?;
            // Names are of letters only, so a head that is equal is equal but for case.
            if slot.head == head
                && slot.len == name.len()
                && (name.len() <= HEAD || entry.command.name.as_bytes().eq_ignore_ascii_case(name))
            {
                return Some(entry);
            }
            at = (at + 1) % self.slots.len();
        }
    }

    /// The command or subcommand by its full name: `get`, `client|id`.
    pub fn by_full_name(&self, name: &[u8]) -> Option<&Entry> {
        let mut words = name.splitn(2, |byte| *byte == b'|');
        let entry = self.command(words.next()?)?;
        match words.next() {
            None => Some(entry),
            Some(word) => entry.subcommand(word),
        }
    }

    /// What is to be run for a request, if it is not disabled.
    ///
    /// # Errors
    /// [`ErrorReply::UnknownCommand`], [`ErrorReply::UnknownSubcommand`] or [`ErrorReply::Arity`].
    pub fn look_up(
        &'static self,
        args: &Args<'_>,
        disabled: &Disabled,
    ) -> Result<&'static Entry, ErrorReply> {
        let enabled = |entry: &&Entry| !disabled.has(entry);
        let command = self.command(args.at(0)).filter(enabled);
        let mut entry = command.ok_or_else(|| unknown_command(args))?;
        if let Some(word) = args.get(1)
            && !entry.subcommands.is_empty()
        {
            let subcommand = entry.subcommand(word).filter(enabled);
            entry = subcommand.ok_or_else(|| ErrorReply::UnknownSubcommand {
                name: cut(word),
                container: entry.command.name.to_uppercase(),
            })?;
        }
        Ok(entry)
    }
}

/// Where a command may be found by its name.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    head: u64,
    len: usize,
    entry: Option<usize>,
}

/// Bytes of a name that its [`head`] holds.
const HEAD: usize = 8;

/// The first bytes of a name as one number, in which case makes no difference: setting this bit turns capital letters
/// into small ones, and nothing else into a letter.
fn head(name: &[u8]) -> u64 {
    let byte = |at: usize| u64::from(name.get(at).copied().unwrap_or(0)) << (8 * at);
    let bytes = match name {
        [first @ .., _, _, _, _] if first.len() <= 4 => {
            // Two halves that may overlap, where they are the same.
            let low = name.first_chunk().map_or(0, |low| u32::from_le_bytes(*low));
            let high = name.last_chunk().map_or(0, |high| u32::from_le_bytes(*high));
            u64::from(low) | u64::from(high) << (8 * first.len())
        }
        [] => 0,
        short if short.len() < 4 => byte(0) | byte(short.len() / 2) | byte(short.len() - 1),
        long => long.first_chunk().map_or(0, |head| u64::from_le_bytes(*head)),
    };
    bytes | u64::from_le_bytes([0x20; HEAD])
}

/// The first slot in which a name may be; `count` is a power of two.
fn first_slot(head: u64, count: usize) -> usize {
    // Multiplying by a large odd number spreads the bits upwards.
    (head.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize & (count - 1)
}

impl Entry {
    fn new(command: &'static Command, container: Option<&str>, count: &mut usize) -> Entry {
        let id = *count;
        *count += 1;
        let full_name = match container {
            Some(container) => format!("{container}|{}", command.name),
            None => command.name.to_string(),
        };
        let subcommands =
            command.subcommands.iter().map(|sub| Entry::new(sub, Some(command.name), count));
        let single_key = single_key(command);
        let quick = command.flags.has(Flags::FAST) || command.complexity.starts_with("O(1)");
        Entry {
            command,
            id,
            subcommands: subcommands.collect(),
            key_range: KeyRange::of(command),
            single_key,
            quick,
            joins: single_key.filter(|_| quick).unwrap_or(0),
            full_name,
        }
    }

    /// The subcommand of that name, in any case.
    pub fn subcommand(&self, name: &[u8]) -> Option<&Entry> {
        self.subcommands
            .iter()
            .find(|entry| entry.command.name.as_bytes().eq_ignore_ascii_case(name))
    }

    /// The row's access-control categories with those that follow from its flags.
    pub fn categories(&self) -> Acl {
        let Command { flags, acl, .. } = self.command;
        let implied = [
            (Flags::WRITE, Acl::WRITE),
            (Flags::READONLY, Acl::READ),
            (Flags::ADMIN, Acl::ADMIN.with(Acl::DANGEROUS)),
            (Flags::FAST, Acl::FAST),
        ];
        let speed = if flags.has(Flags::FAST) { Acl::NONE } else { Acl::SLOW };
        implied
            .iter()
            .filter(|(flag, _)| flags.has(*flag))
            .fold(acl.with(speed), |all, (_, acl)| all.with(*acl))
    }

    /// Checks the number of arguments, the name included.
    ///
    /// # Errors
    /// [`ErrorReply::Arity`].
    pub fn check_arity(&'static self, count: usize) -> Result<(), ErrorReply> {
        if self.has_arity(count) {
            Ok(())
        } else {
            Err(ErrorReply::Arity(Cow::Borrowed(&self.full_name)))
        }
    }

    /// Whether the command takes so many arguments, the name included.
    pub fn has_arity(&self, count: usize) -> bool {
        let arity = i64::from(self.command.arity);
        let count = count as i64;
        count == arity || (arity < 0 && count >= -arity)
    }

    /// Hands the index of each key among the arguments to `found`.
    pub fn key_indexes(&self, args: &Args<'_>, mut found: impl FnMut(usize)) {
        for spec in self.command.keys {
            spec.indexes(args, &mut found);
        }
    }
}

fn single_key(command: &Command) -> Option<usize> {
    match command.keys {
        [spec] if command.locate.is_none() => match spec.find {
            Find::Range { last: 0, .. } => Some(usize::from(spec.begin)),
            _ => None,
        },
        _ => None,
    }
}

impl KeyRange {
    fn of(command: &Command) -> KeyRange {
        let mut whole = KeyRange::default();
        for spec in command.keys {
            let Find::Range { last, step } = spec.find else { return KeyRange::default() };
            let (first, step) = (usize::from(spec.begin), usize::from(step));
            let last = if last < 0 { i64::from(last) } else { first as i64 + i64::from(last) };
            if whole.step == 0 {
                whole = KeyRange { first, last, step };
            } else {
                whole = KeyRange { last: whole.last.max(last), ..whole };
            }
        }
        whole
    }
}

fn unknown_command(args: &Args<'_>) -> ErrorReply {
    /// Redis stops listing arguments when the list has become this long.
    const LISTED: usize = 128;
    let mut listed = Vec::new();
    for argument in args.from(1) {
        if listed.len() >= LISTED {
            break;
        }
        let shown = Text::cut(argument, LISTED - listed.len());
        listed.push(b'\'');
        listed.extend(shown.0);
        listed.extend_from_slice(b"' ");
    }
    ErrorReply::UnknownCommand { name: cut(args.at(0)), args: Text(listed) }
}

/// What of a name from a client is repeated in an error.
fn cut(name: &[u8]) -> Text {
    Text::cut(name, 128)
}

#[cfg(test)]
mod tests;
