//! What the commands mean, as plainly as it can be said: one map from keys to strings and lists with deadlines.

use std::collections::{BTreeMap, VecDeque};

use super::words::{Condition, End, IfTaken, Key, Number, Op, SetOption, Side, Time, Unit};

/// The longest string that APPEND and SETRANGE may build.
const MAX_STRING: i64 = 512 << 20;

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    String(Vec<u8>),
    List(VecDeque<Vec<u8>>),
}

#[derive(Clone, Debug)]
pub struct Entry {
    pub value: Value,
    /// The last millisecond at which the key is still there.
    pub deadline: Option<i64>,
}

#[derive(Debug)]
pub struct Model {
    pub now: i64,
    pub entries: BTreeMap<Vec<u8>, Entry>,
}

/// The bytes of a reply, or the text of an error.
type Reply = Result<Vec<u8>, String>;

const WRONG_TYPE: &str = "WRONGTYPE Operation against a key holding the wrong kind of value";

impl Model {
    /// Forgets the keys past their deadlines.
    pub fn settle(&mut self) {
        let now = self.now;
        self.entries.retain(|_, entry| entry.deadline.is_none_or(|deadline| now <= deadline));
    }

    /// Runs a command; returns the bytes of its reply in RESP2.
    pub fn run(&mut self, op: &Op) -> Vec<u8> {
        self.settle();
        let reply = self.reply(op);
        self.entries.retain(|_, entry| entry.value != Value::List(VecDeque::new()));
        reply.unwrap_or_else(|error| format!("-{error}\r\n").into_bytes())
    }

