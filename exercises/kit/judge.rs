//! Runs a check and tells which of the three outcomes it has. It knows panics and time, and writes nothing.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use std::time::Duration;

use crate::check::{Check, FailureKind, Verdict};
use crate::compare::Difference;
use crate::report::Report;

/// What an answer is, as far as its check can tell.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// All steps passed.
    Passed {
        /// How many there were.
        steps: usize,
    },
    /// A `todo!` was reached: not started, or not finished.
    Todo(Todo),
    /// Wrong.
    Failed(Box<Report>),
}

/// How far an answer goes that is not finished.
#[derive(Clone, Debug)]
pub struct Todo {
    /// The steps that passed.
    pub passed: Vec<String>,
    /// Line of the `todo!` in its file.
    pub line: u32,
    /// What the `todo!` says.
    pub says: Option<String>,
}

/// How long a check may take before its answer is said to hang.
#[derive(Clone, Copy, Debug)]
pub struct Patience(pub Duration);

impl Default for Patience {
    /// Long, as a loaded machine is slow; only an answer that hangs waits for it.
    fn default() -> Patience {
        Patience(Duration::from_secs(20))
    }
}

/// What a panic said of itself.
#[derive(Clone, Debug)]
struct Panicked {
    message: String,
    file: String,
    line: u32,
}

/// Runs a check to its end, its panic, or the end of patience. One at a time: panics of any thread belong to
/// the check that is running.
pub fn judge(check: fn(&Check) -> Verdict, patience: Patience) -> Outcome {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _alone = lock(&ONE_AT_A_TIME);
    record_panics();
    take_panics();

    let state = Check::default();
    let (sender, receiver) = mpsc::channel();
    let for_thread = state.clone();
    thread::spawn(move || {
        let verdict = panic::catch_unwind(AssertUnwindSafe(|| check(&for_thread)));
        // Nobody listens any more if patience ended first.
        let _ = sender.send(verdict);
    });
    let verdict = receiver.recv_timeout(patience.0);

    let progress = state.progress_so_far();
    let panics = take_panics();
    // Whatever else went wrong: what is not written yet is not wrong.
    if let Some(panicked) = panics.iter().find(|panicked| panicked.is_todo()) {
        let says = panicked.message.split_once(": ").map(|(_, says)| says.to_owned());
        return Outcome::Todo(Todo { passed: progress.passed, line: panicked.line, says });
    }
    let panicked = panics.first().map(Panicked::told);
    let failed = |expected: &str, got: String, means: Option<&str>| {
        let difference = Difference { expected: expected.to_owned(), got, ..Report::no_caret() };
        let mut report = Report::new(progress.clone(), difference);
        report.means = means.map(str::to_owned).or(report.means);
        Outcome::Failed(Box::new(report))
    };
    match verdict {
        Ok(Ok(Ok(()))) => match panicked {
            None => Outcome::Passed { steps: progress.passed.len() + 1 },
            Some(told) => failed("no panic", told, Some(PANIC_ASIDE_MEANS)),
        },
        Ok(Ok(Err(failure))) => {
            let mut outcome = match *failure.kind {
                FailureKind::Differs(difference) => {
                    Outcome::Failed(Box::new(Report::new(progress, difference)))
                }
                FailureKind::Told { expected, got } => failed(&expected, got, None),
                FailureKind::Stopped(error) => {
                    failed("the check goes on to its end", error, Some(STOPPED_MEANS))
                }
            };
            if let (Outcome::Failed(report), Some(told)) = (&mut outcome, panicked) {
                report.beside = Some(told);
            }
            outcome
        }
        Ok(Err(_)) => {
            let told = panicked.unwrap_or_else(|| "a panic without a message".to_owned());
            failed("no panic", told, Some(PANIC_MEANS))
        }
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => failed(
            "an end",
            format!("still running after {} seconds", patience.0.as_secs()),
            Some(progress.hangs.as_deref().unwrap_or(HANG_MEANS)),
        ),
    }
}

const PANIC_MEANS: &str = "The code panicked in this step; what stands after `got` is Rust's own message. In a \
    server a panic ends the task that it happens in, and the client of that task gets no reply.";
const PANIC_ASIDE_MEANS: &str = "The results are right, but a thread or task panicked on the way. In a server \
    nobody sees that happen, and what it was doing is left half done.";
const STOPPED_MEANS: &str = "The check could not go on after this error. If nothing in your file explains \
    it, run it again; if it comes back, the check is at fault, and we want to know.";
const HANG_MEANS: &str = "The check got no further. Either a loop does not end, or the code waits for \
    something that does not come: for bytes, for a lock that is held already, for a task that never runs.";

impl Panicked {
    fn of(info: &PanicHookInfo<'_>) -> Panicked {
        let message = info.payload_as_str().unwrap_or("a value that is no text").to_owned();
        let (file, line) = info.location().map_or((String::new(), 0), |location| {
            let file = location.file().rsplit(['/', '\\']).next().unwrap_or_default();
            (file.to_owned(), location.line())
        });
        Panicked { message, file, line }
    }

    fn is_todo(&self) -> bool {
        // The text of `todo!`; `unimplemented!` says "not implemented" and is a choice, not a gap.
        self.message.starts_with("not yet implemented")
    }

    fn told(&self) -> String {
        format!("a panic: {} ({} line {})", self.message, self.file, self.line)
    }
}

static PANICS: Mutex<Vec<Panicked>> = Mutex::new(Vec::new());

fn take_panics() -> Vec<Panicked> {
    std::mem::take(&mut lock(&PANICS))
}

thread_local! {
    /// A thread that has a check judged: its own panics are those of a test of ours.
    static IS_JUDGE: Cell<bool> = const { Cell::new(false) };
}

/// From now on panics are kept instead of being printed, but for this thread's.
fn record_panics() {
    static HOOK: Once = Once::new();
    IS_JUDGE.set(true);
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if IS_JUDGE.get() { before(info) } else { lock(&PANICS).push(Panicked::of(info)) }
        }));
    });
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
