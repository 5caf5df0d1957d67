//! A real redis-server with an injected clock, on a Unix socket in a folder of its own. It stops when it is
//! dropped.

use std::fmt::Display;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::reply::{End, Reply};
use crate::target::{Target, Wire};
use crate::tcp::SocketWire;
use crate::transcript::encode;
use crate::{Error, T0};

/// The version whose replies are the standard. Others differ in texts, encodings and commands.
const VERSION: &str = "7.0.";

/// The server as a target.
pub struct RealRedis {
    /// Holds the socket, the clock and the compiled shim; gone when this is dropped.
    folder: TempDir,
    clock: File,
    now_ms: u64,
    server: Child,
    /// CONFIG GET * of the fresh server, as bulk strings: names and values in turn.
    settings: Vec<Vec<u8>>,
}

impl RealRedis {
    /// Starts a server, or says why there cannot be one here.
    pub fn start() -> Result<RealRedis, Error> {
        if !cfg!(target_os = "linux") {
            return Err(Error::Redis("the injected clock needs Linux".into()));
        }
        let folder = tempfile::tempdir().map_err(failed)?;
        compile_shim(folder.path())?;
        let clock = File::create(folder.path().join("clock")).map_err(failed)?;
        set_clock(&clock, T0)?;
        let server = spawn(folder.path())?;
        let mut redis = RealRedis { folder, clock, now_ms: T0, server, settings: Vec::new() };
        redis.prepare()?;
        Ok(redis)
    }

    /// Starts a server for a test that cannot do without. `None` means that the test is to pass as skipped,
    /// which it says on standard error; under CI a missing server is a failure instead.
    pub fn start_or_skip(test: &str) -> Option<RealRedis> {
        match RealRedis::start() {
            Ok(redis) => Some(redis),
            Err(reason) => {
                let ci = std::env::var("CI").unwrap_or_default();
                assert!(
                    matches!(ci.as_str(), "" | "0" | "false"),
                    "{test} needs a real redis-server in CI: {reason}"
                );
                // Not eprintln!, which the test runner hides when a test passes.
                let _ = writeln!(std::io::stderr(), "SKIPPED {test}: no real Redis: {reason}");
                None
            }
        }
    }

