//! What a row of the command table can say about a command: its name, arity, flags, keys, syntax and handler.
//!
//! Everything that is known of a command is in its row, beside its handler; the dispatcher, the arity error, the
//! locks, `COMMAND`, `INFO commandstats` and the README's table are all read from it. This file holds the vocabulary
//! only: no row, and no idea of how a row is run.

use smallvec::SmallVec;

use super::call::{ReadHandler, ServerHandler, WriteHandler};
use crate::protocol::{Args, ErrorReply};

/// One command, or one subcommand of a container such as `CLIENT`.
#[derive(Debug)]
pub struct Command {
    /// Lower case. A subcommand's own word only: `getname`, not `client|getname`.
    pub name: &'static str,
    /// Number of arguments with the command's name counted; negative: at least so many.
    pub arity: i16,
    /// Behaviour the dispatcher and tools need to know of.
    pub flags: Flags,
    /// Access-control categories beyond those that [`Entry::categories`](super::table::Entry::categories) derives from the flags.
    pub acl: Acl,
    /// Hints for clients and proxies, as listed by `COMMAND INFO`.
    pub tips: &'static [&'static str],
    /// Where the keys stand among the arguments, and what is done to them.
    pub keys: &'static [KeySpec],
    /// Finds keys that are not all in the selected database (MOVE, COPY … DB): pairs of database and argument index.
    pub locate: Option<Locate>,
    /// What becomes of the keys, where that depends on the arguments (key flag `variable_flags`).
    pub key_flags: Option<KeyFlags>,
    /// The documentation group.
    pub group: Group,
    /// The Redis version that introduced the command.
    pub since: &'static str,
    /// One line, as in `COMMAND DOCS`.
    pub summary: &'static str,
    /// Time complexity, as in `COMMAND DOCS`.
    pub complexity: &'static str,
    /// Changes of behaviour by version.
    pub history: &'static [(&'static str, &'static str)],
    /// Since when, and in favour of what, the command is deprecated.
    pub deprecated: Option<(&'static str, &'static str)>,
    /// Whether the command is meant for developers of the server, not for applications (`syscmd` in `COMMAND DOCS`).
    pub system: bool,
    /// The syntax, from which the usage line and `COMMAND DOCS` are written.
    pub args: &'static [Arg],
    /// The subcommands of a container; empty otherwise.
    pub subcommands: &'static [Command],
    /// What runs the command.
    pub run: Run,
}

impl Command {
    /// The defaults that a row starts from.
    pub const EMPTY: Command = Command {
        name: "",
        arity: 0,
        flags: Flags::NONE,
        acl: Acl::NONE,
        tips: &[],
        keys: &[],
        locate: None,
        key_flags: None,
        group: Group::Generic,
        since: "",
        summary: "",
        complexity: "",
        history: &[],
        deprecated: None,
        system: false,
        args: &[],
        subcommands: &[],
        run: Run::Container,
    };
}

/// Finds the keys of a call: given the arguments, the selected database and the number of databases.
pub type Locate = fn(&Args<'_>, usize, usize) -> Result<SmallVec<[(usize, usize); 2]>, ErrorReply>;

/// Flags of a call's keys, in the words of [`KeySpec::flags`], that depend on whether an option is given.
#[derive(Debug, Clone, Copy)]
pub struct KeyFlags {
    /// The option.
    pub option: &'static str,
    /// Index of the first argument that may be the option.
    pub from: u8,
    /// The flags with it.
    pub with: &'static [&'static str],
    /// The flags without it.
    pub without: &'static [&'static str],
}

impl KeyFlags {
    /// The flags for these arguments.
    pub fn of(&self, args: &Args<'_>) -> &'static [&'static str] {
        let mut options = args.from(self.from.into());
        let given = options.any(|word| word.eq_ignore_ascii_case(self.option.as_bytes()));
        if given { self.with } else { self.without }
    }
}

/// What runs a command, and so what is locked while it runs.
#[derive(Debug, Clone, Copy)]
pub enum Run {
    /// Reads the keys it declares, whose shards are locked shared.
    Read(ReadHandler),
    /// May write the keys it declares, whose shards are locked exclusively.
    Write(WriteHandler),
    /// Declares no keys: works on the connection or the server as a whole.
    Server(ServerHandler),
    /// Only holds subcommands.
    Container,
}

/// A set of command flags; the names are those of `COMMAND INFO`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flags(pub(super) u32);

/// A set of access-control categories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acl(pub(super) u32);

macro_rules! bit_set {
    ($set:ident { $($name:ident: $bit:literal = $text:literal,)+ }) => {
        impl $set {
            /// The empty set.
            pub const NONE: $set = $set(0);
            $(
                #[doc = concat!("`", $text, "`.")]
                pub const $name: $set = $set(1 << $bit);
            )+
            const ALL: &[($set, &str)] = &[$(($set::$name, $text)),+];

            /// Both sets together.
            pub const fn with(self, other: $set) -> $set {
                $set(self.0 | other.0)
            }

            /// Whether every member of `other` is in this set.
            pub const fn has(self, other: $set) -> bool {
                self.0 & other.0 == other.0
            }

            /// The names of the members, in the order in which Redis lists them.
            pub fn names(self) -> impl Iterator<Item = &'static str> {
                Self::ALL.iter().filter(move |(member, _)| self.has(*member)).map(|(_, text)| *text)
            }

            /// The member of that name.
            pub fn by_name(name: &[u8]) -> Option<$set> {
                let found = Self::ALL.iter().find(|(_, text)| name.eq_ignore_ascii_case(text.as_bytes()));
                found.map(|(member, _)| *member)
            }
        }
    };
}