    fn reply(&mut self, op: &Op) -> Reply {
        match op {
            Op::Set(key, value, options) => self.set(*key, value.bytes(), options),
            Op::Get(key) => Ok(bulk_or_null(self.string(*key)?)),
            Op::Del(keys) => {
                enough(keys.len(), "del")?;
                let removed = keys.iter().filter(|key| self.entries.remove(&key.bytes()).is_some());
                Ok(integer(removed.count() as i64))
            }
            Op::Exists(keys) => {
                enough(keys.len(), "exists")?;
                let found = keys.iter().filter(|key| self.entries.contains_key(&key.bytes()));
                Ok(integer(found.count() as i64))
            }
            Op::IncrBy(key, step) => {
                let old = self.string(*key)?.unwrap_or(b"0");
                let old = std::str::from_utf8(old).ok().and_then(|text| {
                    // Only the one spelling that writing the number gives back.
                    text.parse().ok().filter(|number: &i64| number.to_string() == text)
                });
                let old = old.ok_or("ERR value is not an integer or out of range")?;
                let sum = old.checked_add(step.value());
                let sum = sum.ok_or("ERR increment or decrement would overflow")?;
                self.put_keeping_deadline(*key, Value::String(sum.to_string().into_bytes()));
                Ok(integer(sum))
            }
            Op::Append(key, suffix) => {
                let mut bytes = self.string(*key)?.unwrap_or_default().to_vec();
                bytes.extend(suffix.bytes());
                let len = bytes.len() as i64;
                self.put_keeping_deadline(*key, Value::String(bytes));
                Ok(integer(len))
            }
            Op::GetRange(key, start, end) => {
                let bytes = self.string(*key)?.unwrap_or_default();
                Ok(bulk(substring(bytes, start.value(), end.value())))
            }
            Op::SetRange(key, offset, patch) => {
                self.set_range(*key, offset.value(), &patch.bytes())
            }
            Op::MSet(pairs) => {
                enough(pairs.len(), "mset")?;
                for (key, value) in pairs {
                    let value = Value::String(value.bytes());
                    self.entries.insert(key.bytes(), Entry { value, deadline: None });
                }
                ok()
            }
            Op::Push(end, key, values) => {
                enough(values.len(), if *end == End::Left { "lpush" } else { "rpush" })?;
                let mut list = self.list(*key)?.cloned().unwrap_or_default();
                values.iter().for_each(|value| push(&mut list, *end, value.bytes()));
                let len = list.len() as i64;
                self.put_keeping_deadline(*key, Value::List(list));
                Ok(integer(len))
            }
            Op::Pop(end, key, count) => self.pop(*end, *key, *count),
            Op::LRange(key, start, stop) => {
                let list = self.list(*key)?.cloned().unwrap_or_default();
                let (start, stop) = positions(start.value(), stop.value(), list.len());
                Ok(array(list.range(start..stop)))
            }
            Op::LTrim(key, start, stop) => {
                let list = self.list(*key)?.cloned().unwrap_or_default();
                let (start, stop) = positions(start.value(), stop.value(), list.len());
                let kept = list.range(start..stop).cloned().collect();
                self.put_keeping_deadline(*key, Value::List(kept));
                ok()
            }
            Op::LRem(key, count, value) => {
                let mut list = self.list(*key)?.cloned().unwrap_or_default();
                let (count, value) = (count.value(), value.bytes());
                let most = if count == 0 { u64::MAX } else { count.unsigned_abs() };
                let mut removed = 0;
                while removed < most {
                    let mut equal = list.iter().enumerate().filter(|(_, one)| **one == value);
                    let next = if count < 0 { equal.next_back() } else { equal.next() };
                    let Some((index, _)) = next else { break };
                    list.remove(index);
                    removed += 1;
                }
                self.put_keeping_deadline(*key, Value::List(list));
                Ok(integer(removed as i64))
            }
            Op::LInsert(key, side, pivot, value) => {
                let Some(mut list) = self.list(*key)?.cloned() else { return Ok(integer(0)) };
                let pivot = pivot.bytes();
                let Some(index) = list.iter().position(|element| *element == pivot) else {
                    return Ok(integer(-1));
                };
                list.insert(index + usize::from(*side == Side::After), value.bytes());
                let len = list.len() as i64;
                self.put_keeping_deadline(*key, Value::List(list));
                Ok(integer(len))
            }
            Op::LSet(key, index, value) => {
                let Some(mut list) = self.list(*key)?.cloned() else {
                    return Err("ERR no such key".into());
                };
                let index = i128::from(index.value());
                let index = if index < 0 { index + list.len() as i128 } else { index };
                let element = usize::try_from(index).ok().and_then(|index| list.get_mut(index));
                *element.ok_or("ERR index out of range")? = value.bytes();
                self.put_keeping_deadline(*key, Value::List(list));
                ok()
            }
            Op::LMove(from, from_end, to, to_end) => {
                let Some(mut source) = self.list(*from)?.cloned() else { return Ok(null()) };
                self.list(*to)?;
                let element = pop(&mut source, *from_end).expect("no list is empty");
                if from == to {
                    push(&mut source, *to_end, element.clone());
                    self.put_keeping_deadline(*from, Value::List(source));
                } else {
                    let mut target = self.list(*to)?.cloned().unwrap_or_default();
                    push(&mut target, *to_end, element.clone());
                    self.put_keeping_deadline(*from, Value::List(source));
                    self.put_keeping_deadline(*to, Value::List(target));
                }
                Ok(bulk(&element))
            }
            Op::Expire(unit, key, time, condition) => self.expire(*unit, *key, *time, *condition),
            Op::Persist(key) => {
                let entry = self.entries.get_mut(&key.bytes());
                let lifted = entry.and_then(|entry| entry.deadline.take());
                Ok(integer(lifted.is_some().into()))
            }
            Op::PTtl(key) => Ok(integer(match self.entries.get(&key.bytes()) {
                None => -2,
                Some(Entry { deadline: None, .. }) => -1,
                Some(Entry { deadline: Some(deadline), .. }) => deadline - self.now,
            })),
            Op::Type(key) => {
                let name = match self.entries.get(&key.bytes()).map(|entry| &entry.value) {
                    None => "none",
                    Some(Value::String(_)) => "string",
                    Some(Value::List(_)) => "list",
                };
                Ok(format!("+{name}\r\n").into_bytes())
            }
            Op::Rename(from, to) => {
                let entry = self.entries.remove(&from.bytes()).ok_or("ERR no such key")?;
                self.entries.insert(to.bytes(), entry);
                ok()
            }
            Op::Copy(from, to, if_taken) => {
                if from == to {
                    return Err("ERR source and destination objects are the same".into());
                }
                let Some(entry) = self.entries.get(&from.bytes()).cloned() else {
                    return Ok(integer(0));
                };
                if *if_taken == IfTaken::Refuse && self.entries.contains_key(&to.bytes()) {
                    return Ok(integer(0));
                }
                self.entries.insert(to.bytes(), entry);
                Ok(integer(1))
            }
            Op::Fill(count, ttl) => {
                let mut replies = Vec::new();
                for key in count.keys() {
                    let value = Value::String(key.clone());
                    let deadline = ttl.map(|ttl| self.now + i64::from(ttl) + 1);
                    self.entries.insert(key, Entry { value, deadline });
                    replies.push(b"+OK\r\n".as_slice());
                }
                if ttl.is_none() {
                    enough(replies.len(), "mset")?;
                    replies.truncate(1);
                }
                Ok(replies.concat())
            }
            Op::DbSize => Ok(integer(self.entries.len() as i64)),
            Op::FlushAll => {
                self.entries.clear();
                ok()
            }
            Op::Advance(_) | Op::Sweep(_) => Ok(Vec::new()),
        }
    }

