//! Expectations are what Redis 7.0.15 answers on x86-64.

use proptest::prelude::*;

use super::*;

fn parsed(text: &str) -> LongDouble {
    LongDouble::parse(text.as_bytes()).unwrap_or_else(|| panic!("{text} is a number"))
}

fn sum(left: &str, right: &str) -> Option<String> {
    parsed(left).checked_add(parsed(right)).map(|sum| sum.to_string())
}

#[test]
fn sums_print_as_incrbyfloat_prints_them() {
    let cases = [
        // Ordinary sums, where a double would show its error.
        ("0.1", "0.2", "0.3"),
        ("10.50", "0.1", "10.6"),
        ("5.0e3", "2.0e2", "5200"),
        ("3.0e3", "0", "3000"),
        ("1.1", "2.2", "3.3"),
        ("0.1", "0.7", "0.8"),
        ("3", "-2.9", "0.1"),
        ("100", "-99.99", "0.01"),
        ("1.23", "-1.23", "0"),
        ("-0.5", "0.25", "-0.25"),
        ("1", "0", "1"),
        ("1000", "0", "1000"),
        // Seventeen decimals, and no more.
        ("0.1", "0", "0.1"),
        ("0.12345678901234567", "0", "0.12345678901234567"),
        ("0.123456789012345678", "0", "0.12345678901234568"),
        ("1.12345678901234567", "0", "1.12345678901234567"),
        ("12345.12345678901234567", "0", "12345.12345678901234525"),
        ("0.00000000000000001", "0", "0.00000000000000001"),
        ("5e-18", "0", "0"),
        ("5.1e-18", "0", "0.00000000000000001"),
        ("4.9e-18", "0", "0"),
        ("1.5e-17", "0", "0.00000000000000002"),
        ("2.5e-17", "0", "0.00000000000000002"),
        ("0.9999999999999999999", "0", "1"),
        ("0.999999999999999994", "0", "0.99999999999999999"),
        ("9.999999999999999996", "0", "10"),
        ("0.1", "1e-18", "0.1"),
        ("0.1", "1e-17", "0.10000000000000001"),
        ("1e-4940", "1", "1"),
        ("1e-4950", "0", "0"),
        ("0.000030517578125", "0", "0.000030517578125"),
        ("0.00000762939453125", "0", "0.00000762939453125"),
        // A tie in the eighteenth decimal goes to the even digit.
        ("0x1p-18", "0", "0.00000381469726562"),
        ("0x3p-18", "0", "0.00001144409179688"),
        ("0x5p-18", "0", "0.00001907348632812"),
        ("-0x1p-18", "0", "-0.00000381469726562"),
        // Zero has no sign.
        ("-0", "0", "0"),
        ("-0", "-0", "0"),
        ("0", "-0", "0"),
        ("-1", "1", "0"),
        ("-1e-20", "0", "0"),
        ("-4e-18", "0", "0"),
        ("-5e-18", "0", "0"),
        ("-6e-18", "0", "-0.00000000000000001"),
        ("-1e-4950", "0", "0"),
        ("-0.0", "0", "0"),
        ("-.0", "-0e5", "0"),
        // Where the mantissa ends.
        ("1e17", "1", "100000000000000001"),
        ("1e18", "1", "1000000000000000001"),
        ("1e19", "1", "10000000000000000001"),
        ("1e19", "0.5", "10000000000000000000"),
        ("1e20", "1", "100000000000000000000"),
        ("1e20", "4", "100000000000000000000"),
        ("1e20", "5", "100000000000000000008"),
        ("9223372036854775807", "1", "9223372036854775808"),
        ("9223372036854775808", "0.5", "9223372036854775808"),
        ("9223372036854775808", "0.25", "9223372036854775808"),
        ("9223372036854775809", "0.5", "9223372036854775810"),
        ("18446744073709551615", "0", "18446744073709551615"),
        ("18446744073709551616", "0", "18446744073709551616"),
        ("18446744073709551617", "0", "18446744073709551616"),
        ("18446744073709551615", "0.5", "18446744073709551616"),
        ("18446744073709551615", "0.25", "18446744073709551615"),
        ("18446744073709551616", "1", "18446744073709551616"),
        ("18446744073709551616", "3", "18446744073709551620"),
        ("18446744073709551618", "1", "18446744073709551620"),
        ("18446744073709551616", "-1", "18446744073709551615"),
        ("18446744073709551616", "-0.5", "18446744073709551616"),
        ("18446744073709551616", "-0.25", "18446744073709551616"),
        ("-18446744073709551616", "-1", "-18446744073709551616"),
        ("36893488147419103233", "0", "36893488147419103232"),
        ("36893488147419103234", "0", "36893488147419103232"),
        ("36893488147419103235", "0", "36893488147419103236"),
        ("36893488147419103234.00000000000000000001", "0", "36893488147419103236"),
        ("36893488147419103238", "0", "36893488147419103240"),
        ("1", "0x1p-64", "1"),
        ("1", "0x1.8p-64", "1"),
        ("1", "0x1p-63", "1"),
        // Cancellation is exact.
        ("1e20", "-1e20", "0"),
        ("1e20", "-99999999999999999999", "0"),
        ("1.0000000000000000001", "-1", "0"),
        ("1e4000", "-1e4000", "0"),
        ("0.3", "-0.1", "0.2"),
        // Spellings.
        ("1.", ".5", "1.5"),
        ("+1", "+1e+1", "11"),
        ("1E5", "1e05", "200000"),
        ("1e0000000000000000000000001", "0", "10"),
        ("0e99999999999999999999", "0", "0"),
        ("00012.50", "0", "12.5"),
        ("0x10", "0x.8", "16.5"),
        ("0X1P4", "0x1.P-1", "16.5"),
        ("-0x1.8p1", "0", "-3"),
        ("0x1e5", "0", "485"),
        ("0x0p99999999999", "0", "0"),
        ("0xAbCdEf", "0", "11259375"),
        ("0x8.00000000000000010", "0", "8"),
    ];
    for (left, right, expected) in cases {
        assert_eq!(sum(left, right).as_deref(), Some(expected), "{left} + {right}");
        assert_eq!(sum(right, left).as_deref(), Some(expected), "{right} + {left}");
    }
}

