//! The naive handler: one `match`, an arm for each command, and in each arm whatever its author remembered to check.
//!
//! Nothing in here is wrong on purpose alone: each slip was easy to make, since nothing holds the arms together.

use std::time::Duration;

use chapter_05::protocol::{ErrorReply, Reply, Text};
use chapter_06::protocol::{Request, parse_integer};
use chapter_08::storage::{
    Condition, End, Keyspace, StorageError, absolute_index, absolute_range, matches,
};
use chapter_09::{DeadlineCondition, Engine, IfTaken, Ttl};

/// Kept by hand, for COMMAND.
const NAMES: &[&str] = &[
    "get", "set", "del", "exists", "incr", "decr", "incrby", "decrby", "append", "strlen", "mget",
    "mset", "setnx", "setex", "psetex", "getset", "lpush", "rpush", "lpop", "rpop", "llen",
    "lindex", "lrange", "lset", "lrem", "expire", "ttl", "pttl", "keys", "type", "rename", "ping",
    "echo", "info", "dbsize", "flushall",
];

/// Runs a request and writes its reply.
pub(crate) fn dispatch(engine: &Engine, words: &Request, reply: &mut Reply<'_>) {
    let name = String::from_utf8_lossy(words.name()).to_uppercase();
    if let Err(text) = run(engine, &name, words, reply) {
        reply.error(&ErrorReply::Other(Text(text.into_bytes())));
    }
}

