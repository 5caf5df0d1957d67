//! How a server is set up: flags of the program, variables of its environment, and fields for whoever embeds it.

use std::time::Duration;

use clap::Args;

// ANCHOR: config
/// How a server is set up.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// Address to listen on
    #[arg(long, env = "FLASHKV_HOST", default_value = Config::HOST)]
    pub host: String,
    /// Port to listen on; 0 lets the system choose
    #[arg(long, env = "FLASHKV_PORT", default_value_t = Config::PORT)]
    pub port: u16,
    /// Clients that may be connected at once
    #[arg(long, env = "FLASHKV_MAXCLIENTS", default_value_t = Config::MAXCLIENTS)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub maxclients: u32,
    /// Seconds that a stopping server gives its clients to take their replies
    #[arg(long, env = "FLASHKV_SHUTDOWN_TIMEOUT", value_name = "SECONDS")]
    #[arg(default_value_t = Config::SHUTDOWN_TIMEOUT)]
    pub shutdown_timeout: u32,
}
// ANCHOR_END: config

impl Config {
    const HOST: &str = "127.0.0.1";
    const PORT: u16 = 7012;
    const MAXCLIENTS: u32 = 10_000;
    const SHUTDOWN_TIMEOUT: u32 = 10;

    /// How long a stopping server waits for its clients.
    pub fn shutdown_deadline(&self) -> Duration {
        Duration::from_secs(self.shutdown_timeout.into())
    }
}

/// The program's defaults; the environment is not looked at.
impl Default for Config {
    fn default() -> Self {
        Config {
            host: Config::HOST.into(),
            port: Config::PORT,
            maxclients: Config::MAXCLIENTS,
            shutdown_timeout: Config::SHUTDOWN_TIMEOUT,
        }
    }
}
