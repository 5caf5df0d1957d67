//! The number: the same GET through a child process, over TCP, and in process; and what has to be shipped for it.

use std::error::Error;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use flashkv::{Config, Engine, Server};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const PATIENCE: Duration = Duration::from_secs(10);

/// One way to have flashkv in a program.
struct Row {
    name: &'static str,
    /// Microseconds of a GET, ascending.
    latencies: Vec<f64>,
    start: Duration,
    /// Everything that has to be there for it to run.
    files: Vec<PathBuf>,
}

/// Prints the table.
pub(crate) fn run() -> Result<()> {
    let rows = [child()?, own_server()?, own_engine()?];
    println!("one GET in µs (median and 99th percentile), ms until the first answer, KB to ship");
    println!("{:<37}{:>9}{:>9}{:>8}{:>8}", "", "p50", "p99", "start", "size");
    for Row { name, latencies, start, files } in rows {
        let at = |share: f64| latencies.get((latencies.len() as f64 * share) as usize).copied();
        let (p50, p99) = (at(0.5).unwrap_or_default(), at(0.99).unwrap_or_default());
        let sizes: std::io::Result<Vec<u64>> =
            files.iter().map(|file| file.metadata().map(|file| file.len())).collect();
        let (start, size) = (start.as_secs_f64() * 1e3, sizes?.iter().sum::<u64>() / 1024);
        println!("{name:<37}{p50:>9.2}{p99:>9.2}{start:>8.2}{size:>8}");
    }
    Ok(())
}

/// A server as a child process, and another process for each GET.
fn child() -> Result<Row> {
    let (program, server) = (example("before")?, built("flashkv", &["-p", "flashkv"])?);
    // Free at this moment only: that a port must be chosen beforehand is one of the faults of this way.
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let port = address.port().to_string();
    let begun = Instant::now();
    let _ended_with_its_handle = ChildServer::start(&server, &port)?;
    while TcpStream::connect(address).is_err() {
        if begun.elapsed() > PATIENCE {
            return Err("the child does not listen".into());
        }
        sleep(Duration::from_millis(1));
    }
    fill(&mut connect(address)?)?;
    let start = begun.elapsed();
    let latencies = sample(50, 1, || {
        let output = Command::new("redis-cli").args(["-p", &port, "GET", "greeting"]).output()?;
        check(&output.stdout, b"hello\n")
    })?;
    let files = vec![program, server];
    Ok(Row { name: "naive  child process, redis-cli", latencies, start, files })
}

/// A server in this process, on a port that the system chooses, over a connection that is kept.
fn own_server() -> Result<Row> {
    let begun = Instant::now();
    // ANCHOR: server
    let server = Server::bind(Config { port: 0, threads: Some(1), ..Config::default() })?;
    let mut stream = connect(server.address())?;
    // ANCHOR_END: server
    fill(&mut stream)?;
    let start = begun.elapsed();
    let latencies = sample(5_000, 1, || exchange(&mut stream, "GET greeting", "$5\r\nhello\r\n"))?;
    server.stop();
    let files = vec![std::env::current_exe()?];
    Ok(Row { name: "half   server in process, over TCP", latencies, start, files })
}

/// The engine alone.
fn own_engine() -> Result<Row> {
    let begun = Instant::now();
    let engine = Engine::new(1);
    let db = engine.db(0);
    db.set("greeting", "hello");
    let start = begun.elapsed();
    // A hundred at a time, since reading the clock would take as long as a GET.
    let latencies =
        sample(5_000, 100, || check(&db.get("greeting")?.unwrap_or_default(), b"hello"))?;
    let files = vec![example("embed")?];
    Ok(Row { name: "built  engine, a function call", latencies, start, files })
}

/// Microseconds of one call: so many samples, each the mean of a batch, ascending.
fn sample(samples: u32, batch: u32, mut call: impl FnMut() -> Result<()>) -> Result<Vec<f64>> {
    let mut latencies = Vec::new();
    for _ in 0..samples {
        let begun = Instant::now();
        for _ in 0..batch {
            call()?;
        }
        latencies.push(begun.elapsed().as_secs_f64() * 1e6 / f64::from(batch));
    }
    latencies.sort_by(f64::total_cmp);
    Ok(latencies)
}

/// An answer that is wrong is not fast.
fn check(answer: &[u8], expected: &[u8]) -> Result<()> {
    if answer == expected {
        return Ok(());
    }
    Err(format!("the answer is {}", answer.escape_ascii()).into())
}

fn connect(address: SocketAddr) -> Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

fn fill(stream: &mut TcpStream) -> Result<()> {
    exchange(stream, "SET greeting hello", "+OK\r\n")
}

/// Sends one inline command, and takes as many bytes as the answer should have.
fn exchange(stream: &mut TcpStream, command: &str, expected: &str) -> Result<()> {
    stream.write_all(format!("{command}\r\n").as_bytes())?;
    let mut answer = vec![0; expected.len()];
    stream.read_exact(&mut answer)?;
    check(&answer, expected.as_bytes())
}

/// Ends with its handle, on every path: what `std::process::Child` does not do.
// ANCHOR: child
struct ChildServer(Child);

impl ChildServer {
    fn start(program: &Path, port: &str) -> std::io::Result<ChildServer> {
        let mut command = Command::new(program);
        command.args(["--port", port]).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().map(ChildServer)
    }
}

impl Drop for ChildServer {
    fn drop(&mut self) {
        // Already gone is what we want.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
// ANCHOR_END: child

/// A program beside this one, as cargo builds it now: other chapters have examples of the same name.
fn built(name: &str, target: &[&str]) -> Result<PathBuf> {
    let myself = std::env::current_exe()?;
    let folder = myself.parent().ok_or("this program lies in no folder")?;
    let file = folder.join(name);
    if !file.exists() {
        eprintln!("building {name}, to compare with …");
    }
    let profile = if folder.ends_with("release") { "release" } else { "dev" };
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "-q", "--profile", profile]).args(target);
    if !cargo.current_dir(env!("CARGO_MANIFEST_DIR")).status()?.success() {
        return Err(format!("cargo could not build {name}").into());
    }
    Ok(file)
}

fn example(name: &str) -> Result<PathBuf> {
    built(&format!("examples/{name}"), &["-p", "chapter-13", "--example", name])
}
