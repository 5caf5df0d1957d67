//! The pattern language of KEYS.
//!
//! Works on two byte strings and nothing else; that KEYS takes a lone `*` as "everything" is its own affair.

/// Whether `text` matches `pattern`, by the rules of [KEYS](https://redis.io/docs/latest/commands/keys/):
/// `*` is any run of bytes, `?` one byte, `[abc]`, `[^a]`, `[a-c]` one of a class, `\` takes the next byte literally.
///
/// No recursion: of several stars only the last is ever retried, since an earlier one that takes
/// more leaves less to those after it. So no pattern costs more than `pattern × text` steps.
pub fn matches(mut pattern: &[u8], mut text: &[u8]) -> bool {
    if text.is_empty() {
        return pattern.is_empty();
    }
    // What follows the last star, and the text it was last tried on.
    let mut retry: Option<(&[u8], &[u8])> = None;
    loop {
        if let [b'*', after @ ..] = pattern {
            if after.is_empty() {
                return true;
            }
            retry = Some((after, text));
            pattern = after;
            continue;
        }
        let Some((&byte, text_after)) = text.split_first() else { return pattern.is_empty() };
        if let Some(pattern_after) = match_one(pattern, byte) {
            (pattern, text) = (pattern_after, text_after);
            continue;
        }
        let Some((after_star, [_, shorter @ ..])) = retry else { return false };
        retry = Some((after_star, shorter));
        (pattern, text) = (after_star, shorter);
    }
}

/// Matches one byte against the first item of `pattern`; what comes after that item if it does.
fn match_one(pattern: &[u8], byte: u8) -> Option<&[u8]> {
    match pattern {
        [] => None,
        [b'?', after @ ..] => Some(after),
        [b'[', b'^', class @ ..] => match_class(class, byte, false),
        [b'[', class @ ..] => match_class(class, byte, true),
        [b'\\', literal, after @ ..] | [literal, after @ ..] => (*literal == byte).then_some(after),
    }
}

fn match_class(mut class: &[u8], byte: u8, wanted: bool) -> Option<&[u8]> {
    // In C, where this language comes from, `char` is signed: a range runs over -128..=127.
    let signed = |byte: u8| byte as i8;
    let mut found = false;
    let after = loop {
        class = match class {
            // A class that is never closed ends with the pattern.
            [] => break class,
            [b'\\', literal, rest @ ..] => {
                found |= *literal == byte;
                rest
            }
            [b']', rest @ ..] => break rest,
            [a, b'-', b, rest @ ..] => {
                let (low, high) = (signed(*a).min(signed(*b)), signed(*a).max(signed(*b)));
                found |= (low..=high).contains(&signed(byte));
                rest
            }
            [literal, rest @ ..] => {
                found |= *literal == byte;
                rest
            }
        };
    };
    (found == wanted).then_some(after)
}
