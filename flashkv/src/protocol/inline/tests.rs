//! Expectations are what Redis 7.0.15 does with the line on a raw socket.

use proptest::prelude::*;

use super::*;

type Arguments<'a> = &'a [&'a [u8]];

fn arguments(line: &[u8]) -> Option<Vec<Vec<u8>>> {
    let (mut text, mut ends) = (Vec::new(), Vec::new());
    split(line, &mut text, &mut ends).ok()?;
    let mut start = 0;
    let arguments = ends.iter().map(|&end| {
        let argument = text[start..end as usize].to_vec();
        start = end as usize;
        argument
    });
    Some(arguments.collect())
}

#[test]
fn splits_as_redis_does() {
    let cases: &[(&[u8], Option<Arguments<'_>>)] = &[
        // Plain words and blanks.
        (b"", Some(&[])),
        (b"  ", Some(&[])),
        (b"a", Some(&[b"a"])),
        (b"ECHO a", Some(&[b"ECHO", b"a"])),
        (b"  a \t b  ", Some(&[b"a", b"b"])),
        (b"a\rb", Some(&[b"a", b"b"])),
        (b"\xff\xfe a", Some(&[b"\xff\xfe", b"a"])),
        // Vertical tab and form feed: blanks between arguments, not inside one.
        (b"\x0b\x0ca", Some(&[b"a"])),
        (b"a \x0bb", Some(&[b"a", b"b"])),
        (b"a\x0bb", Some(&[b"a\x0bb"])),
        (b"a\x0cb c", Some(&[b"a\x0cb", b"c"])),
        (b"\"a\"\x0bb", Some(&[b"a", b"b"])),
        (b"'a'\x0cb", Some(&[b"a", b"b"])),
        // Double quotes.
        (b"\"a b\"", Some(&[b"a b"])),
        (b"\"\"", Some(&[b""])),
        (b"\"\" \"\"", Some(&[b"", b""])),
        (b"a\"b c\"", Some(&[b"ab c"])),
        (b"a\"b\" c", Some(&[b"ab", b"c"])),
        (b"\"'\"", Some(&[b"'"])),
        (b"\"\\n\\r\\t\\b\\a\"", Some(&[b"\n\r\t\x08\x07"])),
        (b"\"\\x41\\x6a\\x6A\\xfF\\x00\"", Some(&[b"Ajj\xff\x00"])),
        (b"\"\\x4\"", Some(&[b"x4"])),
        (b"\"\\x4g\"", Some(&[b"x4g"])),
        (b"\"\\xg4\"", Some(&[b"xg4"])),
        (b"\"\\X41\"", Some(&[b"X41"])),
        (b"\"\\q\\0\\\\\"", Some(&[b"q0\\"])),
        (b"\"\\\"\"", Some(&[b"\""])),
        (b"\"\\\xff\"", Some(&[b"\xff"])),
        // Single quotes.
        (b"'a b'", Some(&[b"a b"])),
        (b"''", Some(&[b""])),
        (b"a'b c'", Some(&[b"ab c"])),
        (b"'\"'", Some(&[b"\""])),
        (b"'\\''", Some(&[b"'"])),
        (b"'\\n\\x41'", Some(&[b"\\n\\x41"])),
        (b"'\\\\'", None),
        (b"'\\\\''", Some(&[b"\\'"])),
        // A backslash means nothing outside quotes.
        (b"a\\n", Some(&[b"a\\n"])),
        (b"\\x41", Some(&[b"\\x41"])),
        (b"\\\"a\"", Some(&[b"\\a"])),
        (b"\\\"a b\"", Some(&[b"\\a b"])),
        (b"a\\ b", Some(&[b"a\\", b"b"])),
        // Unbalanced.
        (b"\"", None),
        (b"'", None),
        (b"\"a", None),
        (b"a'", None),
        (b"ok \"a", None),
        (b"\"a\"b", None),
        (b"'a'b", None),
        (b"\"a\"\"b\"", None),
        (b"'a''b'", None),
        (b"\"a\"'b'", None),
        (b"a\"b\"c", None),
        (b"\"\\\"", None),
        (b"\"a\\x4", None),
        (b"\"a\\", None),
        (b"'a\\", None),
        (b"'\\'", None),
        (b"\\\"", None),
    ];
    for &(line, expected) in cases {
        let expected = expected.map(|arguments| arguments.iter().map(|a| a.to_vec()).collect());
        assert_eq!(arguments(line), expected, "{}", line.escape_ascii());
    }
}

#[test]
fn a_nul_ends_the_line() {
    assert_eq!(arguments(b"PING\0abc"), Some(vec![b"PING".to_vec()]));
    assert_eq!(arguments(b"\0PING"), Some(vec![]));
    assert_eq!(arguments(b"\"a\0\""), None);
    assert_eq!(arguments(b"\"a\"\0b"), Some(vec![b"a".to_vec()]));
}

#[test]
fn arguments_are_appended_behind_what_is_there() {
    let (mut text, mut ends) = (b"GET".to_vec(), vec![3]);
    split(b"a 'b c'", &mut text, &mut ends).expect("balanced");
    assert_eq!(text, b"GETab c");
    assert_eq!(ends, [3, 4, 7]);
}

#[test]
fn unbalanced_quotes_leave_both_vectors_as_they_were() {
    let (mut text, mut ends) = (b"GET".to_vec(), vec![3]);
    assert_eq!(split(b"a b 'c", &mut text, &mut ends), Err(UnbalancedQuotes));
    assert_eq!(text, b"GET");
    assert_eq!(ends, [3]);
}

proptest! {
    #[test]
    fn never_panics_and_never_grows(
        line in prop_oneof![
            any::<Vec<u8>>(),
            proptest::collection::vec(prop::sample::select(b"ax4f\"'\\ \t\x0b\0".to_vec()), 0..16),
        ],
    ) {
        let (mut text, mut ends) = (Vec::new(), Vec::new());
        if split(&line, &mut text, &mut ends).is_ok() {
            prop_assert!(text.len() <= line.len());
            prop_assert!(ends.is_sorted());
            prop_assert_eq!(ends.last().copied().unwrap_or(0) as usize, text.len());
        }
    }

    #[test]
    fn any_bytes_survive_hexadecimal_quoting(words: Vec<Vec<u8>>) {
        let mut line = Vec::new();
        for word in &words {
            line.extend_from_slice(b" \"");
            for byte in word {
                line.extend_from_slice(format!("\\x{byte:02x}").as_bytes());
            }
            line.push(b'"');
        }
        prop_assert_eq!(arguments(&line), Some(words));
    }
}
