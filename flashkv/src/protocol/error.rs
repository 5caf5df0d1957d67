//! The texts of error replies, exactly as Redis 7.0 words them.

use std::borrow::Cow;
use std::fmt::{self, Write};

use thiserror::Error;

/// An error that a command answers with. `Display` is the reply's text, its code first.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ErrorReply {
    /// A command met a key of another type.
    #[error("WRONGTYPE Operation against a key holding the wrong kind of value")]
    WrongType,
    /// Options that contradict each other or are not known.
    #[error("ERR syntax error")]
    Syntax,
    /// An argument or value is not a 64-bit integer.
    #[error("ERR value is not an integer or out of range")]
    NotAnInteger,
    /// An argument or value is not a number.
    #[error("ERR value is not a valid float")]
    NotAFloat,
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
    /// INCRBYFLOAT left the range of numbers.
    #[error("ERR increment would produce NaN or Infinity")]
    NotFinite,
    /// A string would grow past the limit.
    #[error("ERR string exceeds maximum allowed size (proto-max-bulk-len)")]
    StringTooLong,
    /// SETRANGE at a negative offset.
    #[error("ERR offset is out of range")]
    OffsetOutOfRange,
    /// A key that must exist does not.
    #[error("ERR no such key")]
    NoSuchKey,
    /// LSET outside the list.
    #[error("ERR index out of range")]
    IndexOutOfRange,
    /// A time to live that is zero, negative or past the end of time.
    #[error("ERR invalid expire time in '{0}' command")]
    InvalidExpire(&'static str),
    /// A database index outside the configured number.
    #[error("ERR DB index is out of range")]
    DatabaseOutOfRange,
    /// Too few or too many arguments. Holds the full name: `client|id`.
    #[error("ERR wrong number of arguments for '{0}' command")]
    Arity(Cow<'static, str>),
    /// No such command. Holds the name and the arguments, quoted, both cut to 128 bytes.
    #[error("ERR unknown command '{name}', with args beginning with: {args}")]
    UnknownCommand {
        /// The name as sent.
        name: Text,
        /// The first arguments, each in quotes and followed by a space.
        args: Text,
    },
    /// No such subcommand of a container.
    #[error("ERR unknown subcommand '{name}'. Try {container} HELP.")]
    UnknownSubcommand {
        /// The subcommand as sent, cut to 128 bytes.
        name: Text,
        /// The container's name, in upper case.
        container: String,
    },
    /// A command before AUTH.
    #[error("NOAUTH Authentication required.")]
    NoAuth,
    /// AUTH or HELLO with a wrong name or password.
    #[error("WRONGPASS invalid username-password pair or user is disabled.")]
    WrongPass,

    // Strings
    /// LCS of a key that is no string.
    #[error("ERR The specified keys must contain string values")]
    LcsNotStrings,
    /// LCS with both LEN and IDX.
    #[error("ERR If you want both the length and indexes, please just use IDX.")]
    LcsLenAndIdx,
    /// LCS of strings whose table would be larger than the longest string allowed.
    #[error("ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len")]
    LcsTooLarge,
    /// LCS of strings whose table found no room.
    #[error("ERR Insufficient memory, failed allocating transient memory for LCS")]
    LcsOutOfMemory,
    // Lists
    /// LPOS with rank 0.
    #[error(
        "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list"
    )]
    RankZero,
    /// A limit that is no number, or a negative one. Holds the option.
    #[error("ERR {0} can't be negative")]
    MustNotBeNegative(&'static str),
    /// A number that must be 1 or more. Holds its name.
    #[error("ERR {0} should be greater than 0")]
    NotAboveZero(&'static str),

    // Keys
    /// A 64-bit integer outside narrower limits, which are both allowed. The grammar is Redis's.
    #[error("ERR value is out of range, value must between {low} and {high}")]
    NotBetween {
        /// The lowest number allowed.
        low: i64,
        /// The highest number allowed.
        high: i64,
    },
    /// COPY or MOVE of a key onto itself.
    #[error("ERR source and destination objects are the same")]
    SameObject,
    /// A cursor that is not an unsigned 64-bit integer.
    #[error("ERR invalid cursor")]
    InvalidCursor,
    /// An unknown word after the time of EXPIRE. Holds it as sent.
    #[error("ERR Unsupported option {0}")]
    UnsupportedOption(Text),
    /// NX with another condition of EXPIRE.
    #[error("ERR NX and XX, GT or LT options at the same time are not compatible")]
    NxConflict,
    /// GT with LT.
    #[error("ERR GT and LT options at the same time are not compatible")]
    GtWithLt,
    /// OBJECT FREQ without an LFU policy.
    #[error(
        "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust."
    )]
    NoAccessFrequency,

    // Connection
    /// AUTH with a password alone, though none is needed.
    #[error(
        "ERR AUTH <password> called without any password configured for the default user. \
         Are you sure your configuration is correct?"
    )]
    NoPasswordConfigured,
    /// HELLO with something else than a number.
    #[error("ERR Protocol version is not an integer or out of range")]
    ProtocolNotAnInteger,
    /// HELLO with a version other than 2 and 3.
    #[error("NOPROTO unsupported protocol version")]
    UnsupportedProtocol,
    /// HELLO with an option that is unknown or lacks its values. Holds the option as sent.
    #[error("ERR Syntax error in HELLO option '{0}'")]
    HelloOption(Text),
    /// HELLO before AUTH and without the option of that name.
    #[error(
        "NOAUTH HELLO must be called with the client already authenticated, otherwise the \
         HELLO AUTH <user> <pass> option can be used to authenticate the client and \
         select the RESP protocol version at the same time"
    )]
    HelloNoAuth,
    /// A client's name with a space, a control character or a byte that is not ASCII.
    #[error("ERR Client names cannot contain spaces, newlines or special characters.")]
    ClientName,
    /// The same in a value of CLIENT SETINFO. Holds the attribute as sent.
    #[error("ERR {0} cannot contain spaces, newlines or special characters.")]
    ClientAttribute(Text),
    /// CLIENT SETINFO of an attribute that does not exist.
    #[error("ERR Unrecognized option '{0}'")]
    UnknownClientAttribute(Text),
    /// A kind of clients that does not exist.
    #[error("ERR Unknown client type '{0}'")]
    UnknownClientType(Text),
    /// CLIENT KILL USER of a user that does not exist.
    #[error("ERR No such user '{0}'")]
    NoSuchUser(Text),
    /// CLIENT KILL of an address from which nobody is connected.
    #[error("ERR No such client")]
    NoSuchClient,
    /// CLIENT LIST ID of something else than a number.
    #[error("ERR Invalid client ID")]
    InvalidClientId,

    // Server
    /// A subcommand, told apart by its handler, that does not exist or not with so many arguments.
    #[error(
        "ERR unknown subcommand or wrong number of arguments for '{name}'. Try {container} HELP."
    )]
    SubcommandSyntax {
        /// The subcommand as sent, cut to 128 bytes.
        name: Text,
        /// The container's name, in upper case.
        container: &'static str,
    },
    /// SWAPDB whose first database is not a number.
    #[error("ERR invalid first DB index")]
    FirstDatabase,
    /// SWAPDB whose second database is not a number.
    #[error("ERR invalid second DB index")]
    SecondDatabase,
    /// SHUTDOWN ABORT when the server is not stopping.
    #[error("ERR No shutdown in progress.")]
    NoShutdown,
    /// CONFIG REWRITE: settings come from the command line and the environment.
    #[error("ERR The server is running without a config file")]
    NoConfigFile,
    /// CONFIG SET of a parameter that does not exist. Holds its name as sent.
    #[error("ERR Unknown option or number of arguments for CONFIG SET - '{0}'")]
    UnknownParameter(Text),
    /// CONFIG SET of a parameter or value that is refused.
    #[error("ERR CONFIG SET failed (possibly related to argument '{name}') - {reason}")]
    ParameterRefused {
        /// The parameter as sent.
        name: Text,
        /// What is wrong with it.
        reason: Cow<'static, str>,
    },
    /// SLOWLOG GET of something else than a count, or -1 for all.
    #[error("ERR count should be greater than or equal to -1")]
    SlowlogCount,
    /// DEBUG where the operator has not allowed it.
    #[error(
        "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you can run it from a local \
         connection, otherwise you need to set this option in the configuration file, and then restart the server."
    )]
    DebugNotAllowed,
    /// DEBUG PROTOCOL of a type that does not exist.
    #[error(
        "ERR Wrong protocol type name. Please use one of the following: string|integer|double|\
         bignum|null|array|set|map|attrib|push|verbatim|true|false"
    )]
    ProtocolTypeName,
    /// A reply that RESP2 has no stand-in for.
    #[error("ERR RESP2 is not supported by this command")]
    NotInResp2,
    /// DEBUG ERROR: whatever the client asked for.
    #[error("{0}")]
    Verbatim(Text),

    // Server: COMMAND
    /// COMMAND GETKEYS of a command that there is not.
    #[error("ERR Invalid command specified")]
    InvalidCommandSpecified,
    /// COMMAND GETKEYS of a command without keys.
    #[error("ERR The command has no key arguments")]
    NoKeyArguments,
    /// COMMAND GETKEYS of a command with too few or too many arguments.
    #[error("ERR Invalid number of arguments specified for command")]
    InvalidArgumentCount,
    /// COMMAND GETKEYS of a command whose arguments do not say where its keys are.
    #[error("ERR Invalid arguments specified for command")]
    InvalidArgumentsSpecified,
}

