//! The grammar of random commands. Upper case is sent as it stands (in any case); lower case names a kind
//! of argument, see `words.rs`.

/// All keys; few, so that commands meet each other's values.
pub const KEYS: &[&str] = &["s1", "s2", "s3", "l1", "l2", "l3", ""];

/// The keys but for the empty one, which is worth a try but not more.
const NAMED: &[&str] = KEYS.split_at(6).0;

/// The databases that sequences use.
pub const DATABASES: &[&str] = &["0", "1", "2"];

/// Commands that belong together.
pub struct Family {
    /// How often they are drawn against the others.
    pub weight: u32,
    /// The keys they mostly use, so that strings and lists live long enough to be worked on.
    pub keys: &'static [&'static str],
    pub forms: &'static [Form],
}

/// One command.
pub struct Form {
    /// How often it is drawn against the others of its family.
    pub weight: u32,
    pub syntax: &'static str,
    pub options: &'static [&'static str],
}

pub const FAMILIES: &[Family] = &[
    Family { weight: 40, keys: &["s1", "s2", "s3"], forms: STRINGS },
    Family { weight: 32, keys: &["l1", "l2", "l3"], forms: LISTS },
    Family { weight: 24, keys: NAMED, forms: GENERIC },
    Family { weight: 3, keys: KEYS, forms: DATABASE },
    Family { weight: 1, keys: KEYS, forms: NONSENSE },
];

const STRINGS: &[Form] = &[
    with("SET key value", SET_OPTIONS).often(),
    form("SET key value").often(),
    form("GET key"),
    form("INCR key"),
    form("DECR key"),
    form("INCRBY key integer"),
    form("DECRBY key integer"),
    form("INCRBYFLOAT key float"),
    form("APPEND key value"),
    form("STRLEN key"),
    form("MSET pairs"),
    form("MSETNX pairs"),
    form("MGET keys"),
    form("SETNX key value"),
    form("SETEX key seconds value"),
    form("PSETEX key millis value"),
    form("GETSET key value"),
    form("GETDEL key").rarely(),
    with("GETEX key", &["EX seconds", "PX millis", "EXAT second", "PXAT milli", "PERSIST"]),
    form("GETRANGE key index index"),
    form("SUBSTR key index index"),
    form("SETRANGE key offset value"),
    with("LCS key key", &["LEN", "IDX", "MINMATCHLEN index", "WITHMATCHLEN"]),
];

const SET_OPTIONS: &[&str] = &[
    "EX seconds",
    "PX millis",
    "EXAT second",
    "PXAT milli",
    "KEEPTTL",
    "NX",
    "XX",
    "GET",
    "GET",
    "PERSIST",
];

const LISTS: &[Form] = &[
    form("LPUSH key elements").often(),
    form("RPUSH key elements").often(),
    form("RPUSH key elements").often(),
    form("LPUSHX key elements"),
    form("RPUSHX key elements"),
    form("LPOP key"),
    form("RPOP key"),
    form("LPOP key count").rarely(),
    form("RPOP key count").rarely(),
    form("LLEN key"),
    form("LINDEX key index"),
    form("LRANGE key index index"),
    form("LSET key index element"),
    form("LREM key index element"),
    form("LINSERT key BEFORE element element"),
    form("LINSERT key AFTER element element"),
    form("LTRIM key index index").rarely(),
    with("LPOS key element", &["RANK rank", "COUNT count", "MAXLEN count"]),
    form("LMOVE key key end end"),
    form("RPOPLPUSH key key"),
    with("LMPOP counted_keys end", &["COUNT count"]),
];

const GENERIC: &[Form] = &[
    with("EXPIRE key seconds", CONDITIONS),
    with("PEXPIRE key millis", CONDITIONS),
    with("EXPIREAT key second", CONDITIONS),
    with("PEXPIREAT key milli", CONDITIONS),
    form("TTL key"),
    form("PTTL key"),
    form("EXPIRETIME key"),
    form("PEXPIRETIME key"),
    form("PERSIST key"),
    form("KEYS pattern"),
    form("TYPE key"),
    form("RENAME key key"),
    form("RENAMENX key key"),
    with("SCAN cursor", &["MATCH pattern", "TYPE type", "COUNT 1000", "COUNT count"]),
    form("DEL keys").rarely(),
    form("UNLINK keys").rarely(),
    form("TOUCH keys"),
    form("EXISTS keys"),
    with("COPY key key", &["DB db", "REPLACE"]),
    form("MOVE key db").rarely(),
    form("RANDOMKEY"),
    form("OBJECT ENCODING key"),
];

const CONDITIONS: &[&str] = &["NX", "XX", "GT", "LT"];

const DATABASE: &[Form] = &[
    form("SELECT db"),
    form("DBSIZE").often(),
    with("FLUSHDB", &["ASYNC", "SYNC"]).rarely(),
    form("SWAPDB db db"),
];

const NONSENSE: &[Form] = &[form("value"), form("junk key value"), form("OBJECT junk key")];

const fn form(syntax: &'static str) -> Form {
    with(syntax, &[])
}

const fn with(syntax: &'static str, options: &'static [&'static str]) -> Form {
    Form { weight: 4, syntax, options }
}

impl Form {
    /// For what fills keys: without enough of it, everything else works on nothing.
    const fn often(self) -> Form {
        Form { weight: 16, ..self }
    }

    /// For what empties them.
    const fn rarely(self) -> Form {
        Form { weight: 1, ..self }
    }
}