#[test]
fn large_numbers_print_all_their_digits() {
    let cases = [
        ("1e400", "1", 401, "1000000000000000000028188068394", "43732497430221946880"),
        ("1e4000", "0", 4000, "999999999999999999996546387309", "06648276349901340672"),
        ("0x1p16383", "0", 4932, "594865747678615882542879663314", "23513645334982033408"),
        ("1e4932", "0", 4933, "100000000000000000000601894938", "38418113791886622720"),
        ("-1e4932", "1e4931", 4933, "-89999999999999999997316931765", "70838700483710812160"),
        // The largest value, and a quarter of its last bit, which leaves it so.
        (
            "0x1.fffffffffffffffep16383",
            "0x1p16318",
            4933,
            "118973149535723176502126385",
            "19552086811989770240",
        ),
        (
            "1.18973149535723176502e4932",
            "0",
            4933,
            "118973149535723176502126385",
            "19552086811989770240",
        ),
    ];
    for (left, right, digits, start, end) in cases {
        let text = sum(left, right).expect("the sum is finite");
        assert_eq!(text.len(), digits, "{left} + {right}");
        assert!(text.starts_with(start), "{left} + {right} is {text}");
        assert!(text.ends_with(end), "{left} + {right} is {text}");
    }
}

#[test]
fn a_sum_beyond_the_largest_value_is_refused() {
    assert_eq!(sum("0x1.fffffffffffffffep16383", "0x1p16319"), None);
    assert_eq!(sum("-1e4932", "-1e4932"), None);
}

#[test]
fn infinities_are_read_but_not_added() {
    for text in ["inf", "INF", "+inf", "infinity", "Infinity"] {
        assert!(!parsed(text).is_finite());
        assert_eq!(parsed(text).to_string(), "inf");
        assert_eq!(sum(text, "1"), None);
        assert_eq!(sum("1", text), None);
    }
    assert_eq!(parsed("-inf").to_string(), "-inf");
    assert_eq!(sum("inf", "-inf"), None);
    assert!(parsed("1e4932").is_finite());
}

