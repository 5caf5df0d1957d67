//! Times to live and deadlines as commands give them, turned into milliseconds since 1970.
//!
//! The one place that knows the units and what is out of range. Which options a command takes, and what it does with a
//! deadline that has passed, is the command's own business.

use super::call::{integer, is};
use crate::protocol::ErrorReply;
use crate::storage::Millis;

const MILLIS_PER_SECOND: i64 = 1000;

/// How a command says when a key expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeArg {
    /// Seconds from now: `EX`, EXPIRE.
    Seconds,
    /// Milliseconds from now: `PX`, PEXPIRE.
    Milliseconds,
    /// Seconds since 1970: `EXAT`, EXPIREAT.
    UnixSeconds,
    /// Milliseconds since 1970: `PXAT`, PEXPIREAT.
    UnixMilliseconds,
}

/// Whether a command takes zero and negative times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// Only times above zero (SET and its kin).
    Positive,
    /// All (EXPIRE and its kin, where such a time removes the key).
    Any,
}

impl TimeArg {
    /// The unit that an option of SET or GETEX stands for.
    pub(super) fn of_option(word: &[u8]) -> Option<TimeArg> {
        let options = [
            ("EX", TimeArg::Seconds),
            ("PX", TimeArg::Milliseconds),
            ("EXAT", TimeArg::UnixSeconds),
            ("PXAT", TimeArg::UnixMilliseconds),
        ];
        options.into_iter().find(|(option, _)| is(word, option)).map(|(_, unit)| unit)
    }

    /// The deadline that `argument` stands for at the time `now`. One before 1970 becomes 0, which has passed as well.
    ///
    /// # Errors
    /// [`ErrorReply::NotAnInteger`], or [`ErrorReply::InvalidExpire`] with the name of `command` if the time is out of
    /// range.
    pub(super) fn deadline(
        self,
        argument: &[u8],
        sign: Sign,
        now: Millis,
        command: &'static str,
    ) -> Result<Millis, ErrorReply> {
        let time = integer(argument)?;
        self.absolute(time, sign, now).ok_or(ErrorReply::InvalidExpire(command))
    }

    /// `time` in milliseconds since 1970; `None` if it is out of range.
    fn absolute(self, time: i64, sign: Sign, now: Millis) -> Option<Millis> {
        if sign == Sign::Positive && time <= 0 {
            return None;
        }
        let millis = match self {
            TimeArg::Seconds | TimeArg::UnixSeconds => time.checked_mul(MILLIS_PER_SECOND)?,
            TimeArg::Milliseconds | TimeArg::UnixMilliseconds => time,
        };
        let base = match self {
            TimeArg::Seconds | TimeArg::Milliseconds => i64::try_from(now).unwrap_or(i64::MAX),
            TimeArg::UnixSeconds | TimeArg::UnixMilliseconds => 0,
        };
        // `base` is not negative, so that only sums above the range can overflow.
        let absolute = millis.checked_add(base)?;
        Some(Millis::try_from(absolute).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_700_000_000_123;

    #[test]
    fn each_unit_becomes_milliseconds_since_1970() {
        let at = |unit: TimeArg| unit.absolute(5, Sign::Positive, NOW);
        assert_eq!(at(TimeArg::Seconds), Some(NOW + 5000));
        assert_eq!(at(TimeArg::Milliseconds), Some(NOW + 5));
        assert_eq!(at(TimeArg::UnixSeconds), Some(5000));
        assert_eq!(at(TimeArg::UnixMilliseconds), Some(5));
    }

    #[test]
    fn the_last_millisecond_of_time_can_be_reached_and_not_passed() {
        let largest = i64::MAX - NOW as i64;
        let in_ms = |time| TimeArg::Milliseconds.absolute(time, Sign::Any, NOW);
        assert_eq!(in_ms(largest), Some(i64::MAX as Millis));
        assert_eq!(in_ms(largest + 1), None);
        let at_ms = TimeArg::UnixMilliseconds.absolute(i64::MAX, Sign::Positive, NOW);
        assert_eq!(at_ms, Some(i64::MAX as Millis));
        let at_s = |time| TimeArg::UnixSeconds.absolute(time, Sign::Any, NOW);
        assert_eq!(at_s(i64::MAX / 1000), Some(9_223_372_036_854_775_000));
        assert_eq!(at_s(i64::MAX / 1000 + 1), None);
        assert_eq!(at_s(i64::MIN / 1000 - 1), None);
    }

    #[test]
    fn times_up_to_zero_are_for_those_who_take_them() {
        let units = [
            TimeArg::Seconds,
            TimeArg::Milliseconds,
            TimeArg::UnixSeconds,
            TimeArg::UnixMilliseconds,
        ];
        for unit in units {
            assert_eq!(unit.absolute(0, Sign::Positive, NOW), None);
            assert_eq!(unit.absolute(-1, Sign::Positive, NOW), None);
            assert!(unit.absolute(-1, Sign::Any, NOW) < Some(NOW));
        }
        assert_eq!(TimeArg::Milliseconds.absolute(i64::MIN, Sign::Any, NOW), Some(0));
    }

    #[test]
    fn errors_name_the_command() {
        let parse = |text: &[u8]| TimeArg::Seconds.deadline(text, Sign::Positive, NOW, "setex");
        assert_eq!(parse(b"1.5"), Err(ErrorReply::NotAnInteger));
        assert_eq!(parse(b"0"), Err(ErrorReply::InvalidExpire("setex")));
    }
}
