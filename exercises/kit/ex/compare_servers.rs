//! `cargo ex check`: what a learner's own server is asked to be. It reads addresses, and leaves the rest to
//! [`exercises::servers`].

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::process::ExitCode;

use exercises::Style;
use exercises::servers::{self, Goal, Options};

/// Options of `cargo ex check`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The server has to be empty: what it holds is deleted. A stage is a chapter, or a part of a project; \
    the first that fails is shown with the bytes of both sides.\n\
    Try:\n  \
    cargo ex check --addr 7012                         a chapter's server, or your own\n  \
    cargo ex check --addr 7008 --upto 08               as far as chapter 08\n  \
    cargo ex check --addr 7012 --vs 6379               against a real Redis, started with --enable-debug-command local\n  \
    cargo ex check --addr 7012 --project hashes        the project of docs/15_EXERCISES.md"
)]
pub(crate) struct Arguments {
    /// The server: a port, or host:port
    #[arg(long, value_name = "HOST:PORT")]
    addr: String,
    /// The last chapter whose transcripts it should pass
    #[arg(long, value_name = "NN", default_value_t = 12)]
    upto: u8,
    /// The transcripts of a long project instead, such as hashes
    #[arg(long, value_name = "NAME", conflicts_with = "upto")]
    project: Option<String>,
    /// A server to compare with, instead of the pinned replies
    #[arg(long, value_name = "HOST:PORT")]
    vs: Option<String>,
    /// Wait, minutes if need be, where time has to pass
    #[arg(long)]
    patient: bool,
    /// Delete what the servers hold
    #[arg(long)]
    flush: bool,
    /// Allow servers on other machines
    #[arg(long)]
    remote: bool,
}

/// Checks the server: exit code 1 if a stage fails.
pub(crate) fn check(arguments: &Arguments, style: Style) -> Result<ExitCode, String> {
    let resolve = |text: &str| resolve(text, arguments.remote);
    let options = Options {
        address: resolve(&arguments.addr)?,
        goal: match &arguments.project {
            Some(name) => Goal::Project(name.clone()),
            None => Goal::Chapters(arguments.upto),
        },
        versus: arguments.vs.as_deref().map(resolve).transpose()?,
        patient: arguments.patient,
        flush: arguments.flush,
    };
    let all_passed = servers::check(&options, style, &mut io::stdout().lock())?;
    Ok(if all_passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// An address on this machine, unless others are allowed.
fn resolve(text: &str, remote: bool) -> Result<SocketAddr, String> {
    let full = match text.strip_prefix(':').unwrap_or(text) {
        port if port.parse::<u16>().is_ok() => format!("127.0.0.1:{port}"),
        full => full.to_owned(),
    };
    let addresses = full
        .to_socket_addrs()
        .map_err(|error| format!("`{text}` is no address such as 127.0.0.1:7012: {error}"))?;
    let mut addresses: Vec<SocketAddr> = addresses.collect();
    // `localhost` is often both; servers of the course listen on the older one.
    addresses.sort_by_key(SocketAddr::is_ipv6);
    let first = addresses.first().copied().ok_or_else(|| format!("`{text}` has no address"))?;
    if !first.ip().is_loopback() && !remote {
        return Err(format!(
            "{first} is not this machine. The check deletes what a server holds; with --remote it may be elsewhere"
        ));
    }
    Ok(first)
}
