//! Times as commands give them, turned into deadlines in milliseconds since 1970.

use chapter_05::protocol::ErrorReply;
use chapter_06::protocol::parse_integer;
use chapter_09::Millis;

use super::call::is;

/// How a command says when a key expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unit {
    millis: i64,
    from_now: bool,
}

impl Unit {
    /// Seconds from now: EX, EXPIRE.
    pub(super) const SECONDS: Unit = Unit { millis: 1000, from_now: true };
    /// Milliseconds from now: PX, PEXPIRE.
    pub(super) const MILLIS: Unit = Unit { millis: 1, from_now: true };
    /// Seconds since 1970: EXAT, EXPIREAT.
    pub(super) const UNIX_SECONDS: Unit = Unit { millis: 1000, from_now: false };
    /// Milliseconds since 1970: PXAT.
    const UNIX_MILLIS: Unit = Unit { millis: 1, from_now: false };

    /// The unit that an option of SET stands for.
    pub(super) fn of_option(word: &[u8]) -> Option<Unit> {
        let options = [
            ("EX", Unit::SECONDS),
            ("PX", Unit::MILLIS),
            ("EXAT", Unit::UNIX_SECONDS),
            ("PXAT", Unit::UNIX_MILLIS),
        ];
        options.into_iter().find(|(option, _)| is(word, option)).map(|(_, unit)| unit)
    }

    // ANCHOR: deadline
    /// The deadline that `word` stands for; `least` is the lowest time that the command takes. A deadline before 1970
    /// becomes 0, which has passed as well.
    ///
    /// # Errors
    /// [`ErrorReply::NotAnInteger`], or [`ErrorReply::InvalidExpire`] with the command's name if it is out of range.
    pub(super) fn deadline(
        self,
        word: &[u8],
        least: i64,
        now: Millis,
        command: &'static str,
    ) -> Result<Millis, ErrorReply> {
        let time = parse_integer(word).ok_or(ErrorReply::NotAnInteger)?;
        let base = if self.from_now { i64::try_from(now).unwrap_or(i64::MAX) } else { 0 };
        // Numbers from a client are checked before and while they are computed with.
        let wanted = Some(time).filter(|time| *time >= least);
        let deadline = wanted
            .and_then(|time| time.checked_mul(self.millis))
            .and_then(|ms| ms.checked_add(base));
        let deadline = deadline.ok_or(ErrorReply::InvalidExpire(command))?;
        Ok(Millis::try_from(deadline).unwrap_or(0))
    }
    // ANCHOR_END: deadline
}
