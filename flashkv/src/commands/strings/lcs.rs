//! LCS: what two strings have in common.
//!
//! Reads the options and shapes the answer; the subsequence itself is found by `storage::lcs`.

use crate::commands::call::{KeyCall, Outcome, integer as read_integer, is};
use crate::commands::spec::*;
use crate::protocol::{Args, ErrorReply, Reply};
use crate::storage::View;
use crate::storage::lcs::{self, Run as Piece};

pub(super) const ROWS: &[Command] = &[Command {
    name: "lcs",
    arity: -3,
    flags: Flags::READONLY,
    acl: Acl::STRING,
    keys: &[KeySpec::several(1, Find::Range { last: 1, step: 1 }, &["RO", "access"])],
    group: Group::String,
    since: "7.0.0",
    summary: "Find longest common substring",
    complexity: "O(N*M) where N and M are the lengths of s1 and s2, respectively",
    args: &[
        key("key1", 0),
        key("key2", 0),
        word("len", "LEN").optional(),
        word("idx", "IDX").optional(),
        integer("len").token("MINMATCHLEN").optional(),
        word("withmatchlen", "WITHMATCHLEN").optional(),
    ],
    run: Run::Read(lcs),
    ..Command::EMPTY
}];

/// What LCS answers.
enum Answer {
    /// The subsequence itself.
    Text,
    /// Its length (LEN).
    Length,
    /// Where its pieces are (IDX).
    Pieces(PieceOptions),
}

#[derive(Default)]
struct PieceOptions {
    /// Shorter pieces are left out (MINMATCHLEN).
    min_len: usize,
    /// Each piece comes with its length (WITHMATCHLEN).
    with_len: bool,
}

impl Answer {
    fn parse(args: &Args<'_>) -> Result<Answer, ErrorReply> {
        let (mut length, mut pieces) = (false, false);
        let mut options = PieceOptions::default();
        let mut words = args.from(3);
        while let Some(word) = words.next() {
            if is(word, "LEN") {
                length = true;
            } else if is(word, "IDX") {
                pieces = true;
            } else if is(word, "WITHMATCHLEN") {
                options.with_len = true;
            } else if is(word, "MINMATCHLEN") {
                let min_len = read_integer(words.next().ok_or(ErrorReply::Syntax)?)?;
                options.min_len = usize::try_from(min_len).unwrap_or(0);
            } else {
                return Err(ErrorReply::Syntax);
            }
        }
        match (length, pieces) {
            (true, true) => Err(ErrorReply::LcsLenAndIdx),
            (true, false) => Ok(Answer::Length),
            (false, true) => Ok(Answer::Pieces(options)),
            (false, false) => Ok(Answer::Text),
        }
    }
}

fn lcs(call: &mut KeyCall<'_>, db: &View<'_>) -> Outcome {
    let [a, b] = [call.key(0), call.key(1)].map(|key| match db.string(key) {
        Ok(string) => Ok(string.map_or(&[][..], |string| string.bytes)),
        Err(_) => Err(ErrorReply::LcsNotStrings),
    });
    let (a, b) = (a?, b?);
    let answer = Answer::parse(&call.args)?;
    // The table takes far less here, but the same requests are refused as by Redis: it bounds the time as well.
    lcs::table_bytes(a.len(), b.len())
        .filter(|bytes| *bytes <= db.max_string())
        .ok_or(ErrorReply::LcsTooLarge)?;
    let pieces = || lcs::runs(a, b).map_err(|_| ErrorReply::LcsOutOfMemory);
    match answer {
        Answer::Length => call.reply.count(lcs::length(a, b)),
        Answer::Text => call.reply.bulk(&text(a, &pieces()?)),
        Answer::Pieces(options) => write_pieces(&mut call.reply, &pieces()?, &options),
    }
    Ok(())
}

/// The subsequence, put together from its pieces.
fn text(a: &[u8], pieces: &[Piece]) -> Vec<u8> {
    let mut text = Vec::new();
    for piece in pieces.iter().rev() {
        text.extend_from_slice(a.get(piece.a..piece.a + piece.len).unwrap_or_default());
    }
    text
}

fn write_pieces(reply: &mut Reply<'_>, pieces: &[Piece], options: &PieceOptions) {
    let shown = || pieces.iter().filter(|piece| piece.len >= options.min_len);
    reply.map(2);
    reply.bulk(b"matches");
    reply.array(shown().count());
    for piece in shown() {
        reply.array(if options.with_len { 3 } else { 2 });
        for start in [piece.a, piece.b] {
            reply.array(2);
            reply.count(start);
            reply.count(start + piece.len - 1);
        }
        if options.with_len {
            reply.count(piece.len);
        }
    }
    reply.bulk(b"len");
    reply.count(pieces.iter().map(|piece| piece.len).sum());
}
