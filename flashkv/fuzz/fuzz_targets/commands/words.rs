//! Commands as the fuzzer draws them, and how they are sent. What they mean is the model's business.

use arbitrary::{Arbitrary, Unstructured};

/// Mostly one of few keys, so that commands meet; some are as long as the border of what lies inside a segment, or longer.
/// The others are among those of [`Op::Fill`].
#[derive(Clone, Copy, PartialEq)]
pub struct Key(u8);

const FEW: u8 = 12;
const FILLED: u8 = 64;

impl<'a> Arbitrary<'a> for Key {
    fn arbitrary(input: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let byte = u8::arbitrary(input)?;
        Ok(Key(if byte < FILLED { FEW + byte } else { byte % FEW }))
    }
}

impl Key {
    pub fn bytes(self) -> Vec<u8> {
        match self.0 {
            0 => Vec::new(),
            1 => b"\0\r\n\xff".to_vec(),
            2 => vec![b'k'; 511],
            3 => vec![b'k'; 512],
            4 => vec![b'k'; 513],
            5 => vec![b'k'; 5_000],
            few @ ..FEW => vec![b'a' + few],
            filled => filled_key((filled - FEW).into()),
        }
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = self.bytes();
        if bytes.len() < 9 {
            write!(f, "{}", bytes.escape_ascii())
        } else {
            write!(f, "k*{}", bytes.len())
        }
    }
}

/// Bytes for a string or an element.
#[derive(Arbitrary, Clone, Debug)]
pub enum Value {
    /// One of few, so that elements equal each other.
    Few(u8),
    Integer(Number),
    Bytes(Vec<u8>),
    /// About as long as what still lies inside a segment.
    Border(u8, u8),
    Long(u8, u16),
}

impl Value {
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Value::Few(which) => vec![b'a' + which % 4; usize::from(which % 3)],
            Value::Integer(number) => number.text(),
            Value::Bytes(bytes) => bytes.clone(),
            Value::Border(byte, length) => vec![*byte; 496 + usize::from(length % 32)],
            Value::Long(byte, length) => vec![*byte; usize::from(length % 10_000)],
        }
    }
}

/// A 64-bit integer, mostly small or at an edge.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Number {
    Small(i8),
    Medium(i16),
    Lowest(u8),
    Highest(u8),
    Any(i64),
}

impl Number {
    pub fn value(self) -> i64 {
        match self {
            Number::Small(number) => number.into(),
            Number::Medium(number) => number.into(),
            Number::Lowest(above) => i64::MIN + i64::from(above),
            Number::Highest(below) => i64::MAX - i64::from(below),
            Number::Any(number) => number,
        }
    }

    fn text(self) -> Vec<u8> {
        self.value().to_string().into_bytes()
    }
}

/// Where SETRANGE writes: never where a string of many megabytes would have to be made.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Offset {
    Near(u16),
    Negative(i64),
    TooFar(u32),
}

impl Offset {
    pub fn value(self) -> i64 {
        match self {
            Offset::Near(offset) => (offset % 1_500).into(),
            Offset::Negative(offset) => {
                if offset < 0 {
                    offset
                } else {
                    -1
                }
            }
            Offset::TooFar(offset) => (512 << 20) + i64::from(offset),
        }
    }
}

#[derive(Arbitrary, Clone, Copy, Debug, PartialEq)]
pub enum End {
    Left,
    Right,
}

#[derive(Arbitrary, Clone, Copy, Debug, PartialEq)]
pub enum Side {
    Before,
    After,
}

#[derive(Arbitrary, Clone, Copy, Debug, PartialEq)]
pub enum Unit {
    Ex,
    Px,
    ExAt,
    PxAt,
}

impl Unit {
    fn option(self) -> &'static str {
        match self {
            Unit::Ex => "EX",
            Unit::Px => "PX",
            Unit::ExAt => "EXAT",
            Unit::PxAt => "PXAT",
        }
    }

    pub fn command(self) -> &'static str {
        match self {
            Unit::Ex => "expire",
            Unit::Px => "pexpire",
            Unit::ExAt => "expireat",
            Unit::PxAt => "pexpireat",
        }
    }
}

