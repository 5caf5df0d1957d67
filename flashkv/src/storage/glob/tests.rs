//! Expectations are what Redis 7.0.15 answers to `KEYS pattern` and, ignoring case, to
//! `COMMAND LIST FILTERBY PATTERN pattern`.

use std::cell::Cell;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

thread_local! {
    static STEPS: Cell<usize> = const { Cell::new(0) };
}

/// Called by the matcher once for each pattern item it tries.
pub(super) fn count_step() {
    STEPS.set(STEPS.get() + 1);
}

fn steps_of(pattern: &[u8], text: &[u8]) -> usize {
    STEPS.set(0);
    matches(pattern, text);
    STEPS.get()
}

fn shown(pattern: &[u8], text: &[u8]) -> String {
    format!("{} on {}", pattern.escape_ascii(), text.escape_ascii())
}

#[test]
fn matches_as_keys_does() {
    let cases: &[(&[u8], &[u8], bool)] = &[
        // Empty text and empty pattern.
        (b"", b"", true),
        (b"", b"a", false),
        (b"**", b"", false),
        (b"?", b"", false),
        (b"[^]", b"", false),
        (b"a", b"", false),
        // Stars.
        (b"**", b"a", true),
        (b"a*", b"a", true),
        (b"*a", b"a", true),
        (b"a**", b"a", true),
        (b"*a*", b"bab", true),
        (b"a*b", b"acb", true),
        (b"a*b", b"acbc", false),
        (b"a*b*c", b"aXbYbZc", true),
        (b"a*b*c", b"aXcYb", false),
        (b"*ab", b"aab", true),
        (b"*?", b"a", true),
        (b"?*?", b"a", false),
        (b"a*?b", b"ab", false),
        (b"*a?*", b"ba", false),
        // One byte.
        (b"?", b"a", true),
        (b"?", b"ab", false),
        (b"??", b"ab", true),
        (b"a?c", b"abc", true),
        (b"?", b"\\", true),
        (b"?", b"\x00", true),
        (b"?", b"\xff", true),
        // Classes.
        (b"[abc]", b"b", true),
        (b"[abc]", b"d", false),
        (b"[abc]", b"ab", false),
        (b"[^a]", b"b", true),
        (b"[^a]", b"a", false),
        (b"[^a]", b"^", true),
        (b"[a^]", b"^", true),
        (b"[a^]", b"b", false),
        (b"[*]", b"*", true),
        (b"[*]", b"a", false),
        (b"[?]", b"?", true),
        (b"h[ae]llo", b"hallo", true),
        (b"h[ae]llo", b"hillo", false),
        // A closing bracket always closes; empty classes.
        (b"[]", b"a", false),
        (b"[]]", b"]", false),
        (b"[]a]", b"a]", false),
        (b"[^]", b"a", true),
        (b"[^]", b"]", true),
        (b"[^]a]", b"xa]", true),
        (b"[^]a]", b"b", false),
        (b"[^^]", b"^", false),
        (b"[^^]", b"a", true),
        // Classes that are never closed.
        (b"[", b"[", false),
        (b"[", b"a", false),
        (b"[a", b"a", true),
        (b"[a", b"b", false),
        (b"[ab", b"b", true),
        (b"[^", b"a", true),
        (b"[^", b"ab", false),
        (b"[^a", b"a", false),
        (b"[^a", b"b", true),
        (b"[a-", b"a", true),
        (b"[a-", b"-", true),
        (b"[a-c", b"b", true),
        (b"x[", b"x", false),
        (b"x[^", b"xy", true),
        (b"[a*", b"a", true),
        (b"[a*", b"*", true),
        (b"[a*", b"ab", false),
        // Ranges, also backwards.
        (b"[a-c]", b"b", true),
        (b"[a-c]", b"d", false),
        (b"[c-a]", b"b", true),
        (b"[c-a]", b"-", false),
        (b"[^a-c]", b"b", false),
        (b"[^a-c]", b"d", true),
        (b"[a-a]", b"a", true),
        (b"[a-c-e]", b"-", true),
        (b"[a-c-e]", b"d", false),
        (b"[a-c-e]", b"e", true),
        (b"[-a]", b"-", true),
        (b"[-a]", b"a", true),
        (b"[a-]", b"a", true),
        (b"[a-]", b"^", true),
        (b"[a-]", b"-", false),
        (b"[a-]b]", b"`", true),
        (b"[a-]b]", b"b", true),
        (b"[--/]", b".", true),
        (b"[^-a]", b"-", false),
        (b"[^-a]", b"b", true),
        // Ranges over signed bytes.
        (b"[\x80-\xff]", b"\x90", true),
        (b"[\x80-\xff]", b"\x7f", false),
        (b"[a-\xff]", b"\xff", true),
        (b"[a-\xff]", b"\x00", true),
        (b"[a-\xff]", b"A", true),
        (b"[a-\xff]", b"b", false),
        (b"[a-\xff]", b"\xfe", false),
        (b"[\x00-\x7f]", b"\x80", false),
        (b"[\x00-\x7f]", b"a", true),
        // Escapes outside a class.
        (b"\\*", b"*", true),
        (b"\\*", b"a", false),
        (b"\\?", b"?", true),
        (b"\\?", b"a", false),
        (b"\\[a]", b"[a]", true),
        (b"\\a", b"a", true),
        (b"\\a", b"\\a", false),
        (b"\\\\", b"\\", true),
        (b"\\", b"\\", true),
        (b"\\", b"a", false),
        (b"a\\", b"a\\", true),
        (b"a\\", b"a", false),
        (b"*\\", b"a\\", true),
        (b"\\\\*", b"\\x", true),
        // Escapes inside a class.
        (b"[\\]]", b"]", true),
        (b"[\\]]", b"\\", false),
        (b"[\\^a]", b"^", true),
        (b"[\\^a]", b"b", false),
        (b"[a\\]b]", b"b", true),
        (b"[a\\-c]", b"-", true),
        (b"[a\\-c]", b"b", false),
        (b"[\\a-c]", b"-", true),
        (b"[\\a-c]", b"b", false),
        (b"[\\a-c]", b"c", true),
        (b"[a-\\]", b"b", false),
        (b"[a-\\]", b"^", true),
        (b"[a-\\]]", b"^", false),
        (b"[a-\\]]", b"^]", true),
        (b"[\\\\]", b"\\", true),
        (b"[\\", b"\\", true),
        (b"[a\\", b"\\", true),
        (b"[^\\", b"\\", false),
        (b"[^\\", b"a", true),
        (b"[\\]", b"]", true),
        (b"[\\]", b"\\", false),
        // Binary bytes.
        (b"\x00*\x00", b"\x00a\x00", true),
        (b"a\x00b", b"a\x00b", true),
        (b"a\x00b", b"a\x00c", false),
        (b"\xff\xfe", b"\xff\xfe", true),
        (b"*\x0d\x0a", b"a\x0d\x0a", true),
        // After a star.
        (b"*[ab]c", b"xxac", true),
        (b"*[ab]c", b"xxdc", false),
        (b"*[^a]", b"aab", true),
        (b"*[^a]", b"baa", false),
        (b"*\\*", b"a*", true),
        (b"*\\*", b"a", false),
        (b"*[", b"a[", false),
        (b"*[^", b"ab", true),
    ];
    for &(pattern, text, expected) in cases {
        assert_eq!(matches(pattern, text), expected, "{}", shown(pattern, text));
    }
}

