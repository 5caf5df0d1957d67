//! Loads flashkv and other servers side by side, and writes tables and charts of it.
//!
//! `cargo build --release && cargo run --release -p benches --bin compare -- --pin --out docs/generated`

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use benches::compare::Failure;
use benches::compare::benchmark::{Load, Runs};
use benches::compare::machine::Machine;
use benches::compare::open_loop::{Rate, Request};
use benches::compare::report::{Report, Row};
use benches::compare::server::Server;
use clap::Parser;

/// Loads flashkv and other servers side by side, round by round, and writes tables and charts of it
#[derive(Debug, Parser)]
#[command(name = "compare", max_term_width = 100)]
struct Options {
    /// Further servers, with {port} in the command where the port goes; those that do not know a test have no figure
    #[arg(value_name = "NAME=CMD")]
    servers: Vec<String>,
    /// The server that the others are compared with
    #[arg(long, default_value = "redis=redis-server --port {port} --save '' --appendonly no")]
    base: String,
    /// The flashkv to measure
    #[arg(long, value_name = "PATH", default_value = "target/release/flashkv")]
    flashkv: PathBuf,
    /// Tests: names of redis-benchmark, or lrange_N; lpop and rpop take what lpush and rpush before them have left
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "set,get,incr,lpush,rpush,lpop,lrange_100,mset"
    )]
    tests: Vec<String>,
    /// Requests that are sent together
    #[arg(long, value_delimiter = ',', default_value = "1,16,64")]
    pipelines: Vec<usize>,
    /// Runs of each test on each server
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Requests of a run without pipelining; four to eight times as many with it
    #[arg(long, default_value_t = 300_000)]
    requests: usize,
    /// Connections of redis-benchmark
    #[arg(long, default_value_t = 50)]
    clients: usize,
    /// Bytes of a value
    #[arg(long, default_value_t = 3)]
    data: usize,
    /// Keys that are used at random
    #[arg(long, default_value_t = 100_000)]
    keyspace: usize,
    /// Requests per second of the load at a fixed rate; 0 leaves it out
    #[arg(long, default_value_t = 20_000)]
    rate: usize,
    /// Seconds of the load at a fixed rate
    #[arg(long, default_value_t = 5)]
    seconds: usize,
    /// Connections of the load at a fixed rate
    #[arg(long, default_value_t = 8)]
    connections: usize,
    /// Keep the servers on core 0 and the clients on core 1
    #[arg(long)]
    pin: bool,
    /// Folder below docs for compare.md and its charts; without it, the tables are printed only
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

fn main() -> ExitCode {
    match Options::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

impl Options {
    fn run(&self) -> Result<(), Failure> {
        let machine = Machine::this();
        let folder = std::env::temp_dir().join(format!("compare-{}", std::process::id()));
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let measured = self.measure(machine, &folder);
        // Whatever the servers left there; nothing depends on it.
        let _ = fs::remove_dir_all(&folder);
        let report = measured?;
        print!("{}", report.to_markdown(None));
        self.out.as_ref().map_or(Ok(()), |out| report.write(out))
    }

    fn measure(&self, machine: Machine, folder: &Path) -> Result<Report, Failure> {
        let servers = self.start(folder)?;
        if self.pin {
            pin_myself()?;
        }
        let mut rows = Vec::new();
        for pipeline in &self.pipelines {
            for test in &self.tests {
                rows.push(self.row(&servers, *pipeline, test));
            }
        }
        let rate =
            Rate { per_second: self.rate, seconds: self.seconds, connections: self.connections };
        let requests: &[Request] = if self.rate == 0 { &[] } else { &[Request::Get, Request::Set] };
        let latencies = requests.iter().map(|request| {
            eprintln!("{} a second, {}", self.rate, request.name());
            let of = |server| rate.run(server, *request).map_err(|failure| eprintln!("{failure}"));
            (request.name(), servers.iter().map(|server| of(server).ok()).collect())
        });
        Ok(Report {
            latencies: latencies.collect(),
            machine,
            command: std::env::args()
                .skip(1)
                .fold("compare".into(), |line, word| line + " " + &word),
            cores: if self.pin {
                "Servers on one core, clients on another.".into()
            } else {
                "Servers and clients share all cores.".into()
            },
            servers: servers
                .iter()
                .map(|server| (server.name.clone(), server.version.clone(), server.resident()))
                .collect(),
            rows,
            rate,
        })
    }

    /// All servers, running.
    fn start(&self, folder: &Path) -> Result<Vec<Server>, Failure> {
        let flashkv = fs::canonicalize(&self.flashkv).map_err(|error| {
            format!("{}: {error}; build it: cargo build --release", self.flashkv.display())
        })?;
        let flashkv = format!("flashkv='{}' --port {{port}}", flashkv.display());
        let core = self.pin.then_some(0);
        let specifications = [&self.base, &flashkv].into_iter().chain(&self.servers);
        specifications.map(|specification| Server::start(specification, folder, core)).collect()
    }

    /// One test on all servers, in turns.
    fn row(&self, servers: &[Server], pipeline: usize, test: &str) -> Row {
        let load = Load {
            requests: self.requests,
            clients: self.clients,
            data: self.data,
            keyspace: self.keyspace,
            core: self.pin.then_some(1),
        };
        let mut runs = vec![Runs::default(); servers.len()];
        for round in 1..=self.rounds {
            eprintln!("{test}, {pipeline} at once, round {round} of {}", self.rounds);
            for (server, runs) in servers.iter().zip(&mut runs) {
                match load.run(server, test, pipeline) {
                    Ok(run) => runs.0.push(run),
                    // It may know other tests.
                    Err(failure) => eprintln!("{failure}"),
                }
            }
        }
        Row { pipeline, test: test.to_owned(), runs }
    }
}

/// Keeps this program's threads, those to come included, on core 1.
fn pin_myself() -> Result<(), Failure> {
    let status = Command::new("taskset")
        .args(["-a", "-p", "-c", "1", &std::process::id().to_string()])
        .output()
        .map_err(|error| format!("cannot run taskset: {error}"))?
        .status;
    if status.success() { Ok(()) } else { Err("taskset cannot use core 1".into()) }
}
