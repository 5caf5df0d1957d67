//! The repository on disk, and cargo: builds checks and runs them. It knows exit codes, and nothing of what a
//! check prints.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;

use exercises::TODO;
use exercises::catalog::Id;
use serde::Deserialize;

/// Where the repository and its build are.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The repository.
    pub(crate) root: PathBuf,
    /// What `cargo ex` keeps between runs, none of which matters if it is lost.
    pub(crate) memory: PathBuf,
}

/// How an exercise stands. Never stored: found out each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Solved,
    Todo,
    Failed,
    /// It does not compile.
    Broken,
}

/// What to do with a check's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    Shown,
    Dropped,
}

/// What cargo did.
struct Build {
    /// The check programs that it made, by test target.
    programs: BTreeMap<String, PathBuf>,
    /// Errors in packages that are not ours, as the compiler renders them.
    foreign_errors: Vec<String>,
    /// What else it said.
    stderr: String,
}

impl Workspace {
    /// The repository that this program was built from.
    pub(crate) fn here() -> Workspace {
        // cargo sets it for what it runs; without cargo, what it was at build time will do.
        let package = env::var("CARGO_MANIFEST_DIR")
            .unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
        let root = Path::new(&package).parent().unwrap_or(Path::new(".")).to_owned();
        let target = env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| root.join("target"), |target| root.join(target));
        Workspace { root, memory: target.join("ex") }
    }

    /// How these exercises stand.
    pub(crate) fn states(&self, ids: &[Id]) -> Result<BTreeMap<Id, State>, String> {
        eprintln!("checking {} exercises (the first time, the chapters are built) …", ids.len());
        let build = self.build(ids, "json")?;
        if build.programs.is_empty() && !ids.is_empty() {
            if build.foreign_errors.is_empty() {
                return Err(format!("cargo could not build the checks:\n{}", build.stderr));
            }
            return Err(format!("a chapter does not compile:\n{}", build.foreign_errors.concat()));
        }
        let states = Mutex::new(BTreeMap::new());
        let left = Mutex::new(ids.iter());
        let worker = || {
            loop {
                // Two statements: the lock must not be held while the check runs.
                let next = lock(&left).next();
                let Some(id) = next else { break };
                let state = match build.programs.get(&id.target()) {
                    Some(program) => self.run(program, Output::Dropped),
                    None => State::Broken,
                };
                lock(&states).insert(*id, state);
            }
        };
        thread::scope(|scope| {
            for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(worker);
            }
        });
        Ok(states.into_inner().unwrap_or_default())
    }

    /// Checks one exercise; compiler and check speak for themselves if `output` is shown.
    pub(crate) fn check(&self, id: Id, output: Output) -> Result<State, String> {
        let format = match output {
            Output::Shown => "json-render-diagnostics",
            Output::Dropped => "json",
        };
        let build = self.build(&[id], format)?;
        match build.programs.get(&id.target()) {
            Some(program) => Ok(self.run(program, output)),
            None => {
                if output == Output::Shown {
                    eprint!("{}", build.stderr);
                }
                Ok(State::Broken)
            }
        }
    }

    /// Builds the checks of these exercises, as many as compile.
    fn build(&self, ids: &[Id], format: &str) -> Result<Build, String> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.current_dir(&self.root).args(["build", "-q", "--keep-going", "-p", "exercises"]);
        command.arg(format!("--message-format={format}"));
        for id in ids {
            command.args(["--test", &id.target()]);
        }
        let output = command.output().map_err(|error| format!("cannot run cargo: {error}"))?;
        let mut build = Build {
            programs: BTreeMap::new(),
            foreign_errors: Vec::new(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        };
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let Ok(message) = serde_json::from_str::<Message>(line) else { continue };
            let Some(target) = message.target else { continue };
            match (message.reason.as_str(), message.executable, message.message) {
                ("compiler-artifact", Some(program), _) => {
                    build.programs.insert(target.name, program);
                }
                ("compiler-message", _, Some(diagnostic))
                    if diagnostic.level == "error" && !target.name.starts_with("ex") =>
                {
                    build.foreign_errors.extend(diagnostic.rendered);
                }
                _ => {}
            }
        }
        Ok(build)
    }

    fn run(&self, program: &Path, output: Output) -> State {
        let mut command = Command::new(program);
        command.current_dir(self.root.join("exercises")).arg("--outcome").stdin(Stdio::null());
        if output == Output::Dropped {
            command.stdout(Stdio::null()).stderr(Stdio::null());
        }
        match command.status().ok().and_then(|status| status.code()) {
            Some(0) => State::Solved,
            Some(code) if code == i32::from(TODO) => State::Todo,
            // Ended by a signal, too: a stack overflow, say.
            _ => State::Failed,
        }
    }
}

/// A line of what cargo says for programs.
#[derive(Deserialize)]
struct Message {
    reason: String,
    target: Option<Target>,
    executable: Option<PathBuf>,
    message: Option<Diagnostic>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

#[derive(Deserialize)]
struct Diagnostic {
    level: String,
    rendered: Option<String>,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
