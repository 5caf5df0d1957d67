//! The arguments of random commands, by kind: what is usual, and what lies at an edge.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::Words;
use super::grammar::{DATABASES, KEYS};
use transcripts::T0;

type Word = Vec<u8>;

/// The words of a piece of syntax. `preferred` are the keys mostly drawn; empty means any.
pub fn phrase(syntax: &str, preferred: &'static [&'static str]) -> BoxedStrategy<Words> {
    let words: Vec<_> = syntax.split(' ').map(|kind| words(kind, preferred)).collect();
    words.prop_map(|words| words.concat()).boxed()
}

/// What no command takes, or takes amiss.
pub fn junk() -> BoxedStrategy<Word> {
    one_of(&["", "foo", "NX", "EX", "COUNT", "GET", "1", "-1", "1.5", "\r\n", "LEFT", "s1", "l1"])
}

/// One argument of a kind, or several that belong together.
fn words(kind: &str, preferred: &'static [&'static str]) -> BoxedStrategy<Words> {
    let key = || key(preferred);
    match kind {
        "keys" => vec(key(), 1..4).boxed(),
        "pairs" => {
            vec((key(), value()), 1..4).prop_map(|pairs| pairs.into_iter().flat_map(both).collect())
        }
        .boxed(),
        "elements" => vec(element(), 1..8).boxed(),
        "counted_keys" => prop_oneof![
            6 => vec(key(), 1..4).prop_map(|keys| counted(keys.len().to_string().into(), keys)),
            1 => (number(), vec(key(), 1..4)).prop_map(|(count, keys)| counted(count, keys)),
        ]
        .boxed(),
        _ => word(kind, preferred).prop_map(|word| vec![word]).boxed(),
    }
}

fn word(kind: &str, preferred: &'static [&'static str]) -> BoxedStrategy<Word> {
    match kind {
        "key" => key(preferred),
        "value" => value(),
        "element" => element(),
        "integer" => prop_oneof![4 => small(-20..20), 2 => number()].boxed(),
        "float" => prop_oneof![4 => float(), 1 => number()].boxed(),
        "index" => prop_oneof![7 => small(-8..8), 1 => number()].boxed(),
        // The lowest integer is left out: Redis 7.0 overflows on it (see lists/lpos.txt).
        "rank" => word("index", preferred)
            .prop_map(|word| if word == b"-9223372036854775808" { b"-1".to_vec() } else { word })
            .boxed(),
        "count" => prop_oneof![6 => small(0..5), 1 => small(-2..0), 1 => number()].boxed(),
        // Past the limit of a string or far below it: nothing that makes both servers allocate half a gigabyte.
        "offset" => prop_oneof![
            6 => small(0..20),
            1 => one_of(&["-1", "536870912", "536870913", "4294967296", "9223372036854775807"]),
            1 => one_of(&["9223372036854775808", "x", ""]),
        ]
        .boxed(),
        "seconds" => prop_oneof![8 => small(1..6), 1 => small(-1..1), 1 => number()].boxed(),
        "millis" => prop_oneof![8 => small(1..4000), 1 => small(-1..1), 1 => number()].boxed(),
        "second" => {
            let now = (T0 / 1000).cast_signed();
            prop_oneof![8 => small(now - 1..now + 8), 1 => small(-1..1), 1 => number()].boxed()
        }
        "milli" => {
            let now = T0.cast_signed();
            prop_oneof![8 => small(now - 500..now + 8000), 1 => small(-1..1), 1 => number()].boxed()
        }
        "db" => prop_oneof![8 => one_of(DATABASES), 8 => one_of(&["0"]), 1 => one_of(&["16", "-1", "x", "4294967296"])]
            .boxed(),
        "cursor" => {
            prop_oneof![8 => one_of(&["0"]), 1 => one_of(&["x", "-1", "7", "", "00", " 0"])].boxed()
        }
        "pattern" => one_of(&[
            "*", "*", "s*", "l?", "[sl]1", "[^s]*", "s[1-2]", "s[2-1]", "[", "*[", "\\s1", "", "?",
            "s\\", "S1",
        ]),
        "type" => one_of(&["string", "list", "STRING", "hash", "none", ""]),
        "end" => {
            prop_oneof![4 => in_any_case("LEFT"), 4 => in_any_case("RIGHT"), 1 => junk()].boxed()
        }
        "junk" => junk(),
        literal => in_any_case(literal),
    }
}

fn key(preferred: &'static [&'static str]) -> BoxedStrategy<Word> {
    if preferred.is_empty() {
        return one_of(KEYS);
    }
    prop_oneof![6 => one_of(preferred), 1 => one_of(KEYS)].boxed()
}

fn value() -> BoxedStrategy<Word> {
    prop_oneof![
        4 => small(0..20),
        2 => number(),
        2 => float(),
        3 => one_of(&["", "a", "abc", "hello world", "ohmytext", "mynewtext"]),
        // Where Redis changes a string's encoding: 20 digits, 44 bytes.
        1 => select(vec![20, 21, 43, 44, 45, 100]).prop_map(|length| vec![b'x'; length]),
        1 => vec(any::<u8>(), 0..12),
        1 => Just(b"\x00\r\n\xff".to_vec()),
    ]
    .boxed()
}

/// Few values, so that LREM, LPOS and LINSERT find something.
fn element() -> BoxedStrategy<Word> {
    prop_oneof![8 => one_of(&["a", "b", "c", "1", "2", "-1"]), 1 => value()].boxed()
}

/// Integers at the edges of what fits, and what only looks like one.
fn number() -> BoxedStrategy<Word> {
    one_of(&[
        "0",
        "-0",
        "00",
        "01",
        "+1",
        " 1",
        "1 ",
        "1.0",
        "1e3",
        "x",
        "",
        "2147483647",
        "2147483648",
        "-2147483649",
        "4294967296",
        "9223372036854775",
        "9223372036854775806",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775807",
        "-9223372036854775808",
        "-9223372036854775809",
        "18446744073709551615",
        "18446744073709551616",
    ])
}

fn float() -> BoxedStrategy<Word> {
    prop_oneof![
        4 => (-200i32..200, 0u32..4).prop_map(|(digits, places)| {
            let text = f64::from(digits) / 10f64.powi(places.cast_signed());
            text.to_string().into_bytes()
        }),
        1 => one_of(&[
            "3.0e3", "5.0e-1", "1e-5", "1E2", ".5", "5.", "-.5", "-0.0", "inf", "-inf", "nan", "1e400",
            "1e17", "123456789.125", "0x1p3", "0.1", "0.2", "1.0x", "1 .0", " 1.5", "1.5 ", "--1", "e1",
        ]),
    ]
    .boxed()
}

fn small(range: std::ops::Range<i64>) -> BoxedStrategy<Word> {
    range.prop_map(|number| number.to_string().into_bytes()).boxed()
}

fn in_any_case(word: &str) -> BoxedStrategy<Word> {
    let upper = word.as_bytes().to_vec();
    let lower = upper.to_ascii_lowercase();
    let mut mixed = lower.clone();
    mixed.iter_mut().step_by(2).for_each(|byte| byte.make_ascii_uppercase());
    prop_oneof![6 => Just(upper), 1 => Just(lower), 1 => Just(mixed)].boxed()
}

fn one_of(words: &'static [&'static str]) -> BoxedStrategy<Word> {
    select(words).prop_map(|word| word.as_bytes().to_vec()).boxed()
}

fn both((key, value): (Word, Word)) -> [Word; 2] {
    [key, value]
}

fn counted(count: Word, keys: Words) -> Words {
    std::iter::once(count).chain(keys).collect()
}
