//! A server under measurement: started on a port of its own, asked for its processor time, ended with its handle.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::Failure;

/// Nanoseconds of one tick of `/proc/PID/stat`: `USER_HZ` is 100 on every Linux.
const TICK: u64 = 10_000_000;

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server that is running until this is dropped.
#[derive(Debug)]
pub struct Server {
    /// What it is called in the report.
    pub name: String,
    /// The first line that it gives for `--version`.
    pub version: String,
    /// Its port on 127.0.0.1.
    pub port: u16,
    process: Child,
}

impl Server {
    /// Starts `NAME=CMD`, with `{port}` in CMD where the port goes; on one core only, if given.
    ///
    /// # Errors
    /// If it cannot be started, or does not answer.
    pub fn start(
        specification: &str,
        folder: &Path,
        core: Option<usize>,
    ) -> Result<Server, Failure> {
        let (name, command) =
            specification.split_once('=').ok_or(format!("not NAME=CMD: {specification}"))?;
        // Free at this moment; whoever takes it in between makes the start fail, not the measurement wrong.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|listener| listener.local_addr())
            .map_err(|error| format!("no free port: {error}"))?
            .port();
        let words = split(&command.replace("{port}", &port.to_string()));
        let program = words.first().ok_or(format!("{name}: no command"))?;
        let version = version(program);
        let mut argv = pinned(core);
        argv.extend(words.iter().cloned());
        let (first, rest) = argv.split_first().ok_or(format!("{name}: no command"))?;
        let process = Command::new(first)
            .args(rest)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{name}: cannot start {program}: {error}"))?;
        let mut server = Server { name: name.to_owned(), version, port, process };
        server.wait()?;
        Ok(server)
    }

    fn wait(&mut self) -> Result<(), Failure> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Ok(Some(status)) = self.process.try_wait() {
                return Err(format!("{}: ended at once: {status}", self.name));
            }
            // Any answer will do: there are servers that do not know PING.
            if self.exchange(b"*1\r\n$4\r\nPING\r\n").is_ok_and(|reply| !reply.is_empty()) {
                return Ok(());
            }
            sleep(Duration::from_millis(50));
        }
        Err(format!("{}: no answer on port {}", self.name, self.port))
    }

    /// A connection.
    ///
    /// # Errors
    /// If the server does not take it.
    pub fn connect(&self) -> Result<TcpStream, Failure> {
        let connect = || {
            let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            Ok(stream)
        };
        connect().map_err(|error: std::io::Error| format!("{}: {error}", self.name))
    }

    /// Sends one request, and waits for the beginning of its reply.
    ///
    /// # Errors
    /// If there is none, or it is an error.
    pub fn send(&self, request: &[u8]) -> Result<(), Failure> {
        let reply = self.exchange(request)?;
        match reply.first() {
            Some(b'+' | b':' | b'$' | b'*') => Ok(()),
            _ => Err(format!("{} replies: {}", self.name, String::from_utf8_lossy(&reply).trim())),
        }
    }

    /// The beginning of the reply to a request; empty if the server closes the connection.
    fn exchange(&self, request: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut stream = self.connect()?;
        let mut reply = vec![0; 512];
        let exchanged = stream.write_all(request).and_then(|()| stream.read(&mut reply));
        reply.truncate(exchanged.map_err(|error| format!("{}: {error}", self.name))?);
        Ok(reply)
    }

    // ANCHOR: processor
    /// Processor time that all its threads have used, in the kernel as well; exact to 10 ms.
    pub fn processor_time(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.id()));
        Duration::from_nanos(stat.ok().and_then(|stat| ticks(&stat)).unwrap_or(0) * TICK)
    }
    // ANCHOR_END: processor

    /// Processor time that those of its threads have used that still run, in the kernel as well; exact while they wait.
    pub fn threads_time(&self) -> Duration {
        let threads = fs::read_dir(format!("/proc/{}/task", self.process.id()));
        let time = |thread: std::io::Result<fs::DirEntry>| {
            let text = fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
            text.split(' ').next()?.parse::<u64>().ok()
        };
        Duration::from_nanos(threads.into_iter().flatten().filter_map(time).sum())
    }

    /// Lets it do nothing until [`Server::resume`].
    ///
    /// # Errors
    /// If the system has no `kill`.
    pub fn pause(&self) -> Result<(), Failure> {
        self.signal("-STOP")
    }

    /// Lets it go on.
    ///
    /// # Errors
    /// If the system has no `kill`.
    pub fn resume(&self) -> Result<(), Failure> {
        self.signal("-CONT")
    }

    fn signal(&self, signal: &str) -> Result<(), Failure> {
        let status = Command::new("kill").args([signal, &self.process.id().to_string()]).status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("{}: kill {signal}: {status}", self.name)),
            Err(error) => Err(format!("{}: kill {signal}: {error}", self.name)),
        }
    }

    /// Memory that it occupies, in KB.
    pub fn resident(&self) -> u64 {
        resident(self.process.id())
    }
}

/// Memory that a process occupies, in KB: its number, or `self`.
pub fn resident(process: impl std::fmt::Display) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

// ANCHOR: drop
impl Drop for Server {
    fn drop(&mut self) {
        // Already gone is what we want.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
// ANCHOR_END: drop

/// The beginning of a command that runs on one core only.
pub fn pinned(core: Option<usize>) -> Vec<String> {
    core.map(|core| ["taskset".into(), "-c".into(), core.to_string()].into()).unwrap_or_default()
}

// ANCHOR: ticks
/// User and system time of a process, ended threads included.
fn ticks(stat: &str) -> Option<u64> {
    // The name, in parentheses, may hold anything.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    Some(fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?)
}
// ANCHOR_END: ticks

fn version(program: &str) -> String {
    // Some know no such option and would serve for ever.
    let output = Command::new("timeout").args(["2", program, "--version"]).output();
    let text = output.map(|output| output.stdout).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let line = text.lines().next().unwrap_or_default();
    // redis-server adds how it was built.
    let line = line.split(" sha=").next().unwrap_or_default().trim();
    if line.is_empty() { "unknown".into() } else { line.chars().take(60).collect() }
}

/// Words of a command line, with quotes of either kind around those that hold blanks or nothing.
fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for letter in line.chars() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (None, '\'' | '"') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, blank) if blank.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_keep_words_together() {
        assert_eq!(split("a  --save '' \"b c\"d"), ["a", "--save", "", "b cd"]);
    }

    #[test]
    fn ticks_are_found_behind_any_name() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 100 0 0 0 12 30 0 0 20 0 4 0";
        assert_eq!(ticks(stat), Some(42));
    }
}
