//! Looks at all keys together, as a reader, and then locks the one that it found, as a writer.

use std::borrow::Cow;

use bytes::Bytes;
use chapter_05::protocol::{ErrorReply, Reply, Text};
use chapter_06::protocol::{Request, parse_integer};
use chapter_08::storage::End;
use chapter_09::Engine;
use chapter_10::commands::call::{Outcome, is};

/// The keys of a request, in its order.
pub fn keys(words: &Request) -> Result<&[Bytes], ErrorReply> {
    if words.len() < 4 {
        return Err(ErrorReply::Arity(Cow::Borrowed("lmpop")));
    }
    let count = positive(words.at(1), "numkeys")?;
    let rest = words.from(2);
    // The word behind the keys must be there as well.
    if count >= rest.len() {
        return Err(ErrorReply::Syntax);
    }
    rest.get(..count).ok_or(ErrorReply::Syntax)
}

/// Runs a request and writes its reply, if it is no error.
pub fn lmpop(engine: &Engine, words: &Request, reply: &mut Reply<'_>) -> Outcome {
    let keys = keys(words)?;
    let (end, options) = match words.from(2 + keys.len()) {
        [word, options @ ..] if is(word, "LEFT") => (End::Head, options),
        [word, options @ ..] if is(word, "RIGHT") => (End::Tail, options),
        _ => return Err(ErrorReply::Syntax),
    };
    let count = match options {
        [] => 1,
        [option, count, rest @ ..] if is(option, "COUNT") => {
            let count = positive(count, "count")?;
            if !rest.is_empty() {
                return Err(ErrorReply::Syntax);
            }
            count
        }
        _ => return Err(ErrorReply::Syntax),
    };
    let db = engine.read(keys);
    let mut found = None;
    for key in keys {
        if db.shard(key).keyspace().list(key)?.is_some() {
            found = Some(key);
            break;
        }
    }
    let Some(key) = found else {
        reply.null_array();
        return Ok(());
    };
    drop(db);
    let mut db = engine.write(&[key]);
    let popped = db.shard_mut(key).edit(key, |keyspace| keyspace.pop(key, end, count))?;
    let popped = popped.unwrap_or_default();
    reply.array(2);
    reply.bulk(key);
    reply.array(popped.len());
    popped.iter().for_each(|element| reply.bulk(element));
    Ok(())
}

/// A number of things, at least one.
fn positive(word: &[u8], name: &str) -> Result<usize, ErrorReply> {
    let number = parse_integer(word).filter(|number| *number > 0);
    let number = number.and_then(|number| usize::try_from(number).ok());
    let text = || Text(format!("ERR {name} should be greater than 0").into_bytes());
    number.ok_or_else(|| ErrorReply::Other(text()))
}