fn run(engine: &Engine, name: &str, words: &Request, reply: &mut Reply<'_>) -> Result<(), String> {
    let key = words.at(1);
    match name {
        // ANCHOR: arms
        "PING" => match words.get(1) {
            Some(message) => reply.bulk(message),
            None => reply.simple("PONG"),
        },
        "ECHO" => {
            if words.len() != 2 {
                return Err("ERR wrong number of arguments for 'echo' command".into());
            }
            reply.bulk(key);
        }
        "GET" => {
            if words.len() != 2 {
                return Err("ERR wrong number of arguments for 'GET' command".into());
            }
            let db = engine.read(&[key]);
            reply.bulk_or_null(db.shard(key).keyspace().string(key).map_err(text)?);
        }
        "STRLEN" => {
            if words.len() < 2 {
                return Err("ERR wrong number of arguments for 'strlen' command".into());
            }
            let db = engine.read(&[key]);
            let string = db.shard(key).keyspace().string(key).map_err(text)?;
            reply.count(string.map_or(0, <[u8]>::len));
        }
        // ANCHOR_END: arms
        "SET" => {
            if words.len() < 3 {
                return Err("ERR wrong number of arguments for 'set' command".into());
            }
            set(engine, words, reply)?;
        }
        "SETNX" => {
            if words.len() != 3 {
                return Err("ERR wrong number of arguments for 'setnx' command".into());
            }
            let mut db = engine.write(&[key]);
            let value = words.at(2);
            let done = db.shard_mut(key).set(key, value, Condition::IfAbsent, Ttl::Clear);
            reply.integer(i64::from(done));
        }
        "SETEX" | "PSETEX" => {
            if words.len() != 4 {
                return Err("ERR wrong number of arguments for 'setex' command".into());
            }
            let unit = if name == "SETEX" { 1000 } else { 1 };
            let mut db = engine.write(&[key]);
            let ttl = Ttl::At(db.now() + time(words.at(2), unit, "setex")?);
            db.shard_mut(key).set(key, words.at(3), Condition::Always, ttl);
            reply.ok();
        }
        "GETSET" => {
            if words.len() != 3 {
                return Err("ERR wrong number of arguments for 'getset' command".into());
            }
            let mut db = engine.write(&[key]);
            reply.bulk_or_null(db.shard(key).keyspace().string(key).map_err(text)?);
            db.shard_mut(key).set(key, words.at(2), Condition::Always, Ttl::Clear);
        }
        "GETDEL" => {
            if words.len() != 2 {
                return Err("ERR wrong number of arguments for 'getdel' command".into());
            }
            let mut db = engine.write(&[key]);
            reply.bulk_or_null(db.shard(key).keyspace().string(key).map_err(text)?);
            db.shard_mut(key).remove(key);
        }
        "MGET" => {
            let keys = words.from(1);
            reply.array(keys.len());
            for key in keys {
                let db = engine.read(&[key]);
                reply.bulk_or_null(db.shard(key).keyspace().string(key).unwrap_or(None));
            }
        }
        "MSET" => {
            if words.len() < 3 || words.len().is_multiple_of(2) {
                return Err("ERR wrong number of arguments for MSET".into());
            }
            for pair in words.from(1).chunks(2) {
                if let [key, value] = pair {
                    let mut db = engine.write(&[key]);
                    db.shard_mut(key).set(key, value, Condition::Always, Ttl::Clear);
                }
            }
            reply.ok();
        }
        "APPEND" => {
            if words.len() != 3 {
                return Err("ERR wrong number of arguments for 'append' command".into());
            }
            let len = edit(engine, key, |keyspace| keyspace.append(key, words.at(2)))?;
            reply.count(len);
        }
        "INCR" | "DECR" => {
            if words.len() != 2 {
                return Err("ERR wrong number of arguments for 'incr' command".into());
            }
            let delta = if name == "INCR" { 1 } else { -1 };
            reply.integer(edit(engine, key, |keyspace| keyspace.incr_by(key, delta))?);
        }
        "INCRBY" | "DECRBY" => {
            if words.len() != 3 {
                return Err("ERR wrong number of arguments for 'incrby' command".into());
            }
            let delta = integer(words.at(2))?;
            let delta = if name == "INCRBY" { delta } else { delta.wrapping_neg() };
            reply.integer(edit(engine, key, |keyspace| keyspace.incr_by(key, delta))?);
        }
        "LPUSH" | "RPUSH" => {
            if words.len() < 3 {
                return Err(format!("ERR wrong number of arguments for '{name}' command"));
            }
            let end = if name == "LPUSH" { End::Head } else { End::Tail };
            reply.count(edit(engine, key, |keyspace| keyspace.push(key, end, words.from(2)))?);
        }
        "LPOP" | "RPOP" => {
            let end = if name == "LPOP" { End::Head } else { End::Tail };
            let count = words.get(2).map(integer).transpose()?;
            let most = usize::try_from(count.unwrap_or(1)).unwrap_or(0);
            let popped = edit(engine, key, |keyspace| keyspace.pop(key, end, most))?;
            match (popped, count) {
                (None, _) => reply.null(),
                (Some(popped), None) => reply.bulk_or_null(popped.first().map(Vec::as_slice)),
                (Some(popped), Some(_)) => {
                    reply.array(popped.len());
                    popped.iter().for_each(|element| reply.bulk(element));
                }
            }
        }
        "LLEN" => {
            if words.len() != 2 {
                return Err("ERR wrong number of arguments for 'llen' command".into());
            }
            let db = engine.read(&[key]);
            let list = db.shard(key).keyspace().list(key).map_err(text)?;
            reply.count(list.map_or(0, |list| list.len()));
        }
        "LINDEX" => {
            if words.len() != 3 {
                return Err("ERR wrong number of arguments for 'lindex' command".into());
            }
            let index = integer(words.at(2))?;
            let db = engine.read(&[key]);
            let list = db.shard(key).keyspace().list(key).map_err(text)?;
            let element = list.and_then(|list| list.get(absolute_index(index, list.len())?));
            reply.bulk_or_null(element.map(Vec::as_slice));
        }
        "LRANGE" => {
            if words.len() != 4 {
                return Err("ERR wrong number of arguments for 'lrange' command".into());
            }
            let (start, stop) = (integer(words.at(2))?, integer(words.at(3))?);
            let db = engine.read(&[key]);
            match db.shard(key).keyspace().list(key).map_err(text)? {
                Some(list) => {
                    let range = absolute_range(start, stop, list.len());
                    reply.array(range.len());
                    list.range(range).for_each(|element| reply.bulk(element));
                }
                None => reply.array(0),
            }
        }
        "LSET" => {
            if words.len() != 4 {
                return Err("ERR wrong number of arguments for 'lset' command".into());
            }
            let index = integer(words.at(2))?;
            edit(engine, key, |keyspace| keyspace.list_set(key, index, words.at(3)))?;
            reply.ok();
        }
        "LREM" => {
            if words.len() != 4 {
                return Err("ERR wrong number of arguments for 'lrem' command".into());
            }
            let count = integer(words.at(2))?;
            let from = if count < 0 { End::Tail } else { End::Head };
            let most = if count == 0 { usize::MAX } else { count.unsigned_abs() as usize };
            let removed =
                edit(engine, key, |keyspace| keyspace.list_remove(key, words.at(3), most, from))?;
            reply.count(removed);
        }
        "DEL" => {
            let removed = words.from(1).iter().filter(|key| {
                let mut db = engine.write(&[key]);
                db.shard_mut(key).remove(key).is_some()
            });
            reply.count(removed.count());
        }
        "EXISTS" => {
            if words.len() < 2 {
                return Err("ERR wrong number of arguments for 'exists' command".into());
            }
            let exist = words.from(1).iter().filter(|key| {
                let db = engine.read(&[key]);
                db.shard(key).keyspace().contains(key)
            });
            reply.count(exist.count());
        }
        "TYPE" => {
            if words.len() != 2 {
                return Err("ERR wrong number of arguments for 'type' command".into());
            }
            let db = engine.read(&[key]);
            let kind = db.shard(key).keyspace().kind(key);
            reply.simple(kind.map_or("none", |kind| kind.name()));
        }
        "RENAME" | "RENAMENX" => {
            if words.len() != 3 {
                return Err("ERR wrong number of arguments for 'rename' command".into());
            }
            let mut db = engine.write(&[key, words.at(2)]);
            if name == "RENAME" {
                db.rename(key, words.at(2), IfTaken::Replace).map_err(text)?;
                reply.ok();
            } else {
                let done = db.rename(key, words.at(2), IfTaken::Refuse).map_err(text)?;
                reply.integer(i64::from(done));
            }
        }
        "KEYS" => {
            if words.len() != 2 {
                return Err("ERR wrong number of arguments for 'keys' command".into());
            }
            let mut found = Vec::new();
            engine.for_each_key(|name| {
                if matches(key, name) {
                    found.push(name.to_vec());
                }
            });
            reply.array(found.len());
            found.iter().for_each(|name| reply.bulk(name));
        }
        "EXPIRE" | "PEXPIRE" | "EXPIREAT" => {
            if words.len() < 3 {
                return Err("ERR wrong number of arguments for 'expire' command".into());
            }
            let unit = if name == "PEXPIRE" { 1 } else { 1000 };
            let mut db = engine.write(&[key]);
            let now = db.now();
            let base = if name == "EXPIREAT" { 0 } else { now };
            let wanted = integer(words.at(2))?.saturating_mul(unit);
            let deadline = base.saturating_add_signed(wanted);
            let always = DeadlineCondition::Always;
            let done = db.shard_mut(key).expire(key, deadline, always, now);
            reply.integer(i64::from(done));
        }
        "TTL" | "PTTL" => {
            if words.len() != 2 {
                return Err("ERR wrong number of arguments for 'ttl' command".into());
            }
            let db = engine.read(&[key]);
            let shard = db.shard(key);
            reply.integer(match shard.deadline(key) {
                Some(deadline) if name == "TTL" => ((deadline - db.now()) / 1000) as i64,
                Some(deadline) => (deadline - db.now()) as i64,
                None if shard.keyspace().contains(key) => -1,
                None => -2,
            });
        }
        "PERSIST" => {
            if words.len() != 2 {
                return Err("ERR wrong number of arguments for 'persist' command".into());
            }
            let lifted = engine.write(&[key]).shard_mut(key).persist(key);
            reply.integer(i64::from(lifted));
        }
        "DBSIZE" => reply.count(engine.len()),
        "FLUSHDB" | "FLUSHALL" => {
            engine.clear();
            reply.ok();
        }
        "INFO" => {
            let line = format!("# Keyspace\r\ndb0:keys={},expires=0,avg_ttl=0\r\n", engine.len());
            reply.bulk(line.as_bytes());
        }
        "TIME" => {
            let now = engine.clock().now_ms();
            reply.array(2);
            reply.bulk((now / 1000).to_string().as_bytes());
            reply.bulk((now % 1000 * 1000).to_string().as_bytes());
        }
        "COMMAND" => {
            reply.array(NAMES.len());
            NAMES.iter().for_each(|name| reply.bulk(name.as_bytes()));
        }
        "CONFIG" => match words.from(1) {
            [sub, name] if sub.eq_ignore_ascii_case(b"get") => match name.as_ref() {
                b"save" | b"appendonly" => {
                    reply.array(2);
                    reply.bulk(name);
                    reply.bulk(if &name[..] == b"save" { b"" } else { b"no" });
                }
                _ => reply.array(0),
            },
            _ => reply.ok(),
        },
        "DEBUG" => {
            let seconds = std::str::from_utf8(words.at(2)).ok().and_then(|text| text.parse().ok());
            std::thread::sleep(Duration::from_secs(seconds.unwrap_or(0)));
            reply.ok();
        }
        _ => return Err(format!("ERR unknown command '{name}'")),
    }
    Ok(())
}