impl ErrorReply {
    /// Appends the text. Bytes that are not UTF-8 are kept as they were sent.
    pub fn write_to(&self, out: &mut Vec<u8>) {
        write!(OneByteEach(out), "{self}").expect("a vector takes everything");
    }
}

/// Bytes from a client that are repeated in an error. `Display` shows each byte as the character of that number, so that
/// none is lost on its way through formatting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(pub Vec<u8>);

impl Text {
    /// The first `max` bytes, or those before the first NUL among them.
    pub fn cut(bytes: &[u8], max: usize) -> Text {
        Text::until_nul(bytes.get(..max).unwrap_or(bytes))
    }

    /// The bytes before the first NUL, where Redis, which prints them as a C string, stops as well.
    pub fn until_nul(bytes: &[u8]) -> Text {
        Text(bytes.split(|byte| *byte == 0).next().unwrap_or_default().to_vec())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| f.write_char(char::from(*byte)))
    }
}

/// Takes formatted text back to bytes: the reverse of [`Text`]'s `Display`. Our own texts are ASCII.
struct OneByteEach<'a>(&'a mut Vec<u8>);

impl fmt::Write for OneByteEach<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend(text.chars().map(|letter| u8::try_from(letter).unwrap_or(b'?')));
        Ok(())
    }
}

