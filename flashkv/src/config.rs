//! How a server is set up: the flags of the binary, which are also the fields that an embedding program fills in.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Parser, ValueEnum};

/// A Redis-compatible, in-memory key-value server.
#[derive(Debug, Clone, Parser)]
#[command(name = "flashkv", version, next_line_help = false, max_term_width = 100)]
#[command(after_help = "Every option can also be set in the environment, as shown. Options win.\n\
    Talk to a running server with: redis-cli -p 6379")]
pub struct Config {
    /// Address to listen on: an IP address, or a name that resolves to one
    #[arg(long, env = "FLASHKV_HOST", default_value = Config::HOST, help_heading = "Network")]
    pub host: String,
    /// TCP port to listen on; 0 lets the system choose one
    #[arg(long, short, env = "FLASHKV_PORT", default_value_t = Config::PORT, help_heading = "Network")]
    pub port: u16,
    /// Path of a Unix socket to listen on as well
    #[arg(long, env = "FLASHKV_UNIXSOCKET", value_name = "PATH", help_heading = "Network")]
    pub unixsocket: Option<PathBuf>,
    /// Seconds between keep-alive probes to silent clients; 0 sends none
    #[arg(long, env = "FLASHKV_TCP_KEEPALIVE", value_name = "SECONDS", default_value_t = Config::TCP_KEEPALIVE)]
    #[arg(help_heading = "Network")]
    pub tcp_keepalive: u32,

    /// Clients that may be connected at once
    #[arg(long, env = "FLASHKV_MAXCLIENTS", default_value_t = Config::MAXCLIENTS, help_heading = "Clients")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub maxclients: u32,
    /// Password that clients must give with AUTH before anything else
    #[arg(long, env = "FLASHKV_REQUIREPASS", value_name = "PASSWORD", help_heading = "Clients")]
    #[arg(hide_env_values = true)]
    pub requirepass: Option<String>,
    /// Whether to refuse clients of other machines as long as there is no password
    #[arg(
        long,
        env = "FLASHKV_PROTECTED_MODE",
        value_name = "YES|NO",
        default_value = "yes",
        help_heading = "Clients"
    )]
    #[arg(action = ArgAction::Set, value_parser = yes_or_no(), hide_possible_values = true)]
    pub protected_mode: bool,
    /// Command that no client may use: FLUSHALL, or 'CONFIG|SET'. May be given several times; in the environment, commas
    /// stand between names
    #[arg(
        long = "disable-command",
        env = "FLASHKV_DISABLE_COMMAND",
        value_name = "NAME",
        value_delimiter = ','
    )]
    #[arg(help_heading = "Clients")]
    pub disable_commands: Vec<String>,
    /// Who may use DEBUG, with which a client can hold up others: nobody, clients of this machine, or everyone
    #[arg(
        long,
        env = "FLASHKV_ENABLE_DEBUG_COMMAND",
        value_name = "WHO",
        help_heading = "Clients"
    )]
    #[arg(value_enum, default_value_t = DebugAccess::No)]
    pub enable_debug_command: DebugAccess,
    /// Seconds after which a silent client is disconnected; 0 means never
    #[arg(
        long,
        env = "FLASHKV_TIMEOUT",
        value_name = "SECONDS",
        default_value_t = 0,
        help_heading = "Clients"
    )]
    pub timeout: u32,

    /// Threads that serve clients [default: one for each core but one]
    #[arg(long, env = "FLASHKV_THREADS", help_heading = "Server")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Number of databases, chosen with SELECT
    #[arg(long, env = "FLASHKV_DATABASES", default_value_t = Config::DATABASES, help_heading = "Server")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub databases: u16,
    /// How much to log
    #[arg(long, env = "FLASHKV_LOGLEVEL", value_enum, default_value_t = LogLevel::Notice, help_heading = "Server")]
    pub loglevel: LogLevel,
    /// Seconds that a stopping server gives its clients to take their replies
    #[arg(long, env = "FLASHKV_SHUTDOWN_TIMEOUT", value_name = "SECONDS", default_value_t = Config::SHUTDOWN_TIMEOUT)]
    #[arg(help_heading = "Server")]
    pub shutdown_timeout: u32,
}

/// Who may use DEBUG, in Redis's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DebugAccess {
    /// Nobody.
    No,
    /// Clients over loopback or a Unix socket.
    Local,
    /// Everyone.
    Yes,
}

impl DebugAccess {
    /// The name, as in CONFIG GET enable-debug-command.
    pub fn name(self) -> &'static str {
        match self {
            DebugAccess::No => "no",
            DebugAccess::Local => "local",
            DebugAccess::Yes => "yes",
        }
    }
}

/// How much is logged, in Redis's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    /// Everything.
    Debug,
    /// Clients that come and go.
    Verbose,
    /// What an operator wants to know.
    Notice,
    /// Only what is wrong.
    Warning,
}

impl From<LogLevel> for tracing::Level {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Debug => tracing::Level::TRACE,
            LogLevel::Verbose => tracing::Level::DEBUG,
            LogLevel::Notice => tracing::Level::INFO,
            LogLevel::Warning => tracing::Level::WARN,
        }
    }
}

/// As Redis writes it.
fn yes_or_no() -> impl TypedValueParser<Value = bool> {
    PossibleValuesParser::new(["yes", "no"]).map(|word| word == "yes")
}

impl LogLevel {
    /// The name, as in CONFIG GET loglevel.
    pub fn name(self) -> &'static str {
        match self {
            LogLevel::Debug => "debug",
            LogLevel::Verbose => "verbose",
            LogLevel::Notice => "notice",
            LogLevel::Warning => "warning",
        }
    }
}

impl Config {
    const HOST: &str = "127.0.0.1";
    const PORT: u16 = 6379;
    const TCP_KEEPALIVE: u32 = 300;
    const MAXCLIENTS: u32 = 10_000;
    const DATABASES: u16 = 16;
    const SHUTDOWN_TIMEOUT: u32 = 10;

    /// Threads that will serve clients. One core is left to the system, which moves what they send, and to whoever asks from
    /// the same machine.
    pub fn worker_threads(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.map_or_else(|| (cores() - 1).max(1), usize::from)
    }

    /// How long a stopping server waits for its clients.
    pub fn shutdown_deadline(&self) -> Duration {
        Duration::from_secs(self.shutdown_timeout.into())
    }
}

/// The binary's defaults; the environment is not looked at.
impl Default for Config {
    fn default() -> Self {
        Config {
            host: Config::HOST.into(),
            port: Config::PORT,
            unixsocket: None,
            tcp_keepalive: Config::TCP_KEEPALIVE,
            maxclients: Config::MAXCLIENTS,
            requirepass: None,
            protected_mode: true,
            disable_commands: Vec::new(),
            enable_debug_command: DebugAccess::No,
            timeout: 0,
            threads: None,
            databases: Config::DATABASES,
            loglevel: LogLevel::Notice,
            shutdown_timeout: Config::SHUTDOWN_TIMEOUT,
        }
    }
}
