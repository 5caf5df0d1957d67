//! The number type of INCRBYFLOAT and HINCRBYFLOAT: the x86 `long double`.
//!
//! Redis computes these commands in the 80-bit extended format and prints 17 decimals, and clients
//! see the difference: `0.1 + 0.2` is `0.3`, not `0.30000000000000004`. Rust has no such type, so
//! its few operations are done here exactly, on big integers, and rounded once.
//!
//! Knows the format, its text and its sum. It does not know the error replies, nor where the text
//! is kept: between two commands a value is its printed text, so nothing here is stored.
//!
//! ```text
//!   value = ± mantissa × 2^exponent        0 ≤ mantissa < 2^64        (zero keeps its sign)
//!
//!   normal      mantissa ≥ 2^63   and   MIN_EXPONENT ≤ exponent ≤ MAX_EXPONENT
//!   subnormal   mantissa < 2^63   and   exponent = MIN_EXPONENT
//! ```

use std::cmp::Ordering;
use std::fmt;

use num_bigint::BigUint;

#[cfg(test)]
mod tests;

/// Bits of a normal mantissa.
const MANTISSA_BITS: i64 = 64;
/// The exponent of subnormals: the smallest value is 2^-16445.
const MIN_EXPONENT: i64 = -16445;
/// The exponent of the largest finite value, (2^64 - 1) × 2^16320.
const MAX_EXPONENT: i64 = 16320;
/// Texts this long or longer are not numbers: the buffer Redis copies them to, with its NUL.
const MAX_TEXT: usize = 5 * 1024;
/// Decimals printed, before trailing zeros are dropped.
const DECIMALS: usize = 17;

/// An 80-bit extended-precision number: finite, or an infinity, never NaN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LongDouble {
    negative: bool,
    magnitude: Magnitude,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Magnitude {
    /// Laid out as the picture above says, so equal numbers have equal fields.
    Finite {
        mantissa: u64,
        exponent: i64,
    },
    Infinite,
}

impl LongDouble {
    /// Reads a number as [INCRBYFLOAT](https://redis.io/docs/latest/commands/incrbyfloat/) does:
    /// what C's `strtold` takes in full, correctly rounded.
    ///
    /// That is a decimal or `0x` hexadecimal number with optional sign, point and exponent, or
    /// `inf` or `infinity` in any case. Refused are spaces, NaN, texts of 5,120 bytes and more, and
    /// numbers too large for a finite value or so small that they round to zero; subnormals are
    /// taken. An infinity is a number here, and it is for the sum to refuse it.
    pub fn parse(text: &[u8]) -> Option<LongDouble> {
        if text.len() >= MAX_TEXT {
            return None;
        }
        let (negative, unsigned) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        if unsigned.eq_ignore_ascii_case(b"inf") || unsigned.eq_ignore_ascii_case(b"infinity") {
            return Some(LongDouble { negative, magnitude: Magnitude::Infinite });
        }
        let scientific = match unsigned {
            [b'0', b'x' | b'X', digits @ ..] => Scientific::read(digits, Radix::Hexadecimal)?,
            digits => Scientific::read(digits, Radix::Decimal)?,
        };
        scientific.round(negative)
    }

    /// Whether this is not an infinity.
    pub fn is_finite(self) -> bool {
        self.magnitude != Magnitude::Infinite
    }

    /// The sum, rounded to the nearest value, ties to even; `None` when it is not a finite number,
    /// which is "increment would produce NaN or Infinity" to a client.
    pub fn checked_add(self, other: LongDouble) -> Option<LongDouble> {
        let (
            Magnitude::Finite { mantissa: left, exponent: left_exponent },
            Magnitude::Finite { mantissa: right, exponent: right_exponent },
        ) = (self.magnitude, other.magnitude)
        else {
            return None;
        };
        let exponent = left_exponent.min(right_exponent);
        let left = BigUint::from(left) << (left_exponent - exponent);
        let right = BigUint::from(right) << (right_exponent - exponent);
        let (negative, sum) = if self.negative == other.negative {
            (self.negative, left + right)
        } else {
            match left.cmp(&right) {
                Ordering::Greater => (self.negative, left - right),
                Ordering::Less => (other.negative, right - left),
                Ordering::Equal => (false, BigUint::ZERO),
            }
        };
        let sum = round(negative, &sum, exponent, Tail::Zero);
        sum.is_finite().then_some(sum)
    }

