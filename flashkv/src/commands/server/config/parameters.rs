//! The table of CONFIG's parameters: each one's name, where its value lives, and what it may be set to.
//!
//! Only what is true of this server is listed. What Redis can do and this server cannot (persistence, memory limits …)
//! stands here where tools ask for it, and may be set to nothing but what it is.

use std::ops::RangeInclusive;

use clap::ValueEnum;

use super::value::{self, IMMUTABLE, Reason, Unit};
use crate::commands::shared::Shared;
use crate::config::LogLevel;
use crate::settings::Live;

/// One parameter.
#[derive(Debug)]
pub(super) struct Parameter {
    /// Lower case.
    pub(super) name: &'static str,
    setting: Setting,
    /// Whether the whole of the changed settings can be had, once all are read.
    check: fn(&Shared, &Live) -> Result<(), Reason>,
}

/// No check: any value that can be read can be had.
const ANY: fn(&Shared, &Live) -> Result<(), Reason> = |_, _| Ok(());

/// Where a parameter's value lives.
#[derive(Debug)]
enum Setting {
    /// A number that can change.
    Number {
        unit: Unit,
        range: RangeInclusive<i64>,
        get: fn(&Live) -> i64,
        /// Given only numbers in `range`.
        set: fn(&mut Live, i64),
    },
    /// A password: as any bytes.
    Secret { get: fn(&Live) -> &Vec<u8>, set: fn(&mut Live, Vec<u8>) },
    /// Something else that can change.
    Text { get: fn(&Live) -> String, set: fn(&mut Live, &[u8]) -> Result<(), Reason> },
    /// Decided when the server was started.
    Startup(fn(&Shared) -> String),
    /// Always the same, in Redis too while it runs.
    Fixed(&'static str),
    /// Always the same here, but not in Redis: setting it to that is fine.
    Only(&'static str, Notation),
}

/// How a value is written, to tell a wrong one from one that is not supported.
#[derive(Debug, Clone, Copy)]
enum Notation {
    YesOrNo,
    Memory,
    Number,
    Text,
}

const INT: RangeInclusive<i64> = 0..=i32::MAX as i64;
const MEGABYTE_AND_MORE: RangeInclusive<i64> = 1 << 20..=i64::MAX;

/// All parameters.
pub(super) const PARAMETERS: &[Parameter] = &[
    startup("bind", |shared| shared.settings.startup.host.clone()),
    startup("port", |shared| {
        // Once the server listens it knows better than its configuration, which may have left the choice to the system.
        match shared.tcp_port() {
            0 => shared.settings.startup.port.to_string(),
            port => port.to_string(),
        }
    }),
    fixed("tls-port", "0"),
    startup("unixsocket", |shared| {
        let path = shared.settings.startup.unixsocket.as_ref();
        path.map(|path| path.display().to_string()).unwrap_or_default()
    }),
    number(
        "tcp-keepalive",
        INT,
        |live| live.tcp_keepalive.into(),
        |live, seconds| {
            live.tcp_keepalive = seconds as u32;
        },
    ),
    number(
        "timeout",
        INT,
        |live| live.timeout.into(),
        |live, seconds| {
            live.timeout = seconds as u32;
        },
    ),
    number(
        "maxclients",
        1..=u32::MAX as i64,
        |live| live.maxclients.into(),
        |live, clients| {
            live.maxclients = clients as u32;
        },
    )
    .checked(|shared, live| match shared.clients_that_fit(live.maxclients) {
        fit if fit < live.maxclients => Err(format!(
            "The operating system is not able to handle the specified number of clients, try with {fit}"
        )
        .into()),
        _ => Ok(()),
    }),
    Parameter {
        name: "protected-mode",
        setting: Setting::Text {
            get: |live| if live.protected_mode { "yes" } else { "no" }.into(),
            set: |live, text| {
                live.protected_mode = value::yes_or_no(text)?;
                Ok(())
            },
        },
        check: ANY,
    },
    Parameter {
        name: "requirepass",
        setting: Setting::Secret {
            get: |live| &live.requirepass,
            set: |live, password| live.requirepass = password,
        },
        check: ANY,
    },
    memory(
        "proto-max-bulk-len",
        |live| live.limits.bulk as i64,
        |live, bytes| {
            live.limits.bulk = bytes as usize;
        },
    ),
    memory(
        "client-query-buffer-limit",
        |live| live.limits.query_buffer as i64,
        |live, bytes| {
            live.limits.query_buffer = bytes as usize;
        },
    ),
    Parameter {
        name: "client-output-buffer-limit",
        setting: Setting::Text {
            get: |live| value::show_output_limits(live.limits.output_max),
            set: |live, text| {
                let limit = value::output_limits(text)?;
                live.limits.output_max = limit.unwrap_or(live.limits.output_max);
                Ok(())
            },
        },
        check: ANY,
    },
    only("maxmemory-clients", "0", Notation::Memory),
    startup("databases", |shared| shared.settings.startup.databases.to_string()),
    startup("io-threads", |shared| shared.workers().to_string()),
    fixed("io-threads-do-reads", "yes"),
    // The background's rounds are at most so many a second.
    only("hz", "10", Notation::Number),
    startup("shutdown-timeout", |shared| shared.settings.startup.shutdown_timeout.to_string()),
    fixed("daemonize", "no"),
    fixed("supervised", "no"),
    fixed("cluster-enabled", "no"),
    startup("enable-debug-command", |shared| {
        shared.settings.startup.enable_debug_command.name().into()
    }),
    Parameter {
        name: "loglevel",
        setting: Setting::Text {
            get: |live| live.loglevel.name().into(),
            set: |live, text| {
                let levels = LogLevel::value_variants();
                let names: Vec<&str> = levels.iter().map(|level| level.name()).collect();
                let chosen = value::one_of(text, &names)?;
                live.loglevel = levels.get(chosen).copied().unwrap_or(live.loglevel);
                Ok(())
            },
        },
        check: ANY,
    },
    fixed("logfile", ""),
    number(
        "slowlog-log-slower-than",
        -1..=i64::MAX,
        |live| live.slowlog_slower_than,
        |live, us| {
            live.slowlog_slower_than = us;
        },
    ),
    number(
        "slowlog-max-len",
        0..=i64::MAX,
        |live| live.slowlog_max_len as i64,
        |live, commands| {
            live.slowlog_max_len = commands as usize;
        },
    ),
    only("save", "", Notation::Text),
    only("appendonly", "no", Notation::YesOrNo),
    only("maxmemory", "0", Notation::Memory),
    only("maxmemory-policy", "noeviction", Notation::Text),
    only("notify-keyspace-events", "", Notation::Text),
    // Whatever leaves the data, for whatever reason, is freed by a thread of its own if it is large.
    only("lazyfree-lazy-expire", "yes", Notation::YesOrNo),
    only("lazyfree-lazy-server-del", "yes", Notation::YesOrNo),
    only("lazyfree-lazy-user-del", "yes", Notation::YesOrNo),
    only("lazyfree-lazy-user-flush", "yes", Notation::YesOrNo),
];

const fn number(
    name: &'static str,
    range: RangeInclusive<i64>,
    get: fn(&Live) -> i64,
    set: fn(&mut Live, i64),
) -> Parameter {
    Parameter { name, setting: Setting::Number { unit: Unit::One, range, get, set }, check: ANY }
}

const fn memory(name: &'static str, get: fn(&Live) -> i64, set: fn(&mut Live, i64)) -> Parameter {
    let range = MEGABYTE_AND_MORE;
    Parameter { name, setting: Setting::Number { unit: Unit::Memory, range, get, set }, check: ANY }
}

const fn startup(name: &'static str, show: fn(&Shared) -> String) -> Parameter {
    Parameter { name, setting: Setting::Startup(show), check: ANY }
}

const fn fixed(name: &'static str, value: &'static str) -> Parameter {
    Parameter { name, setting: Setting::Fixed(value), check: ANY }
}

const fn only(name: &'static str, value: &'static str, notation: Notation) -> Parameter {
    Parameter { name, setting: Setting::Only(value, notation), check: ANY }
}

impl Parameter {
    const fn checked(self, check: fn(&Shared, &Live) -> Result<(), Reason>) -> Parameter {
        Parameter { check, ..self }
    }

    /// Whether the settings can be had with the value that this parameter has been given.
    ///
    /// # Errors
    /// Why not.
    pub(super) fn check(&self, shared: &Shared, live: &Live) -> Result<(), Reason> {
        (self.check)(shared, live)
    }

    /// Whether this is the parameter of that name, in any case.
    pub(super) fn is_named(&self, name: &[u8]) -> bool {
        name.eq_ignore_ascii_case(self.name.as_bytes())
    }

    /// Whether its value must not be logged.
    pub(super) fn is_secret(&self) -> bool {
        matches!(self.setting, Setting::Secret { .. })
    }

    /// Whether it is refused without a look at the value.
    pub(super) fn is_immutable(&self) -> bool {
        matches!(self.setting, Setting::Startup(_) | Setting::Fixed(_))
    }

    /// Its value, as CONFIG GET shows it.
    pub(super) fn show(&self, shared: &Shared) -> Vec<u8> {
        let live = shared.settings.live();
        match &self.setting {
            Setting::Number { get, .. } => get(&live).to_string().into_bytes(),
            Setting::Secret { get, .. } => get(&live).clone(),
            Setting::Text { get, .. } => get(&live).into_bytes(),
            Setting::Startup(show) => show(shared).into_bytes(),
            Setting::Fixed(value) | Setting::Only(value, _) => value.as_bytes().to_vec(),
        }
    }

    /// Changes its value in `live`.
    ///
    /// # Errors
    /// What is wrong with `given`.
    pub(super) fn set(&self, live: &mut Live, given: &[u8]) -> Result<(), Reason> {
        match &self.setting {
            Setting::Number { unit, range, set, .. } => {
                set(live, value::number(given, *unit, range)?);
                Ok(())
            }
            Setting::Secret { set, .. } => {
                set(live, given.to_vec());
                Ok(())
            }
            Setting::Text { set, .. } => set(live, given),
            Setting::Startup(_) | Setting::Fixed(_) => Err(IMMUTABLE.into()),
            Setting::Only(only, notation) => {
                let same = notation.read(given)? == notation.read(only.as_bytes())?;
                if same { Ok(()) } else { Err(IMMUTABLE.into()) }
            }
        }
    }
}

impl Notation {
    /// Values that mean the same read the same.
    fn read(self, text: &[u8]) -> Result<Vec<u8>, Reason> {
        let any = i64::MIN..=i64::MAX;
        Ok(match self {
            Notation::YesOrNo => vec![u8::from(value::yes_or_no(text)?)],
            Notation::Memory => value::number(text, Unit::Memory, &any)?.to_be_bytes().into(),
            Notation::Number => value::number(text, Unit::One, &any)?.to_be_bytes().into(),
            Notation::Text => text.to_ascii_lowercase(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, Config};

    #[test]
    fn names_are_lower_case_and_unique() {
        for (index, parameter) in PARAMETERS.iter().enumerate() {
            assert_eq!(parameter.name, parameter.name.to_ascii_lowercase());
            let before = &PARAMETERS[..index];
            assert!(before.iter().all(|other| other.name != parameter.name), "{}", parameter.name);
        }
    }

    #[test]
    fn every_parameter_can_be_set_to_what_it_shows() {
        let shared = Shared::new(Config::default(), Clock::manual(0));
        let before = shared.settings.live();
        for parameter in PARAMETERS.iter().filter(|parameter| !parameter.is_immutable()) {
            let mut live = before.clone();
            let shown = parameter.show(&shared);
            assert_eq!(parameter.set(&mut live, &shown), Ok(()), "{}", parameter.name);
            assert_eq!(live, before, "{}", parameter.name);
        }
    }

    #[test]
    fn what_is_not_supported_cannot_be_switched_on() {
        let shared = Shared::new(Config::default(), Clock::manual(0));
        let mut live = shared.settings.live();
        for (name, given) in [("appendonly", "yes"), ("maxmemory", "1gb"), ("save", "60 1")] {
            let parameter = PARAMETERS.iter().find(|parameter| parameter.name == name).unwrap();
            assert_eq!(parameter.set(&mut live, given.as_bytes()), Err(IMMUTABLE.into()), "{name}");
        }
    }
}