#[test]
fn what_is_not_a_number_is_refused() {
    let spellings = [
        "",
        ".",
        "+",
        "-",
        "+-1",
        "--1",
        "e5",
        ".e5",
        "1e",
        "1e+",
        "1e5.0",
        "1e1e1",
        "1..2",
        "1.2.3",
        " 1",
        "1 ",
        "\t1",
        "1\n",
        "\u{b}1",
        "1\0",
        "1,5",
        "1_0",
        "1d5",
        "1p5",
        "0b1",
        "nan",
        "NaN",
        "-nan",
        "nan(1)",
        "infinit",
        "infinity1",
        "0xinf",
        "0x",
        "0x.",
        "0x.p1",
        "0x1p",
        "0x1e+5",
        "0x1g",
        "x1",
        "é",
    ];
    for text in spellings {
        assert_eq!(LongDouble::parse(text.as_bytes()), None, "{text:?}");
    }
}

#[test]
fn what_rounds_to_infinity_or_to_zero_is_refused() {
    let out_of_range = [
        "1e4933",
        "1e5000",
        "-1e5000",
        "1e99999999999999999999",
        "0x1p16384",
        "0x1.ffffffffffffffffp16383",
        "1.18973149535723176506e4932",
        "1e-5000",
        "-1e-5000",
        "1e-99999999999999999999",
        "1e-4951",
        "1.8e-4951",
        "0x1p-16446",
    ];
    for text in out_of_range {
        assert_eq!(LongDouble::parse(text.as_bytes()), None, "{text}");
    }
    for text in ["1.9e-4951", "0x1p-16445", "0x1.8p-16446", "0x1.fffffffffffffffe8p16383"] {
        assert!(parsed(text).is_finite(), "{text}");
    }
}

#[test]
fn subnormals_keep_their_last_bit() {
    let smallest = parsed("0x1p-16445");
    assert_eq!(smallest.checked_add(smallest), Some(parsed("0x1p-16444")));
    assert_eq!(parsed("0x1.8p-16446"), smallest);
    // A tie, up to the even mantissa, which is the smallest normal one.
    assert_eq!(parsed("0x0.ffffffffffffffffp-16382"), parsed("0x1p-16382"));
}

#[test]
fn a_text_has_under_5120_bytes() {
    let zeros = |count| "0".repeat(count);
    assert_eq!(parsed(&(zeros(5118) + "1")).to_string(), "1");
    assert_eq!(LongDouble::parse((zeros(5119) + "1").as_bytes()), None);
    assert_eq!(parsed(&format!("0.{}1e5001", zeros(5000))).to_string(), "1");
    assert_eq!(parsed(&format!("1{}e-5000", zeros(5000))).to_string(), "1");
    assert_eq!(LongDouble::parse("9".repeat(5119).as_bytes()), None);
    assert_eq!(parsed(&format!("0.{}", "9".repeat(5117))).to_string(), "1");
}

#[test]
fn writing_appends() {
    let mut out = b"$".to_vec();
    parsed("-1.50").write_to(&mut out);
    assert_eq!(out, b"$-1.5");
}

proptest! {
    #[test]
    fn never_panics(
        left in prop_oneof![".*", "[-+]?(0x)?[0-9a-f]{0,25}[.]?[0-9a-f]{0,25}([ep][-+]?[0-9]{1,6})?"],
        right in "[-+]?[0-9]{1,25}[.][0-9]{0,25}(e[-+]?[0-9]{1,4})?",
        bytes: Vec<u8>,
    ) {
        LongDouble::parse(&bytes);
        let numbers = (LongDouble::parse(left.as_bytes()), LongDouble::parse(right.as_bytes()));
        if let (Some(left), Some(right)) = numbers {
            prop_assert_eq!(left.checked_add(right), right.checked_add(left));
            left.to_string();
        }
    }

    #[test]
    fn whole_numbers_add_as_integers_do(left: i64, right: i64) {
        let expected = i128::from(left) + i128::from(right);
        prop_assert_eq!(sum(&left.to_string(), &right.to_string()), Some(expected.to_string()));
    }

    #[test]
    fn a_double_is_read_exactly(value in prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL) {
        // This many decimals print any double exactly.
        let read = parsed(&format!("{value:.1100}"));
        let fraction = value.to_bits() & ((1 << 52) - 1);
        let (significand, exponent) = match (value.to_bits() >> 52) & 0x7ff {
            0 => (fraction, -1074),
            biased => (fraction | 1 << 52, biased as i64 - 1075),
        };
        let shift = significand.leading_zeros();
        let magnitude = Magnitude::Finite {
            mantissa: significand << shift,
            exponent: exponent - i64::from(shift),
        };
        prop_assert_eq!(read, LongDouble { negative: value.is_sign_negative(), magnitude });
    }
}