    fn set(&mut self, key: Key, value: Vec<u8>, options: &[SetOption]) -> Reply {
        let (mut nx, mut xx, mut get, mut keep, mut time) = (false, false, false, false, None);
        let syntax = || Err("ERR syntax error".into());
        for option in options {
            match option {
                SetOption::Nx => nx = true,
                SetOption::Xx => xx = true,
                SetOption::Get => get = true,
                SetOption::KeepTtl => keep = true,
                SetOption::Time(unit, at) => match time {
                    Some((old, _)) if old != *unit => return syntax(),
                    _ => time = Some((*unit, *at)),
                },
            }
        }
        if nx && xx || keep && time.is_some() {
            return syntax();
        }
        let mut deadline = None;
        if let Some((unit, time)) = time {
            let at = (time.value(unit) > 0).then(|| self.deadline(unit, time)).flatten();
            deadline = Some(at.ok_or("ERR invalid expire time in 'set' command")?);
        }
        let old = if get { Some(bulk_or_null(self.string(key)?)) } else { None };
        let exists = self.entries.contains_key(&key.bytes());
        let done = !(nx && exists || xx && !exists);
        if done {
            if keep {
                deadline = self.entries.get(&key.bytes()).and_then(|entry| entry.deadline);
            }
            let value = Value::String(value);
            self.entries.insert(key.bytes(), Entry { value, deadline });
        }
        match old {
            Some(old) => Ok(old),
            None if done => ok(),
            None => Ok(null()),
        }
    }

    fn set_range(&mut self, key: Key, offset: i64, patch: &[u8]) -> Reply {
        if offset < 0 {
            return Err("ERR offset is out of range".into());
        }
        let mut bytes = self.string(key)?.unwrap_or_default().to_vec();
        if patch.is_empty() {
            return Ok(integer(bytes.len() as i64));
        }
        let end = offset.checked_add(patch.len() as i64).filter(|end| *end <= MAX_STRING);
        let end =
            end.ok_or("ERR string exceeds maximum allowed size (proto-max-bulk-len)")? as usize;
        if bytes.len() < end {
            bytes.resize(end, 0);
        }
        bytes[offset as usize..end].copy_from_slice(patch);
        let len = bytes.len() as i64;
        self.put_keeping_deadline(key, Value::String(bytes));
        Ok(integer(len))
    }

    fn pop(&mut self, end: End, key: Key, count: Option<Number>) -> Reply {
        let count = count.map(Number::value);
        if count.is_some_and(|count| count < 0) {
            return Err("ERR value is out of range, must be positive".into());
        }
        let Some(mut list) = self.list(key)?.cloned() else {
            return Ok(if count.is_some() { b"*-1\r\n".to_vec() } else { null() });
        };
        let mut popped = Vec::new();
        while (popped.len() as i64) < count.unwrap_or(1) {
            let Some(element) = pop(&mut list, end) else { break };
            popped.push(element);
        }
        self.put_keeping_deadline(key, Value::List(list));
        Ok(if count.is_some() { array(popped.iter()) } else { bulk(&popped[0]) })
    }

