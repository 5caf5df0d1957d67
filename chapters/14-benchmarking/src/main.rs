//! The load generator: one server, the demonstration, or the ladder.

use std::error::Error;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use benches::compare::machine::Machine;
use chapter_14::ladder::{Ladder, workspace};
use chapter_14::{Load, Outcome, demonstration, fill, report};
use clap::Parser;

/// Chapter 14: a load generator that does not flatter
///
/// Without an address it starts the finished server, makes it stand still for a moment, and shows what a closed and an
/// open loop make of that.
#[derive(Debug, Parser)]
#[command(name = "chapter-14", version, max_term_width = 100)]
#[command(after_help = "Try:\n  cargo run --release -p chapter-14\n\
    and, while chapter-12 runs in another terminal:\n  \
    cargo run --release -p chapter-14 -- 127.0.0.1:7012 --pipeline 16\n  \
    cargo run --release -p chapter-14 -- 127.0.0.1:7012 --rate 5000")]
struct Options {
    /// A server that knows SET and GET
    address: Option<SocketAddr>,
    /// Open loop: requests per second, sent when they are due [default: closed loop]
    #[arg(long)]
    rate: Option<u32>,
    /// Closed loop: requests that are sent together [default: 1, for the ladder 16]
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1000))]
    pipeline: Option<u64>,
    /// Connections
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=1000))]
    connections: u64,
    /// Seconds of a run
    #[arg(long, default_value_t = 2.0, value_parser = seconds)]
    seconds: f64,
    /// Milliseconds that the server of the demonstration stands still
    #[arg(long, default_value_t = 300)]
    stall: u64,
    /// Measure all stages, and write docs/generated/ladder.md and docs/images/ladder.svg
    #[arg(long)]
    ladder: bool,
    /// Rounds of the ladder
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Print a quick ladder as text, and end
    #[arg(long)]
    measure: bool,
}

/// A run takes some time, and ends.
fn seconds(text: &str) -> Result<f64, String> {
    let seconds = text.parse().ok().filter(|seconds| (0.01..=3600.0).contains(seconds));
    seconds.ok_or_else(|| "from 0.01 to 3600".into())
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chapter-14: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let time = Duration::from_secs_f64(options.seconds);
    let load = Load { connections: options.connections, time };
    let rate = options.rate.map(|rate| f64::from(rate.max(1)));
    if options.ladder || options.measure {
        let time = if options.measure { Duration::from_millis(150) } else { time };
        let rounds = if options.measure { 2 } else { options.rounds };
        let load = Load { time, ..load };
        let ladder = Ladder {
            load,
            pipeline: options.pipeline.unwrap_or(16),
            rate: rate.unwrap_or(5000.0),
            rounds,
        };
        return climb(&ladder, options.ladder);
    }
    let closed = "closed loop".to_owned();
    let open = |rate| format!("open loop, {rate}/s");
    let rows = match (options.address, rate) {
        (None, rate) => {
            let (stall, rate) = (Duration::from_millis(options.stall), rate.unwrap_or(5000.0));
            let (flood, strangers) = demonstration::run(&load, rate, stall)?;
            vec![(closed, flood), (open(rate), strangers)]
        }
        (Some(address), rate) => {
            fill(address)?;
            vec![match rate {
                None => (closed, load.closed(address, options.pipeline.unwrap_or(1))?),
                Some(rate) => (open(rate), load.open(address, rate)?),
            }]
        }
    };
    println!(
        "{:<24}{:>10}{:>10}{:>9}{:>9}{:>9}{:>9}{:>9}  ms",
        "", "requests", "per s", "mean", "p50", "p99", "p99.9", "max"
    );
    rows.iter().for_each(|(name, outcome)| show(name, outcome));
    Ok(())
}

fn show(name: &str, Outcome { rate, latencies }: &Outcome) {
    print!("{name:<24}{:>10}{rate:>10.0}", latencies.answered());
    let percentiles = [0.5, 0.99, 0.999, 1.0].map(|share| latencies.percentile(share));
    for figure in [latencies.mean()].into_iter().chain(percentiles) {
        let figure = figure.map_or_else(|| "–".into(), |ms| format!("{ms:.2}"));
        print!("{figure:>9}");
    }
    println!();
}

/// Measures the ladder and prints it; writes it down too, if asked to.
fn climb(ladder: &Ladder, write: bool) -> Result<(), Box<dyn Error>> {
    let release = workspace().join("target/release");
    let folder = std::env::var_os("CARGO_TARGET_DIR")
        .map_or(release, |target| PathBuf::from(target).join("release"));
    let rungs = ladder.climb(&folder, write)?;
    println!("{}\n\n{}", report::how(ladder), report::table(&rungs).trim_end());
    if write {
        let (docs, machine) = (workspace().join("docs"), Machine::this());
        let files = [
            ("generated/ladder.md", report::markdown(ladder, &rungs, &machine)),
            ("images/ladder.svg", report::svg(&rungs, &machine)),
        ];
        for (name, content) in files {
            let file = docs.join(name);
            fs::create_dir_all(file.parent().unwrap_or(&docs))?;
            fs::write(&file, content).map_err(|error| format!("{}: {error}", file.display()))?;
        }
    }
    Ok(())
}
