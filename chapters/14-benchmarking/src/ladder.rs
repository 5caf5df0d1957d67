//! The same load against every stage of the course, the finished server, and Redis. Draws nothing.

use std::path::{Path, PathBuf};
use std::process::Command;

use benches::compare::server::Server;
use benches::compare::stats::median;

use crate::{Load, LoadError, Outcome, fill};

/// A server to load.
#[derive(Debug, Clone, Copy)]
pub struct Stage {
    /// What it is called; of a package of this workspace, the package and its program.
    pub name: &'static str,
    /// What it has that the one above it has not.
    pub adds: &'static str,
    /// How it is told its port, after the program's name.
    arguments: &'static str,
}

/// From the bottom to the top.
// ANCHOR: stages
pub const STAGES: [Stage; 8] = [
    Stage::package("chapter-07", "a map in locked shards"),
    Stage::package("chapter-08", "typed values in segments"),
    Stage::package("chapter-09", "deadlines and the sweeper"),
    Stage::package("chapter-10", "the table of 46 commands"),
    Stage::package("chapter-11", "one write for a batch"),
    Stage::package("chapter-12", "limits and a clean end"),
    Stage::package("flashkv", "the finished crate"),
    Stage {
        name: "redis-server",
        adds: "for comparison",
        arguments: "--port {port} --save '' --appendonly no",
    },
];
// ANCHOR_END: stages

impl Stage {
    const fn package(name: &'static str, adds: &'static str) -> Stage {
        Stage { name, adds, arguments: "--port {port}" }
    }

    fn is_package(&self) -> bool {
        self.name != "redis-server"
    }
}

/// How long to measure.
#[derive(Debug, Clone, Copy)]
pub struct Ladder {
    /// The requests and connections of both loops, and the time of one run.
    pub load: Load,
    /// Requests that are sent together in the closed loop.
    pub pipeline: u64,
    /// Requests per second of the open loop.
    pub rate: f64,
    /// Runs of both loops on each stage, in turns.
    pub rounds: usize,
}

/// What was measured at one stage: medians of the rounds.
#[derive(Debug, Clone)]
pub struct Rung {
    /// What was loaded.
    pub stage: Stage,
    /// Requests per second in the closed loop.
    pub rate: f64,
    /// The server's processor time for one of them, in microseconds.
    pub processor: f64,
    /// Median latency in milliseconds in the open loop; `None` if not even so many were answered.
    pub p50: Option<f64>,
    /// 99th percentile, the same way.
    pub p99: Option<f64>,
}

/// One round at one stage.
#[derive(Debug, Clone)]
struct Run {
    closed: Outcome,
    processor: f64,
    open: Outcome,
}

impl Ladder {
    /// Measures the stages whose programs lie in `folder`, which it builds first if they are missing, or all if asked to.
    /// Those that there are not are left out, and said so on standard error.
    ///
    /// # Errors
    /// If a stage cannot be built, or cannot take the load.
    // ANCHOR: climb
    pub fn climb(&self, folder: &Path, rebuild: bool) -> Result<Vec<Rung>, LoadError> {
        build(folder, rebuild)?;
        let mut servers = Vec::new();
        for stage in STAGES {
            match stage.start(folder) {
                Ok(server) => servers.push((stage, server)),
                Err(error) => eprintln!("left out: {error}"),
            }
        }
        for (_, server) in &servers {
            fill(address(server))?;
        }
        // In turns, so that what disturbs the machine for a while disturbs them all.
        let mut runs = vec![Vec::new(); servers.len()];
        for _ in 0..self.rounds.max(1) {
            for ((stage, server), runs) in servers.iter().zip(&mut runs) {
                let named = |error| LoadError::Server(format!("{}: {error}", stage.name));
                runs.push(self.round(server).map_err(named)?);
            }
        }
        Ok(servers.iter().zip(runs).map(|((stage, _), runs)| Rung::new(*stage, &runs)).collect())
    }

    fn round(&self, server: &Server) -> Result<Run, LoadError> {
        let before = server.processor_time();
        let closed = self.load.closed(address(server), self.pipeline)?;
        let used = server.processor_time() - before;
        let processor = used.as_secs_f64() * 1e6 / closed.latencies.answered().max(1) as f64;
        let open = self.load.open(address(server), self.rate)?;
        Ok(Run { closed, processor, open })
    }
    // ANCHOR_END: climb
}

impl Rung {
    fn new(stage: Stage, runs: &[Run]) -> Rung {
        // Over the rounds, then over the requests of a round; what was not answered is later than all.
        let middle = |share: f64| {
            let late = |run: &Run| run.open.latencies.percentile(share).unwrap_or(f64::INFINITY);
            median(runs.iter().map(late)).filter(|ms| ms.is_finite())
        };
        Rung {
            stage,
            rate: median(runs.iter().map(|run| run.closed.rate)).unwrap_or_default(),
            processor: median(runs.iter().map(|run| run.processor)).unwrap_or_default(),
            p50: middle(0.5),
            p99: middle(0.99),
        }
    }
}

impl Stage {
    /// Starts it as a child process, which ends with its handle.
    fn start(&self, folder: &Path) -> Result<Server, LoadError> {
        let program = if self.is_package() { folder.join(self.name) } else { self.name.into() };
        let command = format!("{}='{}' {}", self.name, program.display(), self.arguments);
        Server::start(&command, &std::env::temp_dir(), None).map_err(LoadError::Server)
    }
}

fn address(server: &Server) -> std::net::SocketAddr {
    (std::net::Ipv4Addr::LOCALHOST, server.port).into()
}

/// Release builds of the missing stages, or of all that have changed.
fn build(folder: &Path, all: bool) -> Result<(), LoadError> {
    let wanted = |stage: &&Stage| stage.is_package() && (all || !folder.join(stage.name).exists());
    let packages: Vec<&str> =
        STAGES.iter().filter(wanted).flat_map(|stage| ["-p", stage.name]).collect();
    if packages.is_empty() {
        return Ok(());
    }
    eprintln!("cargo build --release {} (minutes, the first time)", packages.join(" "));
    let status = Command::new("cargo")
        .args(["build", "--release", "--quiet"])
        .args(packages)
        .current_dir(workspace())
        .status()
        .map_err(|error| LoadError::Server(format!("cannot run cargo: {error}")))?;
    if status.success() { Ok(()) } else { Err(LoadError::Server("cargo build failed".into())) }
}

/// The folder of the whole course, in which `docs` lies.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new(".")).into()
}