bit_set!(Flags {
    WRITE: 0 = "write",
    READONLY: 1 = "readonly",
    DENYOOM: 2 = "denyoom",
    ADMIN: 3 = "admin",
    NOSCRIPT: 4 = "noscript",
    BLOCKING: 5 = "blocking",
    LOADING: 6 = "loading",
    STALE: 7 = "stale",
    SKIP_MONITOR: 8 = "skip_monitor",
    SKIP_SLOWLOG: 9 = "skip_slowlog",
    FAST: 10 = "fast",
    NO_AUTH: 11 = "no_auth",
    NO_ASYNC_LOADING: 12 = "no_async_loading",
    NO_MULTI: 13 = "no_multi",
    MOVABLE_KEYS: 14 = "movablekeys",
    ALLOW_BUSY: 15 = "allow_busy",
});

bit_set!(Acl {
    KEYSPACE: 0 = "keyspace",
    READ: 1 = "read",
    WRITE: 2 = "write",
    SET: 3 = "set",
    SORTED_SET: 4 = "sortedset",
    LIST: 5 = "list",
    HASH: 6 = "hash",
    STRING: 7 = "string",
    BITMAP: 8 = "bitmap",
    HYPERLOGLOG: 9 = "hyperloglog",
    GEO: 10 = "geo",
    STREAM: 11 = "stream",
    PUBSUB: 12 = "pubsub",
    ADMIN: 13 = "admin",
    FAST: 14 = "fast",
    SLOW: 15 = "slow",
    BLOCKING: 16 = "blocking",
    DANGEROUS: 17 = "dangerous",
    CONNECTION: 18 = "connection",
    TRANSACTION: 19 = "transaction",
    SCRIPTING: 20 = "scripting",
});

/// A documentation group, as in `COMMAND DOCS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the groups' names say it")]
pub enum Group {
    String,
    List,
    Generic,
    Connection,
    Server,
}

impl Group {
    /// The name that `COMMAND DOCS` gives the group.
    pub const fn name(self) -> &'static str {
        match self {
            Group::String => "string",
            Group::List => "list",
            Group::Generic => "generic",
            Group::Connection => "connection",
            Group::Server => "server",
        }
    }
}

/// Where one run of keys stands among the arguments (a Redis 7 "key specification").
#[derive(Debug)]
pub struct KeySpec {
    /// What the command does with the keys: `RO`, `RW`, `OW`, `RM`, then `access`, `update`, `insert`, `delete` …
    pub flags: &'static [&'static str],
    /// A remark, as listed by `COMMAND INFO`.
    pub notes: &'static str,
    /// Index of the argument at which the search starts; the command's name is 0.
    pub begin: u8,
    /// How the keys are found from there.
    pub find: Find,
}

impl KeySpec {
    /// One key, at the argument of that index.
    pub const fn one(begin: u8, flags: &'static [&'static str]) -> KeySpec {
        KeySpec::several(begin, Find::Range { last: 0, step: 1 }, flags)
    }

    /// Keys from the argument of that index on.
    pub const fn several(begin: u8, find: Find, flags: &'static [&'static str]) -> KeySpec {
        KeySpec { flags, notes: "", begin, find }
    }

    /// Hands the index of each key among the arguments to `found`.
    pub fn indexes(&self, args: &Args<'_>, mut found: impl FnMut(usize)) {
        let begin = usize::from(self.begin);
        match self.find {
            Find::Range { last, step } => {
                let last = i64::from(last);
                let last = if last < 0 { args.len() as i64 + last } else { begin as i64 + last };
                let end = usize::try_from(last + 1).unwrap_or(0).min(args.len());
                (begin..end).step_by(usize::from(step.max(1))).for_each(&mut found);
            }
            Find::Count => {
                // A count that is no number or too large is the handler's to refuse: it then has no keys.
                let count = args.get(begin).and_then(crate::number::parse_i64);
                let count = count.and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
                if count < args.len().saturating_sub(begin) {
                    (begin + 1..=begin + count).for_each(&mut found);
                }
            }
        }
    }
}

