//! Doubles as text, the way Redis 7.0 writes and clients read them. Knows nothing of framing.

/// Appends `value` as C's `printf("%.17g")` writes it, which is what Redis 7.0 sends: 17 significant
/// digits, so `0.1` is `0.10000000000000001`, and an exponent below 1e-4 and from 1e17 on.
///
/// A NaN is always `nan`: the sign that Redis 7.0 may put before it is libc's, and the
/// [specification](https://github.com/redis/redis-specifications/blob/master/protocol/RESP3.md)
/// ("Double") has since ruled it out.
pub(super) fn write_double(value: f64, out: &mut Vec<u8>) {
    if value.is_nan() {
        out.extend_from_slice(b"nan");
        return;
    }
    if value.is_sign_negative() {
        out.push(b'-');
    }
    let magnitude = value.abs();
    if magnitude.is_infinite() {
        out.extend_from_slice(b"inf");
    } else if magnitude < 1e17 && magnitude.fract() == 0.0 {
        // Most scores are whole numbers; they need none of the work below.
        out.extend_from_slice(itoa::Buffer::new().format(magnitude as u64).as_bytes());
    } else {
        write_significant_digits(magnitude, out);
    }
}

/// Reads a double as the RESP3 specification defines it, and nothing looser: `.1` and `1.` are
/// refused. Not-a-number is read in every spelling the specification warns of: `nan`, `-nan`, `NAN`,
/// `nan(…)`. A number too large for a double becomes an infinity, as in C.
pub(super) fn parse_double(text: &[u8]) -> Option<f64> {
    let (negative, magnitude) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    };
    let value = if magnitude.eq_ignore_ascii_case(b"inf") {
        f64::INFINITY
    } else if is_nan(magnitude) {
        return Some(f64::NAN);
    } else if is_decimal(magnitude) {
        str::from_utf8(magnitude).ok()?.parse().ok()?
    } else {
        return None;
    };
    Some(if negative { -value } else { value })
}

/// The general case of `%.17g`, for a positive, finite `magnitude`.
fn write_significant_digits(magnitude: f64, out: &mut Vec<u8>) {
    const DIGITS: i32 = 17;
    let scientific = format!("{magnitude:.16e}");
    let (mantissa, exponent) =
        scientific.split_once('e').expect("`{:e}` writes an exponent for every finite number");
    let exponent: i32 = exponent.parse().expect("`{:e}` writes the exponent in decimal");
    let digits = mantissa.replace('.', "");

    if (-4..0).contains(&exponent) {
        out.extend_from_slice(b"0.");
        out.extend((exponent + 1..0).map(|_| b'0'));
        out.extend_from_slice(digits.trim_end_matches('0').as_bytes());
        return;
    }
    let in_fixed_notation = (0..DIGITS).contains(&exponent);
    let whole_digits = if in_fixed_notation { exponent as usize + 1 } else { 1 };
    let (whole, fraction) = digits.split_at(whole_digits);
    let fraction = fraction.trim_end_matches('0');
    out.extend_from_slice(whole.as_bytes());
    if !fraction.is_empty() {
        out.push(b'.');
        out.extend_from_slice(fraction.as_bytes());
    }
    if !in_fixed_notation {
        let sign = if exponent < 0 { '-' } else { '+' };
        out.extend_from_slice(format!("e{sign}{:02}", exponent.unsigned_abs()).as_bytes());
    }
}

fn is_nan(text: &[u8]) -> bool {
    text.split_at_checked(3).is_some_and(|(name, payload)| {
        name.eq_ignore_ascii_case(b"nan") && matches!(payload, [] | [b'(', .., b')'])
    })
}

/// Digits, then perhaps a dot and digits, then perhaps an exponent.
fn is_decimal(text: &[u8]) -> bool {
    let Some(mut rest) = after_digits(text) else { return false };
    if let Some(fraction) = rest.strip_prefix(b".") {
        let Some(after) = after_digits(fraction) else { return false };
        rest = after;
    }
    match rest {
        [] => true,
        [b'e' | b'E', b'+' | b'-', exponent @ ..] | [b'e' | b'E', exponent @ ..] => {
            after_digits(exponent) == Some(&[])
        }
        _ => false,
    }
}

/// What follows the leading digits, or `None` if there is no digit.
fn after_digits(text: &[u8]) -> Option<&[u8]> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 { None } else { text.get(digits..) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(value: f64) -> String {
        let mut out = Vec::new();
        write_double(value, &mut out);
        String::from_utf8(out).unwrap()
    }

    /// Each text is what redis-server 7.0.15 replied, but for the sign of a NaN.
    #[test]
    #[expect(clippy::excessive_precision, reason = "ties are exact in binary, and written out")]
    #[expect(clippy::approx_constant, reason = "these are numbers as Redis replied them")]
    fn doubles_are_written_as_redis_7_0_writes_them() {
        let cases = [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (100.0, "100"),
            (3.141, "3.141"),
            (0.1, "0.10000000000000001"),
            (0.3, "0.29999999999999999"),
            (3.14159, "3.1415899999999999"),
            (1e-4, "0.0001"),
            (1e-5, "1.0000000000000001e-05"),
            (0.00001234, "1.234e-05"),
            (5e-324, "4.9406564584124654e-324"),
            (12345678.9, "12345678.9"),
            (1234567.125, "1234567.125"),
            (123456789012345.125, "123456789012345.12"),
            (1234567890123456.25, "1234567890123456.2"),
            (1234567890123456.75, "1234567890123456.8"),
            (9007199254740992.0, "9007199254740992"),
            (1e16, "10000000000000000"),
            (1e17, "1e+17"),
            (123456789012345680.0, "1.2345678901234568e+17"),
            (1e20, "1e+20"),
            (1e100, "1e+100"),
            (1.5e300, "1.5000000000000001e+300"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
            (-f64::NAN, "nan"),
        ];
        for (value, expected) in cases {
            assert_eq!(written(value), expected);
        }
    }

    #[test]
    fn a_fraction_that_rounds_away_leaves_no_dot() {
        assert_eq!(written(999999999999999.998), "1000000000000000");
        assert_eq!(written(123456789012346.0 - 0.015625), "123456789012345.98");
    }

    #[test]
    fn doubles_are_read_as_the_specification_defines_them() {
        let cases: &[(&[u8], Option<f64>)] = &[
            (b"10", Some(10.0)),
            (b"+1.5", Some(1.5)),
            (b"-1.5E+2", Some(-150.0)),
            (b"1e-2", Some(0.01)),
            (b"1e999", Some(f64::INFINITY)),
            (b"inf", Some(f64::INFINITY)),
            (b"-inf", Some(f64::NEG_INFINITY)),
            (b"", None),
            (b"-", None),
            (b".1", None),
            (b"1.", None),
            (b"1e", None),
            (b"1e+", None),
            (b"1x", None),
            (b" 1", None),
            (b"--1", None),
            (b"0x10", None),
            (b"infinity", None),
            (b"nanx", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_double(text), *expected, "{}", text.escape_ascii());
        }
    }

    #[test]
    fn every_spelling_of_nan_is_read() {
        for text in ["nan", "-nan", "NAN", "nan(0x1)", "-nan(ind)"] {
            assert!(parse_double(text.as_bytes()).is_some_and(f64::is_nan), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_double_is_read_back_bit_for_bit(bits: u64) {
            let value = f64::from_bits(bits);
            prop_assume!(!value.is_nan());
            let read = parse_double(written(value).as_bytes()).unwrap();
            prop_assert_eq!(read.to_bits(), bits);
        }
    }
}