#[derive(Arbitrary, Clone, Debug)]
pub enum SetOption {
    Nx,
    Xx,
    Get,
    KeepTtl,
    Time(Unit, Time),
}

/// A time to live or, for the units that need one, a time around now.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Time {
    Soon(i16),
    Any(Number),
}

impl Time {
    pub fn value(self, unit: Unit) -> i64 {
        match (self, unit) {
            (Time::Any(number), _) => number.value(),
            (Time::Soon(time), Unit::Ex) => i64::from(time) / 1000,
            (Time::Soon(time), Unit::Px) => time.into(),
            (Time::Soon(time), Unit::ExAt) => (super::T0.cast_signed() + i64::from(time)) / 1000,
            (Time::Soon(time), Unit::PxAt) => super::T0.cast_signed() + i64::from(time),
        }
    }
}

#[derive(Arbitrary, Clone, Copy, Debug, PartialEq)]
pub enum Condition {
    None,
    Nx,
    Xx,
    Gt,
    Lt,
}

#[derive(Arbitrary, Clone, Copy, Debug, PartialEq)]
pub enum IfTaken {
    Refuse,
    Replace,
}

#[derive(Arbitrary, Clone, Debug)]
pub enum Op {
    Set(Key, Value, Vec<SetOption>),
    Get(Key),
    Del(Vec<Key>),
    Exists(Vec<Key>),
    IncrBy(Key, Number),
    Append(Key, Value),
    GetRange(Key, Number, Number),
    SetRange(Key, Offset, Value),
    MSet(Vec<(Key, Value)>),
    Push(End, Key, Vec<Value>),
    Pop(End, Key, Option<Number>),
    LRange(Key, Number, Number),
    LTrim(Key, Number, Number),
    LRem(Key, Number, Value),
    LInsert(Key, Side, Value, Value),
    LSet(Key, Number, Value),
    LMove(Key, End, Key, End),
    Expire(Unit, Key, Time, Condition),
    Persist(Key),
    PTtl(Key),
    Type(Key),
    Rename(Key, Key),
    Copy(Key, Key, IfTaken),
    DbSize,
    FlushAll,
    /// Sets so many keys, for so many milliseconds if that is said.
    Fill(Count, Option<u16>),
    /// Lets so many milliseconds pass.
    Advance(u16),
    /// Lets the sweeper take so many steps.
    Sweep(u8),
}

