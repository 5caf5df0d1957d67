//! Integers to and from the text that clients see.
//!
//! Knows the one accepted spelling of an integer, not the error replies for the others, nor which
//! commands store their value as a number.

/// Reads a 64-bit integer in its one canonical spelling, the only one that
/// [INCR](https://redis.io/docs/latest/commands/incr/) and integer arguments accept: no `+`, no
/// leading zero, no space, no `-0`.
///
/// So [`push_i64`] of the result gives back exactly `text`, which is what lets a string be stored
/// as an integer.
pub fn parse_i64(text: &[u8]) -> Option<i64> {
    /// Digits of `i64::MAX` and `i64::MIN`; any number this long still fits a `u64`.
    const MAX_DIGITS: usize = 19;

    let (negative, digits) = match text {
        b"0" => return Some(0),
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.len() > MAX_DIGITS || !matches!(digits, [b'1'..=b'9', ..]) {
        return None;
    }
    let mut magnitude = 0_u64;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        magnitude = magnitude * 10 + u64::from(digit - b'0');
    }
    if negative { 0_i64.checked_sub_unsigned(magnitude) } else { i64::try_from(magnitude).ok() }
}

/// Appends the decimal text of `value` to `out`.
pub fn push_i64(out: &mut Vec<u8>, value: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(value: i64) -> Vec<u8> {
        let mut out = Vec::new();
        push_i64(&mut out, value);
        out
    }

    #[test]
    fn the_canonical_spelling_is_read_over_the_whole_range() {
        let cases: [(&[u8], i64); 9] = [
            (b"0", 0),
            (b"7", 7),
            (b"-1", -1),
            (b"10", 10),
            (b"-100", -100),
            (b"9223372036854775806", i64::MAX - 1),
            (b"9223372036854775807", i64::MAX),
            (b"-9223372036854775807", i64::MIN + 1),
            (b"-9223372036854775808", i64::MIN),
        ];
        for (text, value) in cases {
            assert_eq!(parse_i64(text), Some(value), "{}", text.escape_ascii());
            assert_eq!(written(value), text);
        }
    }

    #[test]
    fn every_other_spelling_is_refused() {
        let cases: [&[u8]; 27] = [
            b"",
            b"-",
            b"+",
            b"+1",
            b"--1",
            b"-0",
            b"00",
            b"01",
            b"-01",
            b" 1",
            b"1 ",
            b"1\n",
            b"1\0",
            b"\x001",
            b"1.0",
            b"1e3",
            b"0x10",
            b"1_000",
            b"a",
            b"1a",
            b"\xff",
            b"9223372036854775808",
            b"-9223372036854775809",
            b"9999999999999999999",
            b"10000000000000000000",
            b"18446744073709551616",
            b"99999999999999999999999999999999",
        ];
        for text in cases {
            assert_eq!(parse_i64(text), None, "{}", text.escape_ascii());
        }
    }

    #[test]
    fn writing_appends() {
        let mut out = b":".to_vec();
        push_i64(&mut out, -42);
        assert_eq!(out, b":-42");
    }

    proptest! {
        #[test]
        fn an_integer_survives_writing_and_reading(value: i64) {
            prop_assert_eq!(parse_i64(&written(value)), Some(value));
        }

        #[test]
        fn what_is_read_from_any_bytes_is_written_back_the_same(
            text in prop_oneof![
                any::<Vec<u8>>(),
                proptest::collection::vec(prop::sample::select(b"-+0123456789 ".to_vec()), 0..24),
            ],
        ) {
            if let Some(value) = parse_i64(&text) {
                prop_assert_eq!(written(value), text);
            }
        }
    }
}
