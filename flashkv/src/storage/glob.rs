//! The glob matcher behind KEYS, SCAN MATCH, PSUBSCRIBE and CONFIG GET.
//!
//! Works on two byte strings and nothing else: it does not know what a key is, nor the shortcut by
//! which KEYS and SCAN take the lone pattern `*` as "everything". That shortcut is visible: the
//! empty key is listed by `KEYS *` though [`matches()`] denies it, as Redis' own matcher does.

#[cfg(test)]
mod tests;

/// Whether `text` matches `pattern`, by the rules of [KEYS](https://redis.io/docs/latest/commands/keys/).
///
/// `*` is any run of bytes, `?` any one byte, `[abc]`, `[^a]` and `[a-c]` one byte of a class, and
/// `\` takes the next byte literally. No pattern is an error:
///
/// - a class that is never closed ends with the pattern, and a final `\` stands for itself;
/// - `[]` matches no byte and `[^]` matches any: a `]` always closes, unless escaped;
/// - in a class, `-` with a byte on each side is a range even when that byte is `]` or `\`;
/// - a range may be written backwards, and its ends compare as *signed* bytes, so `[a-\xff]` is
///   everything from `\xff` through `\0` to `a`;
/// - the empty text is matched by the empty pattern only, not by `*`.
///
/// Takes at most `pattern.len() × text.len()` steps, without recursion. So there is no limit on the
/// number of stars, where Redis with its fix for CVE-2024-31228 lets more than 1,000 match nothing.
pub fn matches(pattern: &[u8], text: &[u8]) -> bool {
    run(pattern, text, Case::Sensitive)
}

/// As [`matches()`], taking ASCII letters of either case for each other; for
/// [CONFIG GET](https://redis.io/docs/latest/commands/config-get/) and
/// [COMMAND LIST](https://redis.io/docs/latest/commands/command-list/)` FILTERBY PATTERN`.
///
/// Two oddities are Redis' own: an escaped byte inside a class is compared exactly, and the ends of
/// a range are put in order before they are folded, so `[Z-a]` is the empty range `z` to `a`.
pub fn matches_ignore_case(pattern: &[u8], text: &[u8]) -> bool {
    run(pattern, text, Case::Ignored)
}

/// Whether letters of different case are told apart.
#[derive(Clone, Copy)]
enum Case {
    Sensitive,
    Ignored,
}

impl Case {
    fn fold(self, byte: u8) -> u8 {
        match self {
            Case::Sensitive => byte,
            Case::Ignored => byte.to_ascii_lowercase(),
        }
    }
}

fn run(mut pattern: &[u8], mut text: &[u8], case: Case) -> bool {
    if text.is_empty() {
        return pattern.is_empty();
    }
    // What follows the last `*`, and the text it was last tried on. Only the last one is ever
    // retried: an earlier star reaching further would leave the later ones less text, not more.
    let mut last_star: Option<(&[u8], &[u8])> = None;
    loop {
        #[cfg(test)]
        tests::count_step();

        if let [b'*', after @ ..] = pattern {
            if after.is_empty() {
                return true;
            }
            last_star = Some((after, text));
            pattern = after;
            continue;
        }
        let Some((&byte, text_after)) = text.split_first() else {
            // Each pattern item but `*` takes exactly one byte, so when the text has run out, no
            // later start of the last star can satisfy what is left.
            return pattern.is_empty();
        };
        if let Some(pattern_after) = match_one(pattern, byte, case) {
            (pattern, text) = (pattern_after, text_after);
            continue;
        }
        let Some((after_star, [_, shorter @ ..])) = last_star else { return false };
        last_star = Some((after_star, shorter));
        (pattern, text) = (after_star, shorter);
    }
}

/// Matches `byte` against the first item of `pattern`; on success, the pattern after that item.
fn match_one(pattern: &[u8], byte: u8, case: Case) -> Option<&[u8]> {
    let (literal, after) = match pattern {
        [] => return None,
        [b'?', after @ ..] => return Some(after),
        [b'[', class @ ..] => return match_class(class, byte, case),
        [b'\\', escaped, after @ ..] => (escaped, after),
        [literal, after @ ..] => (literal, after),
    };
    (case.fold(*literal) == case.fold(byte)).then_some(after)
}

/// Matches `byte` against the class whose text, after the `[`, starts `class`.
fn match_class(class: &[u8], byte: u8, case: Case) -> Option<&[u8]> {
    let (mut members, wanted) = match class {
        [b'^', members @ ..] => (members, false),
        members => (members, true),
    };
    let mut found = false;
    let after = loop {
        members = match members {
            [] => break members,
            [b'\\', escaped, rest @ ..] => {
                found |= *escaped == byte;
                rest
            }
            [b']', rest @ ..] => break rest,
            [from, b'-', to, rest @ ..] => {
                found |= in_range(*from, *to, byte, case);
                rest
            }
            [member, rest @ ..] => {
                found |= case.fold(*member) == case.fold(byte);
                rest
            }
        };
    };
    (found == wanted).then_some(after)
}

fn in_range(from: u8, to: u8, byte: u8, case: Case) -> bool {
    // C's `char` is signed on x86, and a client can tell.
    let signed = |byte: u8| byte as i8;
    let (low, high) = if signed(from) <= signed(to) { (from, to) } else { (to, from) };
    let [low, high, byte] = [low, high, byte].map(|byte| signed(case.fold(byte)));
    (low..=high).contains(&byte)
}
