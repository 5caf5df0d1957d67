//! How the values of CONFIG's parameters are written and read, in Redis' units and with its reasons for refusing one.
//!
//! Knows the notations only, not which parameter uses which.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use crate::number::parse_i64;

/// Why a value was refused, in the words of the error reply.
pub(super) type Reason = Cow<'static, str>;

/// What Redis says of a parameter that cannot be changed while the server runs.
pub(super) const IMMUTABLE: &str = "can't set immutable config";

/// What a number counts, and so how it may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Written as digits.
    One,
    /// Bytes: a unit may follow the digits, and there is no sign.
    Memory,
}

/// A number within limits.
pub(super) fn number(text: &[u8], unit: Unit, range: &RangeInclusive<i64>) -> Result<i64, Reason> {
    let number = match unit {
        Unit::One => parse_i64(text).ok_or("argument couldn't be parsed into an integer")?,
        Unit::Memory => memory(text).ok_or("argument must be a memory value")?,
    };
    if range.contains(&number) {
        return Ok(number);
    }
    Err(format!("argument must be between {} and {} inclusive", range.start(), range.end()).into())
}

/// A number of bytes: digits and a unit, of which `kb`, `mb` and `gb` count in 1024s and `k`, `m` and `g` in 1000s. What
/// is more than a 64-bit number is the largest one. No digits at all are 0, as in Redis.
pub(super) fn memory(text: &[u8]) -> Option<i64> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, unit) = text.split_at_checked(digits)?;
    let unit: i64 = match unit.to_ascii_lowercase().as_slice() {
        b"" | b"b" => 1,
        b"k" => 1000,
        b"kb" => 1 << 10,
        b"m" => 1_000_000,
        b"mb" => 1 << 20,
        b"g" => 1_000_000_000,
        b"gb" => 1 << 30,
        _ => return None,
    };
    let number = digits.iter().fold(0i64, |number, digit| {
        number.saturating_mul(10).saturating_add(i64::from(digit - b'0'))
    });
    Some(number.saturating_mul(unit))
}

/// `yes` or `no`.
pub(super) fn yes_or_no(text: &[u8]) -> Result<bool, Reason> {
    match text.to_ascii_lowercase().as_slice() {
        b"yes" => Ok(true),
        b"no" => Ok(false),
        _ => Err("argument must be 'yes' or 'no'".into()),
    }
}

/// One of a few words, in any case; returns its place among them.
pub(super) fn one_of(text: &[u8], words: &[&str]) -> Result<usize, Reason> {
    let found = words.iter().position(|word| text.eq_ignore_ascii_case(word.as_bytes()));
    found.ok_or_else(|| {
        format!("argument(s) must be one of the following: {}", words.join(", ")).into()
    })
}

/// The limits on pending output that this server does not have: those of kinds of clients that there are none of yet.
/// Shown as Redis' defaults, since its clients expect all three kinds.
const OTHER_OUTPUT_LIMITS: [(&str, [i64; 3]); 2] =
    [("slave", [256 << 20, 64 << 20, 60]), ("pubsub", [32 << 20, 8 << 20, 60])];

/// The limits on pending output as `CONFIG GET client-output-buffer-limit` shows them: for each kind of clients a hard
/// limit, a soft limit, and the seconds for which that may be exceeded.
pub(super) fn show_output_limits(normal_hard: usize) -> String {
    let [(slave, [sh, ss, st]), (pubsub, [ph, ps, pt])] = OTHER_OUTPUT_LIMITS;
    format!("normal {normal_hard} 0 0 {slave} {sh} {ss} {st} {pubsub} {ph} {ps} {pt}")
}

/// Reads limits on pending output; returns the hard limit of normal clients if it is among them.
pub(super) fn output_limits(text: &[u8]) -> Result<Option<usize>, Reason> {
    if text.is_empty() {
        return Ok(None);
    }
    let words: Vec<&[u8]> = text.split(|byte| *byte == b' ').collect();
    if !words.len().is_multiple_of(4) {
        return Err("Wrong number of arguments in buffer limit configuration.".into());
    }
    let mut normal_hard = None;
    for limit in words.chunks(4) {
        let [kind, hard, soft, seconds] = limit else { continue };
        let kind = kind.to_ascii_lowercase();
        if !matches!(kind.as_slice(), b"normal" | b"slave" | b"replica" | b"pubsub") {
            return Err("Invalid client class specified in buffer limit configuration.".into());
        }
        let seconds = parse_i64(seconds).filter(|seconds| *seconds >= 0);
        let (Some(hard), Some(soft), Some(seconds)) = (memory(hard), memory(soft), seconds) else {
            return Err(
                "Error in hard, soft or soft_seconds setting in buffer limit configuration.".into(),
            );
        };
        let kind = if kind == b"replica" { b"slave".to_vec() } else { kind };
        let other = OTHER_OUTPUT_LIMITS.iter().find(|(name, _)| name.as_bytes() == kind);
        match other {
            Some((_, limits)) if *limits == [hard, soft, seconds] => {}
            Some((name, _)) => {
                return Err(format!("this server has no {name} clients to limit").into());
            }
            None if soft == 0 => normal_hard = usize::try_from(hard).ok(),
            None => return Err("this server has no soft limit for normal clients".into()),
        }
    }
    Ok(normal_hard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_like_redis_reads_it() {
        let cases: [(&[u8], Option<i64>); 14] = [
            (b"0", Some(0)),
            (b"1", Some(1)),
            (b"2b", Some(2)),
            (b"3k", Some(3000)),
            (b"3Kb", Some(3072)),
            (b"1g", Some(1_000_000_000)),
            (b"1GB", Some(1 << 30)),
            (b"0600mb", Some(600 << 20)),
            (b"", Some(0)),
            (b"mb", Some(0)),
            (b"99999999999999999999", Some(i64::MAX)),
            (b"-1", None),
            (b"1tb", None),
            (b"600 mb", None),
        ];
        for (text, bytes) in cases {
            assert_eq!(memory(text), bytes, "{}", text.escape_ascii());
        }
    }

    #[test]
    fn output_limits_are_read_back_as_shown() {
        let shown = show_output_limits(1 << 20);
        assert_eq!(
            shown,
            "normal 1048576 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60"
        );
        assert_eq!(output_limits(shown.as_bytes()), Ok(Some(1 << 20)));
        assert_eq!(output_limits(b"NORMAL 1mb 0 0"), Ok(Some(1 << 20)));
        assert_eq!(output_limits(b"replica 256mb 64mb 60"), Ok(None));
        assert_eq!(output_limits(b""), Ok(None));
    }

    #[test]
    fn output_limits_that_cannot_be_kept_are_refused() {
        for text in ["normal 1mb 1 1", "slave 1mb 0 0", "normal 1mb", "normal  1mb 0 0", "x 0 0 0"]
        {
            assert!(output_limits(text.as_bytes()).is_err(), "{text}");
        }
    }
}