/// How the keys of a [`KeySpec`] are found from its beginning.
#[derive(Debug, Clone, Copy)]
pub enum Find {
    /// From the beginning to `last` (relative to it; negative: from the end of the arguments), every `step`.
    Range {
        /// Relative to the beginning, or to the end if negative.
        last: i8,
        /// Distance between keys.
        step: u8,
    },
    /// The first argument is the number of keys that follow it.
    Count,
}

/// One argument of a command's syntax.
#[derive(Debug)]
#[expect(missing_docs, reason = "the fields are those of COMMAND DOCS' arguments")]
pub struct Arg {
    pub name: &'static str,
    pub kind: Kind,
    pub token: &'static str,
    pub since: &'static str,
    pub deprecated_since: &'static str,
    pub optional: bool,
    pub multiple: bool,
    /// The token is repeated with each value.
    pub multiple_token: bool,
    pub parts: &'static [Arg],
}

/// The type of an [`Arg`], as in `COMMAND DOCS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the kinds are those of COMMAND DOCS' arguments")]
pub enum Kind {
    /// A key, and the index of its [`KeySpec`].
    Key(u8),
    String,
    Integer,
    Double,
    Pattern,
    UnixTime,
    PureToken,
    OneOf,
    Block,
}

impl Kind {
    /// The name that `COMMAND DOCS` gives the type.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Key(_) => "key",
            Kind::String => "string",
            Kind::Integer => "integer",
            Kind::Double => "double",
            Kind::Pattern => "pattern",
            Kind::UnixTime => "unix-time",
            Kind::PureToken => "pure-token",
            Kind::OneOf => "oneof",
            Kind::Block => "block",
        }
    }
}

impl Arg {
    const fn new(name: &'static str, kind: Kind) -> Arg {
        Arg {
            name,
            kind,
            token: "",
            since: "",
            deprecated_since: "",
            optional: false,
            multiple: false,
            multiple_token: false,
            parts: &[],
        }
    }

    /// This argument, preceded by a word.
    pub const fn token(mut self, token: &'static str) -> Arg {
        self.token = token;
        self
    }

    /// This argument, which may be left out.
    pub const fn optional(mut self) -> Arg {
        self.optional = true;
        self
    }

    /// This argument, which may be repeated.
    pub const fn multiple(mut self) -> Arg {
        self.multiple = true;
        self
    }

    /// This argument, which may be repeated together with its word.
    pub const fn multiple_token(mut self) -> Arg {
        self.multiple_token = true;
        self
    }

    /// This argument, known since that version.
    pub const fn since(mut self, version: &'static str) -> Arg {
        self.since = version;
        self
    }

    /// This argument, deprecated since that version.
    pub const fn deprecated_since(mut self, version: &'static str) -> Arg {
        self.deprecated_since = version;
        self
    }
}

/// A key, found by the key specification of that index.
pub const fn key(name: &'static str, spec: u8) -> Arg {
    Arg::new(name, Kind::Key(spec))
}

/// Any bytes.
pub const fn string(name: &'static str) -> Arg {
    Arg::new(name, Kind::String)
}

/// A 64-bit integer.
pub const fn integer(name: &'static str) -> Arg {
    Arg::new(name, Kind::Integer)
}

/// A floating-point number.
pub const fn double(name: &'static str) -> Arg {
    Arg::new(name, Kind::Double)
}

/// A glob pattern.
pub const fn pattern(name: &'static str) -> Arg {
    Arg::new(name, Kind::Pattern)
}

/// Seconds or milliseconds since 1970.
pub const fn unix_time(name: &'static str) -> Arg {
    Arg::new(name, Kind::UnixTime)
}

/// A word that stands for itself.
pub const fn word(name: &'static str, token: &'static str) -> Arg {
    Arg::new(name, Kind::PureToken).token(token)
}

/// Exactly one of the parts.
pub const fn one_of(name: &'static str, parts: &'static [Arg]) -> Arg {
    let mut arg = Arg::new(name, Kind::OneOf);
    arg.parts = parts;
    arg
}

/// All of the parts, in order.
pub const fn block(name: &'static str, parts: &'static [Arg]) -> Arg {
    let mut arg = Arg::new(name, Kind::Block);
    arg.parts = parts;
    arg
}