/// A request that cannot be read. The connection answers with it and closes, since what follows cannot be framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProtocolError {
    /// The number of arguments is not a number, or too large.
    #[error("ERR Protocol error: invalid multibulk length")]
    InvalidMultibulkLength,
    /// Before authentication: more arguments than are needed to authenticate.
    #[error("ERR Protocol error: unauthenticated multibulk length")]
    UnauthenticatedMultibulkLength,
    /// The length of an argument is not a number, negative or too large.
    #[error("ERR Protocol error: invalid bulk length")]
    InvalidBulkLength,
    /// Before authentication: a longer argument than is needed to authenticate.
    #[error("ERR Protocol error: unauthenticated bulk length")]
    UnauthenticatedBulkLength,
    /// An argument does not begin with `$`.
    #[error("ERR Protocol error: expected '$', got '{}'", char::from(*.0))]
    ExpectedBulk(u8),
    /// An inline request without an end.
    #[error("ERR Protocol error: too big inline request")]
    InlineTooLong,
    /// A number of arguments without an end.
    #[error("ERR Protocol error: too big mbulk count string")]
    MultibulkCountTooLong,
    /// A length of an argument without an end.
    #[error("ERR Protocol error: too big bulk count string")]
    BulkCountTooLong,
    /// An inline request whose quotes do not match.
    #[error("ERR Protocol error: unbalanced quotes in request")]
    UnbalancedQuotes,
    /// A request that outgrew the query buffer. Redis closes without a reply.
    #[error("closing a client that reached the maximum query buffer length")]
    QueryBufferTooLong,
}

impl ProtocolError {
    /// Appends the text. A byte that is not ASCII is kept as it was sent.
    pub fn write_to(&self, out: &mut Vec<u8>) {
        write!(OneByteEach(out), "{self}").expect("a vector takes everything");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_a_client_come_back_as_they_were_sent() {
        let mut out = Vec::new();
        let all: Vec<u8> = (1..=255).collect();
        ErrorReply::HelloOption(Text::until_nul(&all)).write_to(&mut out);
        assert_eq!(out, [b"ERR Syntax error in HELLO option '", &all[..], b"'"].concat());
    }

    #[test]
    fn a_name_is_shown_up_to_its_limit_and_to_a_nul() {
        assert_eq!(Text::cut(b"abc", 2).0, b"ab");
        assert_eq!(Text::cut(b"a\0c", 3).0, b"a");
        assert_eq!(Text::until_nul(b"").0, b"");
    }
}