impl Op {
    /// The request, or requests, if it is any.
    pub fn request(&self) -> Option<Vec<u8>> {
        let mut words = Vec::new();
        let mut say = |word: &str| words.push(word.as_bytes().to_vec());
        match self {
            Op::Set(key, value, options) => {
                say("SET");
                words.extend([key.bytes(), value.bytes()]);
                for option in options {
                    match option {
                        SetOption::Nx => words.push(b"NX".to_vec()),
                        SetOption::Xx => words.push(b"xx".to_vec()),
                        SetOption::Get => words.push(b"GET".to_vec()),
                        SetOption::KeepTtl => words.push(b"KeepTtl".to_vec()),
                        SetOption::Time(unit, time) => words
                            .extend([unit.option().into(), time.value(*unit).to_string().into()]),
                    }
                }
            }
            Op::Get(key) => words.extend([b"GET".to_vec(), key.bytes()]),
            Op::Del(keys) => {
                say("DEL");
                words.extend(keys.iter().map(|key| key.bytes()));
            }
            Op::Exists(keys) => {
                say("EXISTS");
                words.extend(keys.iter().map(|key| key.bytes()));
            }
            Op::IncrBy(key, number) => words.extend(["INCRBY".into(), key.bytes(), number.text()]),
            Op::Append(key, value) => words.extend(["APPEND".into(), key.bytes(), value.bytes()]),
            Op::GetRange(key, start, end) => {
                words.extend(["GETRANGE".into(), key.bytes(), start.text(), end.text()]);
            }
            Op::SetRange(key, offset, value) => {
                let offset = offset.value().to_string().into();
                words.extend(["SETRANGE".into(), key.bytes(), offset, value.bytes()]);
            }
            Op::MSet(pairs) => {
                say("MSET");
                words.extend(pairs.iter().flat_map(|(key, value)| [key.bytes(), value.bytes()]));
            }
            Op::Push(end, key, values) => {
                say(if *end == End::Left { "LPUSH" } else { "RPUSH" });
                words.push(key.bytes());
                words.extend(values.iter().map(Value::bytes));
            }
            Op::Pop(end, key, count) => {
                say(if *end == End::Left { "LPOP" } else { "RPOP" });
                words.push(key.bytes());
                words.extend(count.map(Number::text));
            }
            Op::LRange(key, start, stop) => {
                words.extend(["LRANGE".into(), key.bytes(), start.text(), stop.text()]);
            }
            Op::LTrim(key, start, stop) => {
                words.extend(["LTRIM".into(), key.bytes(), start.text(), stop.text()]);
            }
            Op::LRem(key, count, value) => {
                words.extend(["LREM".into(), key.bytes(), count.text(), value.bytes()]);
            }
            Op::LInsert(key, side, pivot, value) => {
                let side = if *side == Side::Before { "BEFORE" } else { "AFTER" };
                let (pivot, value) = (pivot.bytes(), value.bytes());
                words.extend(["LINSERT".into(), key.bytes(), side.into(), pivot, value]);
            }
            Op::LSet(key, index, value) => {
                words.extend(["LSET".into(), key.bytes(), index.text(), value.bytes()]);
            }
            Op::LMove(from, from_end, to, to_end) => {
                let end =
                    |end: &End| if *end == End::Left { "LEFT".into() } else { "RIGHT".into() };
                let (from_end, to_end) = (end(from_end), end(to_end));
                words.extend(["LMOVE".into(), from.bytes(), to.bytes(), from_end, to_end]);
            }
            Op::Expire(unit, key, time, condition) => {
                let time = time.value(*unit).to_string().into();
                words.extend([unit.command().into(), key.bytes(), time]);
                words.extend(match condition {
                    Condition::None => None,
                    Condition::Nx => Some(b"NX".to_vec()),
                    Condition::Xx => Some(b"XX".to_vec()),
                    Condition::Gt => Some(b"GT".to_vec()),
                    Condition::Lt => Some(b"LT".to_vec()),
                });
            }
            Op::Persist(key) => words.extend([b"PERSIST".to_vec(), key.bytes()]),
            Op::PTtl(key) => words.extend([b"PTTL".to_vec(), key.bytes()]),
            Op::Type(key) => words.extend([b"TYPE".to_vec(), key.bytes()]),
            Op::Rename(from, to) => words.extend(["RENAME".into(), from.bytes(), to.bytes()]),
            Op::Copy(from, to, if_taken) => {
                words.extend(["COPY".into(), from.bytes(), to.bytes()]);
                words.extend((*if_taken == IfTaken::Replace).then(|| b"REPLACE".to_vec()));
            }
            Op::Fill(count, None) => {
                say("MSET");
                words.extend(count.keys().flat_map(|key| [key.clone(), key]));
            }
            Op::Fill(count, Some(ttl)) => {
                let ttl = (u32::from(*ttl) + 1).to_string().into_bytes();
                let set =
                    |key: Vec<u8>| request(&[b"SET".as_slice(), &key, &key, b"PX", ttl.as_slice()]);
                return Some(count.keys().flat_map(set).collect());
            }
            Op::DbSize => say("DBSIZE"),
            Op::FlushAll => say("FLUSHALL"),
            Op::Advance(_) | Op::Sweep(_) => return None,
        }
        Some(request(&words))
    }
}

/// How many keys: seldom so many that segments split.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub struct Count(u8);

/// A byte that the fuzzer has no liking for.
const MANY: u8 = 0x9b;

impl Count {
    pub fn keys(self) -> impl Iterator<Item = Vec<u8>> {
        let count = if self.0 == MANY { 2_000 } else { usize::from(self.0) };
        (0..count).map(filled_key)
    }
}

fn filled_key(index: usize) -> Vec<u8> {
    format!("filled:{index}").into_bytes()
}

/// A request of these words.
pub fn request<W: AsRef<[u8]>>(words: &[W]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        let word = word.as_ref();
        bytes.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
        bytes.extend_from_slice(word);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}
