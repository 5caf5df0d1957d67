//! Runs the commands of a session against a server of its own, and writes down what they print.
//!
//! The server is a child that ends with the session, whatever happens to us.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

use crate::programs::{Program, Programs, cargo_runs, plain_calls};
use crate::workspace::clean;

/// How long a command may take.
const LIMIT: Duration = Duration::from_secs(30);
/// How long a server may take until it listens.
const START: Duration = Duration::from_secs(20);
/// How long we wait for a port that somebody else holds.
const PORT: Duration = Duration::from_secs(20);
/// A server that has printed nothing for so long is taken to have printed all.
const QUIET: Duration = Duration::from_millis(200);
const PAUSE: Duration = Duration::from_millis(10);

/// What a session is to do.
#[derive(Debug)]
pub struct Session<'a> {
    /// Servers and their arguments, in the order of their start. What the last one prints is kept.
    pub servers: Vec<(Program, &'a [String])>,
    /// The command lines.
    pub commands: Vec<String>,
    /// Seconds per command, if not the usual limit.
    pub limit: Option<u64>,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Transcript {
    /// Commands and what each printed, as a page shows them.
    pub text: String,
    /// What the server printed meanwhile.
    pub server: String,
}

/// The command lines of a page's block: those that begin with `$ `, with `> ` lines that go on after a backslash.
pub fn commands_of(body: &str) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in body.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            commands.push(command.to_owned());
            goes_on = command.ends_with('\\');
        } else if let (true, Some(more), Some(command)) =
            (goes_on, line.strip_prefix("> "), commands.last_mut())
        {
            command.push('\n');
            command.push_str(more);
            goes_on = more.ends_with('\\');
        } else {
            goes_on = false;
        }
    }
    commands
}

impl Session<'_> {
    /// Runs it.
    ///
    /// # Errors
    ///
    /// A program does not compile, the server does not start, or a command takes too long.
    pub fn run(&self, programs: &mut Programs<'_>) -> Result<Transcript> {
        for command in &self.commands {
            for run in cargo_runs(command) {
                programs.build(&run.program, run.release)?;
            }
            for program in plain_calls(command) {
                programs.build(&program, false)?;
            }
        }
        // Sessions share the chapters' ports: one at a time on this machine. Somebody else's lock file is no reason
        // to give up; then a taken port is waited for.
        let lock = File::create(std::env::temp_dir().join("flashkv-course.lock")).ok();
        lock.as_ref().map(File::lock).transpose()?;

        let work = Work::new(programs)?;
        let mut servers = Vec::new();
        for (number, (program, arguments)) in self.servers.iter().enumerate() {
            let path = programs.build(program, false)?;
            servers.push(Server::start(program, &path, arguments, &work, number)?);
        }
        let limit = self.limit.map_or(LIMIT, Duration::from_secs);
        let mut text = String::new();
        // What a command leaves in the background lives until the session ends: a silent client, for one.
        let mut groups = Vec::new();
        for command in &self.commands {
            let _ = writeln!(text, "$ {}", command.replace('\n', "\n> "));
            let printed = work.run(command, groups.len(), limit);
            match printed {
                Ok((printed, group)) => {
                    text.push_str(&printed);
                    groups.push(group);
                }
                Err(error) => {
                    let log: String = servers.iter().map(Server::log).collect();
                    return Err(if log.is_empty() {
                        error
                    } else {
                        error.context(format!("the server said:\n{log}"))
                    });
                }
            }
        }
        let server = servers.last_mut().map(Server::finish).transpose()?.unwrap_or_default();
        Ok(Transcript { text, server })
    }
}

/// Where commands run: the root, with our programs in the path.
struct Work {
    root: PathBuf,
    folder: PathBuf,
    path: OsString,
}

impl Work {
    fn new(programs: &Programs<'_>) -> Result<Self> {
        let folder = programs.scratch()?;
        let shims = folder.join("bin");
        fs::create_dir_all(&shims)?;
        let old = std::env::var_os("PATH").unwrap_or_default();
        if let Some(real) =
            std::env::split_paths(&old).map(|dir| dir.join("redis-cli")).find(|file| file.is_file())
        {
            // On a terminal redis-cli marks types, `(integer) 1`; into a file it does not. A session shows what a
            // learner sees: the marks, unless the command itself leads the output elsewhere.
            let shim = shims.join("redis-cli");
            let text = format!(
                "#!/bin/sh\n[ /dev/fd/1 -ef \"$COURSE_OUTPUT\" ] && export FAKETTY=1\nexec '{}' \"$@\"\n",
                real.display()
            );
            fs::write(&shim, text)?;
            fs::set_permissions(&shim, fs::Permissions::from_mode(0o755))?;
        }
        let workspace = programs.workspace();
        let ours = [shims, workspace.target.join("debug")];
        let path = std::env::join_paths(ours.into_iter().chain(std::env::split_paths(&old)))?;
        Ok(Self { root: workspace.root.clone(), folder, path })
    }