    fn expire(&mut self, unit: Unit, key: Key, time: Time, condition: Condition) -> Reply {
        let deadline = self.deadline(unit, time);
        let deadline = deadline
            .ok_or_else(|| format!("ERR invalid expire time in '{}' command", unit.command()))?;
        let Some(entry) = self.entries.get_mut(&key.bytes()) else { return Ok(integer(0)) };
        let holds = match (condition, entry.deadline) {
            (Condition::None, _) => true,
            (Condition::Nx, old) => old.is_none(),
            (Condition::Xx, old) => old.is_some(),
            (Condition::Gt, old) => old.is_some_and(|old| deadline > old),
            (Condition::Lt, old) => old.is_none_or(|old| deadline < old),
        };
        if holds {
            entry.deadline = Some(deadline);
            if deadline <= self.now {
                self.entries.remove(&key.bytes());
            }
        }
        Ok(integer(holds.into()))
    }

    /// The time in milliseconds since 1970, unless it leaves the 64-bit range on the way.
    fn deadline(&self, unit: Unit, time: Time) -> Option<i64> {
        let time = i128::from(time.value(unit));
        let millis = if matches!(unit, Unit::Ex | Unit::ExAt) { time * 1000 } else { time };
        let base = if matches!(unit, Unit::Ex | Unit::Px) { i128::from(self.now) } else { 0 };
        i64::try_from(millis).ok()?;
        i64::try_from(millis + base).ok()
    }

    fn string(&self, key: Key) -> Result<Option<&[u8]>, String> {
        match self.entries.get(&key.bytes()).map(|entry| &entry.value) {
            None => Ok(None),
            Some(Value::String(bytes)) => Ok(Some(bytes)),
            Some(Value::List(_)) => Err(WRONG_TYPE.into()),
        }
    }

    fn list(&self, key: Key) -> Result<Option<&VecDeque<Vec<u8>>>, String> {
        match self.entries.get(&key.bytes()).map(|entry| &entry.value) {
            None => Ok(None),
            Some(Value::List(list)) => Ok(Some(list)),
            Some(Value::String(_)) => Err(WRONG_TYPE.into()),
        }
    }

    fn put_keeping_deadline(&mut self, key: Key, value: Value) {
        let deadline = self.entries.get(&key.bytes()).and_then(|entry| entry.deadline);
        self.entries.insert(key.bytes(), Entry { value, deadline });
    }
}

fn enough(arguments: usize, command: &str) -> Result<(), String> {
    if arguments > 0 {
        return Ok(());
    }
    Err(format!("ERR wrong number of arguments for '{command}' command"))
}

fn push(list: &mut VecDeque<Vec<u8>>, end: End, value: Vec<u8>) {
    match end {
        End::Left => list.push_front(value),
        End::Right => list.push_back(value),
    }
}

fn pop(list: &mut VecDeque<Vec<u8>>, end: End) -> Option<Vec<u8>> {
    match end {
        End::Left => list.pop_front(),
        End::Right => list.pop_back(),
    }
}

/// GETRANGE's part of a string.
fn substring(bytes: &[u8], start: i64, end: i64) -> &[u8] {
    let len = bytes.len() as i128;
    if len == 0 || start < 0 && end < 0 && start > end {
        return &[];
    }
    let absolute = |position: i64| {
        let position = i128::from(position);
        if position < 0 { (position + len).max(0) } else { position }
    };
    let (start, end) = (absolute(start), absolute(end).min(len - 1));
    if start > end { &[] } else { &bytes[start as usize..=end as usize] }
}

/// The first position of a range of a list, and the one after its last.
fn positions(start: i64, stop: i64, len: usize) -> (usize, usize) {
    let absolute = |position: i64| {
        let position = i128::from(position);
        if position < 0 { position + len as i128 } else { position }
    };
    let (start, stop) = (absolute(start).max(0), absolute(stop).min(len as i128 - 1));
    if start > stop { (0, 0) } else { (start as usize, stop as usize + 1) }
}

fn ok() -> Reply {
    Ok(b"+OK\r\n".to_vec())
}

fn null() -> Vec<u8> {
    b"$-1\r\n".to_vec()
}

fn integer(number: i64) -> Vec<u8> {
    format!(":{number}\r\n").into_bytes()
}

pub fn bulk(bytes: &[u8]) -> Vec<u8> {
    [format!("${}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

fn bulk_or_null(bytes: Option<&[u8]>) -> Vec<u8> {
    bytes.map_or_else(null, bulk)
}

pub fn array<'a>(items: impl ExactSizeIterator<Item = &'a Vec<u8>>) -> Vec<u8> {
    let mut reply = format!("*{}\r\n", items.len()).into_bytes();
    items.for_each(|item| reply.extend(bulk(item)));
    reply
}
