//! Going through all keys of a database: KEYS, SCAN, RANDOMKEY.
//!
//! Names go from the locked shards straight into the reply, so no list of them is ever made beside it. What a cursor
//! means is known to the storage only.

use crate::commands::call::{self, Outcome, ServerCall, is};
use crate::commands::spec::*;
use crate::protocol::{Args, ErrorReply};
use crate::storage::glob;

pub(super) const ROWS: &[Command] = &[
    Command {
        name: "keys",
        arity: 2,
        flags: Flags::READONLY,
        acl: Acl::KEYSPACE.with(Acl::DANGEROUS),
        tips: &["request_policy:all_shards", "nondeterministic_output_order"],
        group: Group::Generic,
        since: "1.0.0",
        summary: "Find all keys matching the given pattern",
        complexity: "O(N) with N being the number of keys in the database, under the assumption that the key names in the database and the given pattern have limited length.",
        args: &[pattern("pattern")],
        run: Run::Server(keys),
        ..Command::EMPTY
    },
    Command {
        name: "scan",
        arity: -2,
        flags: Flags::READONLY,
        acl: Acl::KEYSPACE,
        tips: &["nondeterministic_output", "request_policy:special"],
        group: Group::Generic,
        since: "2.8.0",
        summary: "Incrementally iterate the keys space",
        complexity: "O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.",
        history: &[("6.0.0", "Added the `TYPE` subcommand.")],
        args: &[
            integer("cursor"),
            pattern("pattern").token("MATCH").optional(),
            integer("count").token("COUNT").optional(),
            string("type").token("TYPE").optional().since("6.0.0"),
        ],
        run: Run::Server(scan),
        ..Command::EMPTY
    },
    Command {
        name: "randomkey",
        arity: 1,
        flags: Flags::READONLY,
        acl: Acl::KEYSPACE,
        tips: &["request_policy:all_shards", "nondeterministic_output"],
        group: Group::Generic,
        since: "1.0.0",
        summary: "Return a random key from the keyspace",
        complexity: "O(1)",
        run: Run::Server(randomkey),
        ..Command::EMPTY
    },
];

/// Which names are wanted.
#[derive(Clone, Copy)]
enum Names<'a> {
    /// Every one, the empty one too, which no pattern with a star matches.
    All,
    Like(&'a [u8]),
}

impl<'a> Names<'a> {
    fn of(pattern: &'a [u8]) -> Names<'a> {
        if pattern == b"*" { Names::All } else { Names::Like(pattern) }
    }

    fn has(self, name: &[u8]) -> bool {
        match self {
            Names::All => true,
            Names::Like(pattern) => glob::matches(pattern, name),
        }
    }
}

fn keys(call: &mut ServerCall<'_>) -> Outcome {
    let names = Names::of(call.args.at(1));
    let start = call.reply.written();
    let mut found = 0;
    call.engine().for_each_key(call.session.database, call.now, |name| {
        if names.has(name) {
            call.reply.bulk(name);
            found += 1;
        }
    });
    call.reply.insert(start, |reply| reply.array(found));
    Ok(())
}

/// One step of a SCAN.
struct Step<'a> {
    cursor: u64,
    names: Names<'a>,
    count: usize,
    /// A name of a type, which may be none that there is.
    kind: Option<&'a [u8]>,
}

impl<'a> Step<'a> {
    fn parse(args: &Args<'a>) -> Result<Step<'a>, ErrorReply> {
        const DEFAULT_COUNT: usize = 10;
        let cursor = cursor(args.at(1)).ok_or(ErrorReply::InvalidCursor)?;
        let mut step = Step { cursor, names: Names::All, count: DEFAULT_COUNT, kind: None };
        let mut rest = args.from(2);
        while let Some(word) = rest.next() {
            let value = rest.next().ok_or(ErrorReply::Syntax)?;
            if is(word, "MATCH") {
                step.names = Names::of(value);
            } else if is(word, "COUNT") {
                let count = usize::try_from(call::integer(value)?).ok();
                step.count = count.filter(|count| *count > 0).ok_or(ErrorReply::Syntax)?;
            } else if is(word, "TYPE") {
                step.kind = Some(value);
            } else {
                return Err(ErrorReply::Syntax);
            }
        }
        Ok(step)
    }
}

/// Reads a cursor as C's `strtoul` does: up to a NUL, with an optional sign, any number of zeros, nothing at all for 0,
/// and a negative number wrapped around.
fn cursor(argument: &[u8]) -> Option<u64> {
    let text = argument.split(|byte| *byte == 0).next().unwrap_or_default();
    let (negative, digits) = match text {
        [] => return Some(0),
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() {
        return None;
    }
    let mut value = 0u64;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
    }
    Some(if negative { value.wrapping_neg() } else { value })
}

fn scan(call: &mut ServerCall<'_>) -> Outcome {
    let Step { cursor, names, count, kind: wanted } = Step::parse(&call.args)?;
    let start = call.reply.written();
    let mut found = 0;
    let next = call.engine().scan(call.session.database, cursor, count, call.now, |name, kind| {
        if wanted.is_none_or(|wanted| is(wanted, kind.name())) && names.has(name) {
            call.reply.bulk(name);
            found += 1;
        }
    });
    call.reply.insert(start, |reply| {
        reply.array(2);
        reply.bulk(itoa::Buffer::new().format(next).as_bytes());
        reply.array(found);
    });
    Ok(())
}

fn randomkey(call: &mut ServerCall<'_>) -> Outcome {
    let name = call.engine().random_key(call.session.database, call.now);
    call.reply.bulk_or_null(name.as_deref());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::cursor;

    #[test]
    fn cursors_are_read_like_strtoul() {
        let cases: [(&[u8], Option<u64>); 14] = [
            (b"0", Some(0)),
            (b"", Some(0)),
            (b"007", Some(7)),
            (b"+12", Some(12)),
            (b"-0", Some(0)),
            (b"-1", Some(u64::MAX)),
            (b"18446744073709551615", Some(u64::MAX)),
            (b"18446744073709551616", None),
            (b"12\0x", Some(12)),
            (b"\0", Some(0)),
            (b"+", None),
            (b"-", None),
            (b" 1", None),
            (b"1 ", None),
        ];
        for (text, value) in cases {
            assert_eq!(cursor(text), value, "{}", text.escape_ascii());
        }
    }
}