    /// Appends the text a client sees, see the `Display` of this type.
    pub fn write_to(self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.to_string().as_bytes());
    }
}

/// Plain decimal notation with at most 17 decimals, correctly rounded, without trailing zeros, and
/// never `-0`.
impl fmt::Display for LongDouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.negative { "-" } else { "" };
        let Magnitude::Finite { mantissa, exponent } = self.magnitude else {
            return write!(f, "{sign}inf");
        };
        if exponent >= 0 {
            return write!(f, "{sign}{}", BigUint::from(mantissa) << exponent);
        }
        let scaled = BigUint::from(mantissa) * power(10, DECIMALS as i64);
        let scaled = shift_right_to_even(&scaled, -exponent, Tail::Zero);
        // At least one digit must be left before the point.
        let digits = format!("{scaled:0>width$}", width = DECIMALS + 1);
        let (whole, decimals) = digits.split_at(digits.len() - DECIMALS);
        match (whole, decimals.trim_end_matches('0')) {
            // Only here can the sign be lost; `-0.` followed by a digit keeps it.
            ("0", "") => f.write_str("0"),
            (whole, "") => write!(f, "{sign}{whole}"),
            (whole, decimals) => write!(f, "{sign}{whole}.{decimals}"),
        }
    }
}

#[derive(Clone, Copy)]
enum Radix {
    Decimal,
    Hexadecimal,
}

impl Radix {
    fn base(self) -> u32 {
        match self {
            Radix::Decimal => 10,
            Radix::Hexadecimal => 16,
        }
    }

    fn is_digit(self, byte: u8) -> bool {
        char::from(byte).is_digit(self.base())
    }

    fn exponent_mark(self) -> u8 {
        match self {
            Radix::Decimal => b'e',
            Radix::Hexadecimal => b'p',
        }
    }
}

/// A number as it is spelled, without its sign: `digits` × 10^`scale`, or × 2^`scale` if
/// hexadecimal.
struct Scientific {
    radix: Radix,
    digits: BigUint,
    scale: i64,
}

impl Scientific {
    fn read(text: &[u8], radix: Radix) -> Option<Scientific> {
        let (whole, rest) = split_digits(text, radix);
        let (fraction, rest) = match rest {
            [b'.', rest @ ..] => split_digits(rest, radix),
            rest => (&[][..], rest),
        };
        let exponent = match rest {
            [] => 0,
            [mark, exponent @ ..] if mark.eq_ignore_ascii_case(&radix.exponent_mark()) => {
                read_exponent(exponent)?
            }
            _ => return None,
        };
        // None when there is no digit on either side of the point.
        let digits = BigUint::parse_bytes(&[whole, fraction].concat(), radix.base())?;
        let digit_scale = match radix {
            Radix::Decimal => 1,
            Radix::Hexadecimal => 4,
        };
        Some(Scientific { radix, digits, scale: exponent - digit_scale * fraction.len() as i64 })
    }