    /// Waits for the server and makes sure that it is the one we want and sees our clock.
    fn prepare(&mut self) -> Result<(), Error> {
        let started = Instant::now();
        let mut admin = loop {
            if let Ok(wire) = self.connect() {
                break wire;
            }
            if self.server.try_wait().is_ok_and(|status| status.is_some())
                || started.elapsed() > Duration::from_secs(10)
            {
                let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
                return Err(Error::Redis(format!("redis-server did not start:\n{log}")));
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        let info = String::from_utf8_lossy(&ask(&mut admin, "INFO server").bytes).into_owned();
        let version = info.lines().find_map(|line| line.strip_prefix("redis_version:"));
        if !version.is_some_and(|version| version.starts_with(VERSION)) {
            let problem = format!("redis-server {VERSION}x is needed, this is {version:?}");
            return Err(Error::Redis(problem));
        }
        let expected = encode(&[(T0 / 1000).to_string(), (T0 % 1000 * 1000).to_string()]);
        if ask(&mut admin, "TIME").bytes != expected {
            return Err(Error::Redis("redis-server does not see the injected clock".into()));
        }
        self.settings = settings(&mut admin);
        Ok(())
    }

    fn connect(&self) -> std::io::Result<SocketWire> {
        SocketWire::unix(&self.folder.path().join("socket"))
    }

    /// Brings a running server back to its start; fails if a script left it beyond that.
    fn try_reset(&mut self) -> Result<(), Error> {
        self.now_ms = T0;
        set_clock(&self.clock, T0)?;
        let mut admin = self.connect().map_err(failed)?;
        let quote_all = |words: &[&str]| words.join(" ");
        let mut order = |words: &[&str]| match admin.exchange(&encode(words)) {
            reply if matches!(reply.kind(), Some(b'+' | b':')) => Ok(()),
            reply => Err(Error::Redis(format!("{}: {reply:?}", quote_all(words)))),
        };
        // Other clients first: one that is still being closed would show in CLIENT LIST, or hold a setting.
        order(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"])?;
        order(&["CLIENT", "UNPAUSE"])?;
        order(&["FLUSHALL", "SYNC"])?;
        order(&["CONFIG", "RESETSTAT"])?;
        order(&["SLOWLOG", "RESET"])?;
        // Keys must go when a command meets them, not at some moment of the background's choosing.
        order(&["DEBUG", "SET-ACTIVE-EXPIRE", "0"])?;
        let now = settings(&mut admin);
        for (is, was) in now.chunks(2).zip(self.settings.chunks(2)) {
            let [name, value] = was else { continue };
            if is != was {
                let reply = admin.exchange(&encode(&[b"CONFIG", &b"SET"[..], name, value]));
                if reply.is_error() {
                    let name = String::from_utf8_lossy(name);
                    return Err(Error::Redis(format!("CONFIG SET {name}: {reply:?}")));
                }
            }
        }
        ask(&mut admin, "QUIT");
        admin.await_close();
        Ok(())
    }
}

impl Target for RealRedis {
    fn open(&mut self) -> Result<Box<dyn Wire>, Error> {
        let socket = self.folder.path().join("socket");
        let wire = self.connect().map_err(failed)?;
        Ok(Box::new(Connection { wire, socket }))
    }

    fn advance(&mut self, ms: u64) -> Result<(), Error> {
        self.now_ms = self.now_ms.saturating_add(ms);
        set_clock(&self.clock, self.now_ms)
    }

    fn reset(&mut self) -> Result<(), Error> {
        if self.try_reset().is_err() {
            // A password, a shutdown, a pause: whatever a script left behind, a new process does not have.
            *self = RealRedis::start()?;
            self.try_reset()?;
        }
        Ok(())
    }
}

impl Drop for RealRedis {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// A connection that knows when the server has nothing more to say.
struct Connection {
    wire: SocketWire,
    /// Where to ask the server in between.
    socket: PathBuf,
}

impl Wire for Connection {
    fn exchange(&mut self, request: &[u8]) -> Reply {
        self.wire.exchange(request)
    }

    fn exchange_all(&mut self, requests: &[Vec<u8>]) -> Vec<Reply> {
        self.wire.exchange_all(requests)
    }

    /// Without guessing how long to wait: Redis serves all its clients in one loop, so while another client's
    /// PING is answered, it also takes up to 16 KB of what we sent, replies to it, and closes if it must.
    fn collect(&mut self, bytes: &[u8]) -> Reply {
        const TAKEN_PER_ROUND: usize = 16 * 1024;
        // One to read, one to reply, one to close.
        const AFTER_THE_LAST: usize = 3;

        self.wire.send(bytes);
        let Ok(mut other) = SocketWire::unix(&self.socket) else {
            return Reply::unparsed(Vec::new(), End::Closed);
        };
        let mut collected = Vec::new();
        let mut end = End::Complete;
        let mut rounds = bytes.len() / TAKEN_PER_ROUND + AFTER_THE_LAST;
        while rounds > 0 && end == End::Complete {
            ask(&mut other, "PING");
            let arrived = self.wire.arrived();
            rounds = if arrived.bytes.is_empty() { rounds - 1 } else { rounds.max(AFTER_THE_LAST) };
            collected.extend(arrived.bytes);
            end = arrived.end;
        }
        ask(&mut other, "QUIT");
        other.await_close();
        Reply::from_bytes(collected, end)
    }

    fn await_close(&mut self) -> Reply {
        self.wire.await_close()
    }
}

fn compile_shim(folder: &Path) -> Result<(), Error> {
    let source = folder.join("clock.c");
    fs::write(&source, include_str!("clock.c")).map_err(failed)?;
    let output = Command::new("gcc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .args([&folder.join("clock.so"), &source])
        .output()
        .map_err(|error| unavailable("gcc", error))?;
    if output.status.success() {
        return Ok(());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    Err(Error::Redis(format!("gcc cannot compile the clock:\n{complaint}")))
}

fn spawn(folder: &Path) -> Result<Child, Error> {
    let log = File::create(folder.join("log")).map_err(failed)?;
    let errors = log.try_clone().map_err(failed)?;
    Command::new("redis-server")
        .args(["--port", "0", "--save", "", "--appendonly", "no", "--databases", "16"])
        .args(["--enable-debug-command", "local", "--unixsocket"])
        .arg(folder.join("socket"))
        .current_dir(folder)
        .env("LD_PRELOAD", folder.join("clock.so"))
        .env("FLASHKV_TEST_CLOCK", folder.join("clock"))
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        .spawn()
        .map_err(|error| unavailable("redis-server", error))
}

fn unavailable(program: &str, error: impl Display) -> Error {
    Error::Redis(format!("{program} cannot be run: {error}"))
}

fn failed(error: impl Display) -> Error {
    Error::Redis(format!("redis-server cannot be used: {error}"))
}

/// Written in place: the server has the file mapped and sees the new time with its next command.
fn set_clock(clock: &File, ms: u64) -> Result<(), Error> {
    let micros = i64::try_from(ms).unwrap_or(i64::MAX).saturating_mul(1000);
    clock.write_all_at(&micros.to_ne_bytes(), 0).map_err(failed)
}

fn settings(admin: &mut SocketWire) -> Vec<Vec<u8>> {
    ask(admin, "CONFIG GET *").strings()
}

fn ask(wire: &mut SocketWire, line: &str) -> Reply {
    wire.exchange(&encode(&line.split(' ').collect::<Vec<_>>()))
}