    /// What `command` prints. Into a file and not a pipe: what it leaves behind would hold a pipe open.
    fn run(&self, command: &str, number: usize, limit: Duration) -> Result<(String, Group)> {
        let output = self.folder.join(format!("output-{number}"));
        let file = File::create(&output)?;
        let mut bash = Command::new("bash");
        clean(&mut bash);
        let child = bash
            .args(["-c", command])
            .current_dir(&self.root)
            .env("PATH", &self.path)
            .env("COURSE_OUTPUT", &output)
            .env("CARGO_TERM_COLOR", "never")
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .process_group(0)
            .spawn()
            .context("cannot run bash")?;
        let mut group = Group(child);
        let deadline = Instant::now() + limit;
        while group.0.try_wait()?.is_none() {
            if Instant::now() >= deadline {
                let so_far = readable(&fs::read(&output)?);
                bail!(
                    "`{command}` has not ended after {} s; so far it said:\n{so_far}",
                    limit.as_secs()
                );
            }
            sleep(PAUSE);
        }
        Ok((readable(&fs::read(&output)?), group))
    }
}

/// A command and all it has started, which end with it.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        // The shell's own `kill`: it knows groups, and is there wherever bash is.
        let kill = format!("kill -KILL -- -{} 2>/dev/null", self.0.id());
        let _ = Command::new("bash").args(["-c", &kill]).status();
        let _ = self.0.wait();
    }
}

/// A server of one session.
struct Server {
    child: Child,
    guard: Child,
    log: PathBuf,
}

impl Server {
    fn start(
        program: &Program,
        path: &Path,
        arguments: &[String],
        work: &Work,
        number: usize,
    ) -> Result<Self> {
        let port = port_of(program, arguments);
        if let Some(port) = port {
            wait_until_free(port)?;
        }
        let log = work.folder.join(format!("server-{number}"));
        let file = File::create(&log)?;
        let mut command = Command::new(path);
        clean(&mut command);
        let child = command
            .args(arguments)
            .current_dir(&work.root)
            // Open and silent, as a terminal is.
            .stdin(Stdio::piped())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("cannot run {}", path.display()))?;
        // If we are killed, the pipe closes and the guard ends the server in our place.
        let guard = Command::new("bash")
            .args(["-c", &format!("read -r _ || kill -KILL {}", child.id())])
            .stdin(Stdio::piped())
            .process_group(0)
            .spawn()
            .context("cannot run bash")?;
        let mut server = Self { child, guard, log };
        server.wait_until_ready(program, port)?;
        Ok(server)
    }

    fn wait_until_ready(&mut self, program: &Program, port: Option<u16>) -> Result<()> {
        let started = Instant::now();
        loop {
            if self.log().contains("listening on") {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("{program} ended at once ({status}):\n{}", self.log());
            }
            // Not at first: to a server that counts its clients, the attempt is one.
            let patient = started.elapsed() < Duration::from_secs(1);
            if !patient && port.is_some_and(accepts) {
                return Ok(());
            }
            if started.elapsed() > START {
                bail!("{program} does not listen after {} s:\n{}", START.as_secs(), self.log());
            }
            sleep(PAUSE);
        }
    }

    fn log(&self) -> String {
        fs::read(&self.log).map(|bytes| readable(&bytes)).unwrap_or_default()
    }

    /// All that the server printed: waits until it has been quiet for a moment.
    fn finish(&mut self) -> Result<String> {
        let (mut length, mut since) = (fs::metadata(&self.log)?.len(), Instant::now());
        while since.elapsed() < QUIET && self.child.try_wait()?.is_none() {
            sleep(PAUSE);
            let now = fs::metadata(&self.log)?.len();
            if now != length {
                (length, since) = (now, Instant::now());
            }
        }
        Ok(self.log())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(mut pipe) = self.guard.stdin.take() {
            let _ = pipe.write_all(b"ended\n");
        }
        let _ = self.guard.wait();
    }
}

fn port_of(program: &Program, arguments: &[String]) -> Option<u16> {
    let given = arguments.iter().position(|argument| argument == "--port");
    let given = given.and_then(|index| arguments.get(index + 1));
    given.map_or_else(|| program.port(), |port| port.parse().ok()).filter(|&port| port != 0)
}

fn accepts(port: u16) -> bool {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    TcpStream::connect_timeout(&address, Duration::from_millis(500)).is_ok()
}

fn wait_until_free(port: u16) -> Result<()> {
    let started = Instant::now();
    while accepts(port) {
        if started.elapsed() > PORT {
            return Err(anyhow!("port {port} is taken by another program: end it and try again"));
        }
        sleep(Duration::from_millis(200));
    }
    Ok(())
}

/// Text as a page can hold it: lines without carriage returns, blanks at the end, colours or a last empty line.
pub fn readable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let text: Vec<&str> = text.lines().map(str::trim_end).collect();
    let end = text.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    text.iter().take(end).map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_the_lines_behind_the_dollar() {
        let body =
            "```console\n$ redis-cli ping\nPONG\n$ printf 'a' \\\n> | cat\na\n> no command\n```\n";
        assert_eq!(commands_of(body), ["redis-cli ping", "printf 'a' \\\n| cat"]);
    }

    #[test]
    fn output_is_made_readable() {
        assert_eq!(readable(b"+PONG\r\n\r\nlast  \r\n\r\n\n"), "+PONG\n\nlast\n");
        assert_eq!(readable(b"\xff\n"), "\u{fffd}\n");
        assert_eq!(readable(b""), "");
    }

    #[test]
    fn a_port_may_be_given() {
        let program = Program::parse("chapter-03").unwrap();
        let port = |arguments: &[&str]| {
            port_of(&program, &arguments.iter().map(|&word| word.to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(port(&[]), Some(7003));
        assert_eq!(port(&["--mode", "a", "--port", "7503"]), Some(7503));
        assert_eq!(port(&["--port", "0"]), None);
    }
}