    /// The nearest value; `None` when that is an infinity, or a zero that the text did not say.
    fn round(self, negative: bool) -> Option<LongDouble> {
        let Scientific { radix, digits, scale } = self;
        if digits == BigUint::ZERO {
            return Some(round(negative, &digits, 0, Tail::Zero));
        }
        let rounded = match radix {
            Radix::Hexadecimal => round(negative, &digits, scale, Tail::Zero),
            Radix::Decimal => {
                // Ten is more than 2^3. What that alone puts outside the format is refused here, so
                // that a client's exponent never sizes a power.
                let bits = digits.bits() as i64;
                let out_of_range = if scale >= 0 {
                    bits + 3 * scale > MAX_EXPONENT + MANTISSA_BITS + 1
                } else {
                    bits + 3 * scale < MIN_EXPONENT - 1
                };
                if out_of_range {
                    return None;
                }
                if scale >= 0 {
                    round(negative, &(digits * power(10, scale)), 0, Tail::Zero)
                } else {
                    let divisor = power(10, -scale);
                    // One bit more than the mantissa decides the rounding; the tail says the rest.
                    let shift = (MANTISSA_BITS + 2 + divisor.bits() as i64 - bits).max(0);
                    let dividend = digits << shift;
                    let quotient = &dividend / &divisor;
                    let tail =
                        if &quotient * divisor == dividend { Tail::Zero } else { Tail::NonZero };
                    round(negative, &quotient, -shift, tail)
                }
            }
        };
        let is_zero = matches!(rounded.magnitude, Magnitude::Finite { mantissa: 0, .. });
        (rounded.is_finite() && !is_zero).then_some(rounded)
    }
}

fn split_digits(text: &[u8], radix: Radix) -> (&[u8], &[u8]) {
    let end = text.iter().position(|&byte| !radix.is_digit(byte)).unwrap_or(text.len());
    text.split_at(end)
}

/// A decimal exponent with optional sign, held to a bound beyond which, with the digits a text has
/// room for, only its sign matters.
fn read_exponent(text: &[u8]) -> Option<i64> {
    const BOUND: i64 = 1_000_000;

    let (sign, digits) = match text {
        [b'-', digits @ ..] => (-1, digits),
        [b'+', digits @ ..] => (1, digits),
        digits => (1, digits),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let magnitude = digits
        .iter()
        .fold(0, |value: i64, digit| (value * 10 + i64::from(digit - b'0')).min(BOUND));
    Some(sign * magnitude)
}

/// What was cut off below the last bit of an integer: enough to tell a tie from more than half.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tail {
    Zero,
    NonZero,
}

/// The value nearest to ± (`significand` and its tail) × 2^`exponent`, ties to even.
///
/// With a tail, `significand` has more bits than a mantissa.
fn round(negative: bool, significand: &BigUint, exponent: i64, tail: Tail) -> LongDouble {
    let bits = significand.bits() as i64;
    let mut rounded_exponent = (exponent + bits - MANTISSA_BITS).max(MIN_EXPONENT);
    let shift = rounded_exponent - exponent;
    let mut mantissa = if shift > 0 {
        shift_right_to_even(significand, shift, tail)
    } else {
        significand << -shift
    };
    if mantissa == BigUint::ZERO {
        rounded_exponent = MIN_EXPONENT;
    } else if mantissa.bits() as i64 > MANTISSA_BITS {
        // All ones were rounded up to 2^64.
        mantissa >>= 1;
        rounded_exponent += 1;
    }
    let magnitude = match u64::try_from(&mantissa) {
        Ok(mantissa) if rounded_exponent <= MAX_EXPONENT => {
            Magnitude::Finite { mantissa, exponent: rounded_exponent }
        }
        _ => Magnitude::Infinite,
    };
    LongDouble { negative, magnitude }
}

/// `value` and its tail ÷ 2^`shift`, rounded to the nearest integer, ties to even; `shift` > 0.
fn shift_right_to_even(value: &BigUint, shift: i64, tail: Tail) -> BigUint {
    let quotient = value >> shift;
    let half_bit = shift.unsigned_abs() - 1;
    let at_least_half = value.bit(half_bit);
    let over_half = tail == Tail::NonZero || value.trailing_zeros() < Some(half_bit);
    if at_least_half && (over_half || quotient.bit(0)) { quotient + 1_u32 } else { quotient }
}

/// `base`^`exponent`; exponents are within the few thousands that the format and a text allow.
fn power(base: u32, exponent: i64) -> BigUint {
    let exponent = u32::try_from(exponent).expect("callers pass small, positive exponents");
    BigUint::from(base).pow(exponent)
}
