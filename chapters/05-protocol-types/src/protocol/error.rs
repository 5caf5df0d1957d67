//! The texts of error replies, exactly as Redis 7.0 words them: clients and libraries match on them.

use std::borrow::Cow;
use std::fmt::{self, Write};

use thiserror::Error;

/// An error that a command answers with. `Display` is the reply's text, its code first.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ErrorReply {
    // ANCHOR: errors
    /// No such command. Holds its name and arguments, both cut to 128 bytes.
    #[error("ERR unknown command '{name}', with args beginning with: {args}")]
    UnknownCommand {
        /// The name as sent.
        name: Text,
        /// The first arguments, each in quotes and followed by a space.
        args: Text,
    },
    /// Too few or too many arguments. Holds the command's full name: `get`, `config|get`.
    #[error("ERR wrong number of arguments for '{0}' command")]
    Arity(Cow<'static, str>),
    /// Options that contradict each other or are not known.
    #[error("ERR syntax error")]
    Syntax,
    /// A command met a key of another type.
    #[error("WRONGTYPE Operation against a key holding the wrong kind of value")]
    WrongType,
    // ANCHOR_END: errors
    /// An argument or value is not a 64-bit integer.
    #[error("ERR value is not an integer or out of range")]
    NotAnInteger,
    /// A number is outside its range.
    #[error("ERR value is out of range")]
    OutOfRange,
    /// A count is negative.
    #[error("ERR value is out of range, must be positive")]
    MustBePositive,
    /// INCR and its family left the 64-bit range.
    #[error("ERR increment or decrement would overflow")]
    Overflow,
    /// DECRBY by the lowest integer.
    #[error("ERR decrement would overflow")]
    DecrementOverflow,
    /// A string would grow past the limit.
    #[error("ERR string exceeds maximum allowed size (proto-max-bulk-len)")]
    StringTooLong,
    /// A key that must exist does not.
    #[error("ERR no such key")]
    NoSuchKey,
    /// LSET outside the list.
    #[error("ERR index out of range")]
    IndexOutOfRange,
    /// A time to live that is zero, negative or past the end of time. Holds the command's name.
    #[error("ERR invalid expire time in '{0}' command")]
    InvalidExpire(&'static str),
    /// An unknown word after the time of EXPIRE. Holds it as sent.
    #[error("ERR Unsupported option {0}")]
    UnsupportedOption(Text),
    /// NX with another condition of EXPIRE.
    #[error("ERR NX and XX, GT or LT options at the same time are not compatible")]
    NxConflict,
    /// GT with LT.
    #[error("ERR GT and LT options at the same time are not compatible")]
    GtWithLt,
    /// No such subcommand of a container.
    #[error("ERR unknown subcommand '{name}'. Try {} HELP.", container.to_ascii_uppercase())]
    UnknownSubcommand {
        /// The subcommand as sent, cut to 128 bytes.
        name: Text,
        /// The container's name, in any case.
        container: &'static str,
    },
    /// The same, of a command that tells its subcommands apart in its handler.
    #[error(
        "ERR unknown subcommand or wrong number of arguments for '{name}'. Try {} HELP.",
        container.to_ascii_uppercase()
    )]
    SubcommandSyntax {
        /// The subcommand as sent, cut to 128 bytes.
        name: Text,
        /// The container's name, in any case.
        container: &'static str,
    },
    /// Whatever text a command has made itself.
    #[error("{0}")]
    Other(Text),
}

impl ErrorReply {
    // ANCHOR: unknown
    /// The error for a request whose name, its first argument, no command has.
    pub fn unknown_command<T: AsRef<[u8]>>(request: &[T]) -> ErrorReply {
        const SHOWN: usize = 128;
        let mut request = request.iter().map(AsRef::as_ref);
        let name = request.next().unwrap_or_default();
        let mut args = Vec::new();
        for arg in request {
            if args.len() >= SHOWN {
                break;
            }
            let room = SHOWN - args.len();
            args.push(b'\'');
            args.extend_from_slice(&Text::cut(arg, room).0);
            args.extend_from_slice(b"' ");
        }
        ErrorReply::UnknownCommand { name: Text::cut(name, SHOWN), args: Text(args) }
    }
    // ANCHOR_END: unknown
}

// ANCHOR: text
/// Bytes from a client that are repeated in an error. They need not be UTF-8, and `Display` writes characters: it shows
/// each byte as the character of that number, and the reply writer turns each back into a byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(pub Vec<u8>);

impl Text {
    /// The first `max` bytes, or those before the first NUL among them: Redis prints them as a C string.
    pub fn cut(bytes: &[u8], max: usize) -> Text {
        let shown = bytes.get(..max).unwrap_or(bytes);
        Text(shown.split(|byte| *byte == 0).next().unwrap_or_default().to_vec())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| f.write_char(char::from(*byte)))
    }
}
// ANCHOR_END: text
