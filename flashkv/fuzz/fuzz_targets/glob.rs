//! The glob matcher, against a matcher that is slow and plain: the pattern as a list of items, each `*` tried at every
//! length.
//!
//! Input: the length of the pattern, the pattern, and then the text.

#![no_main]

use flashkv::storage::glob;
use libfuzzer_sys::fuzz_target;

/// Steps after which the plain matcher gives up: it takes exponentially many.
const FUEL: usize = 100_000;

#[derive(Clone, Copy, PartialEq)]
enum Case {
    Sensitive,
    Ignored,
}

enum Item {
    Star,
    /// Exactly one byte: one of those marked.
    One(Box<[bool; 256]>),
}

fn items(mut pattern: &[u8], case: Case) -> Vec<Item> {
    let mut items = Vec::new();
    while let Some((first, rest)) = pattern.split_first() {
        pattern = rest;
        items.push(match first {
            b'*' => Item::Star,
            b'?' => Item::One(Box::new([true; 256])),
            b'[' => {
                let (class, rest) = class(pattern, case);
                pattern = rest;
                Item::One(class)
            }
            b'\\' if !pattern.is_empty() => {
                let (escaped, rest) = pattern.split_first().expect("it is not empty");
                pattern = rest;
                one(|byte| same(byte, *escaped, case))
            }
            literal => one(|byte| same(byte, *literal, case)),
        });
    }
    items
}

/// The bytes of a class, and what follows its bracket. Without one, it ends with the pattern.
fn class(mut rest: &[u8], case: Case) -> (Box<[bool; 256]>, &[u8]) {
    let inverted = rest.first() == Some(&b'^');
    if inverted {
        rest = &rest[1..];
    }
    let mut members = [false; 256];
    while !rest.is_empty() && rest[0] != b']' {
        if rest[0] == b'\\' && rest.len() > 1 {
            // Compared exactly, whatever the case.
            members[usize::from(rest[1])] = true;
            rest = &rest[2..];
        } else if rest.len() > 2 && rest[1] == b'-' {
            let (mut low, mut high) = (rest[0] as i8, rest[2] as i8);
            if low > high {
                (low, high) = (high, low);
            }
            // Put in order first, and folded then.
            let (low, high) = (fold(low as u8, case) as i8, fold(high as u8, case) as i8);
            for byte in 0..=255u8 {
                let folded = fold(byte, case) as i8;
                members[usize::from(byte)] |= low <= folded && folded <= high;
            }
            rest = &rest[3..];
        } else {
            for byte in 0..=255u8 {
                members[usize::from(byte)] |= same(byte, rest[0], case);
            }
            rest = &rest[1..];
        }
    }
    let rest = if rest.is_empty() { rest } else { &rest[1..] };
    (Box::new(members.map(|member| member != inverted)), rest)
}

fn one(matches: impl Fn(u8) -> bool) -> Item {
    Item::One(Box::new(std::array::from_fn(|byte| matches(byte as u8))))
}

fn same(a: u8, b: u8, case: Case) -> bool {
    fold(a, case) == fold(b, case)
}

fn fold(byte: u8, case: Case) -> u8 {
    if case == Case::Ignored { byte.to_ascii_lowercase() } else { byte }
}

/// Whether the items match the whole text; `None` if that takes too long to find out.
fn plain(items: &[Item], text: &[u8], fuel: &mut usize) -> Option<bool> {
    *fuel = fuel.checked_sub(1)?;
    match items {
        [] => Some(text.is_empty()),
        [Item::Star, rest @ ..] => {
            for start in 0..=text.len() {
                if plain(rest, &text[start..], fuel)? {
                    return Some(true);
                }
            }
            Some(false)
        }
        [Item::One(members), rest @ ..] => match text {
            [byte, after @ ..] if members[usize::from(*byte)] => plain(rest, after, fuel),
            _ => Some(false),
        },
    }
}

fuzz_target!(|data: &[u8]| {
    let [length, rest @ ..] = data else { return };
    let (pattern, text) = rest.split_at(rest.len().min(usize::from(*length)));
    for (case, matches) in [
        (Case::Sensitive, glob::matches as fn(&[u8], &[u8]) -> bool),
        (Case::Ignored, glob::matches_ignore_case),
    ] {
        let expected = if text.is_empty() {
            // Redis' quirk: not even a star matches the empty text.
            Some(pattern.is_empty())
        } else {
            plain(&items(pattern, case), text, &mut FUEL.clone())
        };
        let matched = matches(pattern, text);
        if let Some(expected) = expected {
            assert_eq!(matched, expected, "{} on {}", pattern.escape_ascii(), text.escape_ascii());
        }
    }
});