fn set(engine: &Engine, words: &Request, reply: &mut Reply<'_>) -> Result<(), String> {
    let (key, value) = (words.at(1), words.at(2));
    let mut db = engine.write(&[key]);
    let (mut condition, mut ttl) = (Condition::Always, Ttl::Clear);
    let mut answers_old = false;
    let mut options = words.from(3).iter();
    while let Some(option) = options.next() {
        let mut word = || options.next().map_or(&b""[..], |word| word);
        match option.to_ascii_uppercase().as_slice() {
            b"NX" => condition = Condition::IfAbsent,
            b"XX" => condition = Condition::IfPresent,
            b"GET" => answers_old = true,
            b"KEEPTTL" => ttl = Ttl::Keep,
            b"EX" => ttl = Ttl::At(db.now() + time(word(), 1000, "set")?),
            b"PX" => ttl = Ttl::At(db.now() + time(word(), 1, "set")?),
            b"EXAT" => ttl = Ttl::At(time(word(), 1000, "set")?),
            b"PXAT" => ttl = Ttl::At(time(word(), 1, "set")?),
            _ => return Err("ERR syntax error".into()),
        }
    }
    if answers_old {
        reply.bulk_or_null(db.shard(key).keyspace().string(key).map_err(text)?);
    }
    let done = db.shard_mut(key).set(key, value, condition, ttl);
    match done {
        _ if answers_old => {}
        true => reply.ok(),
        false => reply.null(),
    }
    Ok(())
}