#[test]
fn ignoring_case_matches_as_command_list_does() {
    let cases: &[(&[u8], &[u8], bool)] = &[
        (b"GET", b"get", true),
        (b"gEt", b"get", true),
        (b"G?T", b"get", true),
        (b"\\GET", b"get", true),
        (b"[G]et", b"get", true),
        (b"[^G]et", b"get", false),
        (b"[\\G]et", b"get", false),
        (b"[\\g]et", b"get", true),
        (b"[A-Z]et", b"get", true),
        (b"[a-Z]et", b"get", false),
        (b"[Z-a]et", b"get", false),
        (b"[A-z]et", b"get", true),
        (b"*ET", b"get", true),
        (b"**EXI[R-T]*", b"exists", true),
    ];
    for &(pattern, text, expected) in cases {
        assert_eq!(matches_ignore_case(pattern, text), expected, "{}", shown(pattern, text));
    }
}

#[test]
fn the_empty_text_is_not_matched_by_a_star() {
    assert!(!matches(b"*", b""));
    assert!(matches(b"*", b"a"));
}

#[test]
fn many_stars_take_steps_in_proportion_to_pattern_times_text() {
    let text = [b'a'; 10_000];
    for stars in [1, 10, 100, 1_000] {
        let mut pattern = b"a*".repeat(stars);
        pattern.push(b'b');
        let steps = steps_of(&pattern, &text);
        assert!(!matches(&pattern, &text));
        assert!(steps <= pattern.len() * text.len(), "{stars} stars took {steps} steps");
    }
}

#[test]
fn a_long_literal_after_a_star_takes_steps_in_proportion_to_pattern_times_text() {
    let text = [b'a'; 2_000];
    let pattern = [b"*".as_slice(), &[b'a'; 500], b"b*"].concat();
    let steps = steps_of(&pattern, &text);
    assert!(steps <= pattern.len() * text.len(), "{steps} steps");
}

#[test]
fn nesting_has_no_limit() {
    let pattern = b"*a".repeat(100_000);
    assert!(matches(&pattern, &[b'a'; 100_000]));
    assert!(!matches(&pattern, &[b'a'; 99_999]));
}

/// Bytes that mean something to the matcher, and a few that do not.
fn glob_bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(prop::sample::select(b"abB*?[]^-\\\x00\xff".to_vec()), 0..12)
}

proptest! {
    #[test]
    fn never_panics(
        pattern in prop_oneof![any::<Vec<u8>>(), glob_bytes()],
        text in prop_oneof![any::<Vec<u8>>(), glob_bytes()],
    ) {
        let steps = steps_of(&pattern, &text);
        prop_assert!(steps <= (pattern.len() + 1) * (text.len() + 1));
        matches_ignore_case(&pattern, &text);
    }

    #[test]
    fn an_escaped_text_matches_itself_only(text in glob_bytes(), other in glob_bytes()) {
        let escaped: Vec<u8> = text.iter().flat_map(|&byte| [b'\\', byte]).collect();
        prop_assert!(matches(&escaped, &text));
        prop_assert_eq!(matches(&escaped, &other), text == other);
    }

    #[test]
    fn stars_around_an_escaped_text_find_it_anywhere(
        before in glob_bytes(),
        text in glob_bytes(),
        after in glob_bytes(),
    ) {
        let mut pattern = vec![b'*'];
        pattern.extend(text.iter().flat_map(|&byte| [b'\\', byte]));
        pattern.push(b'*');
        let whole = [before, text, after].concat();
        prop_assert_eq!(matches(&pattern, &whole), !whole.is_empty());
    }
}