fn edit<R>(
    engine: &Engine,
    key: &[u8],
    edit: impl FnOnce(&mut Keyspace) -> Result<R, StorageError>,
) -> Result<R, String> {
    engine.write(&[key]).shard_mut(key).edit(key, edit).map_err(text)
}

fn time(word: &[u8], unit: u64, command: &str) -> Result<u64, String> {
    match u64::try_from(integer(word)?) {
        Ok(time) if time > 0 => Ok(time.saturating_mul(unit).min(1 << 62)),
        _ => Err(format!("ERR invalid expire time in '{command}' command")),
    }
}

fn integer(word: &[u8]) -> Result<i64, String> {
    parse_integer(word).ok_or_else(|| "ERR value is not an integer or out of range".into())
}

fn text(error: StorageError) -> String {
    match error {
        StorageError::WrongType => {
            "WRONGTYPE Operation against a key holding the wrong kind of value".into()
        }
        StorageError::NotAnInteger => "ERR value is not an integer or out of range".into(),
        StorageError::Overflow => "ERR increment or decrement would overflow".into(),
        StorageError::TooLong => "ERR string exceeds maximum allowed size".into(),
        StorageError::IndexOutOfRange => "ERR index out of range".into(),
        StorageError::NoSuchKey => "ERR no such key".into(),
    }
}
