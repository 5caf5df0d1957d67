//! Holds a server that a learner wrote, in any language, against the course's transcripts: stage by stage, a chapter
//! or a part of a project each, up to the first that it fails. It knows what should come from snapshots, or asks a
//! second server at the same time.
//!
//! The clock of such a server cannot be moved, so time passes by waiting, and some replies depend on the millisecond.
//! `timing.txt` says which; a test finds them out. Of those only the type is compared, and roughly the number.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use transcripts::chapters::{CHAPTERS, Chapter};
use transcripts::compare::shown;
use transcripts::reply::{End, Reply};
use transcripts::runner::Player;
use transcripts::target::{Expected, Target};
use transcripts::tcp::Remote;
use transcripts::transcript::{Action, Check, Marks, Script, Step, encode};
use transcripts::{Error, T0, Version, quoting, snapshot};

use crate::compare::{self, Difference};
use crate::projects;
use crate::report::labelled;
use crate::style::Style;

/// How long a transcript may let time pass before it is cut short.
const PATIENCE_MS: u64 = 3_000;

/// How many differences of a stage are shown.
const SHOWN: usize = 3;

/// How many requests before the one that failed are shown.
const BEFORE: usize = 4;

/// What to check, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// The server.
    pub address: SocketAddr,
    /// What it should pass.
    pub goal: Goal,
    /// A server that says what should come; otherwise the pinned replies do.
    pub versus: Option<SocketAddr>,
    /// Whether to wait through the transcripts that take a minute.
    pub patient: bool,
    /// Whether data that a server holds may be deleted.
    pub flush: bool,
}

/// What a server is held against.
#[derive(Clone, Debug)]
pub enum Goal {
    /// The transcripts of the chapters up to this one.
    Chapters(u8),
    /// Those of a long project, by its name.
    Project(String),
}

/// What is passed or failed as a whole.
pub(crate) struct Stage {
    /// Its number, as it is written.
    pub(crate) number: String,
    /// Its transcripts.
    pub(crate) scripts: Vec<Pinned>,
}

/// A transcript, and what should come.
pub(crate) struct Pinned {
    pub(crate) script: Script,
    /// In step with the script.
    pub(crate) replies: Vec<Option<Vec<u8>>>,
}

impl Goal {
    fn stages(&self) -> Result<Vec<Stage>, String> {
        match self {
            Goal::Chapters(upto) => chapters(*upto),
            Goal::Project(name) => projects::stages(name),
        }
    }

    /// Where its transcripts are.
    fn folder(&self) -> String {
        match self {
            Goal::Chapters(_) => "flashkv/tests/transcripts".to_owned(),
            Goal::Project(_) => projects::FOLDER.to_owned(),
        }
    }
}

fn chapters(upto: u8) -> Result<Vec<Stage>, String> {
    let stages = |chapter: &Chapter| chapter.number <= upto && !chapter.adds.is_empty();
    let stages: Vec<&Chapter> = CHAPTERS.iter().filter(|chapter| stages(chapter)).collect();
    if stages.is_empty() {
        let first = CHAPTERS.first().map_or(0, |chapter| chapter.number);
        return Err(format!("the first chapter with transcripts is {first:02}"));
    }
    let pinned = |name: &&str| {
        let script = transcripts::script(name)?;
        let replies = snapshot::expected(&script, Version::Resp2)?;
        Ok(Pinned { script, replies })
    };
    let stage = |chapter: &Chapter| {
        let scripts: Result<Vec<Pinned>, Error> = chapter.adds.iter().map(pinned).collect();
        Ok(Stage { number: format!("{:02}", chapter.number), scripts: scripts? })
    };
    let stages: Result<Vec<Stage>, Error> = stages.into_iter().map(stage).collect();
    stages.map_err(|error| error.to_string())
}

/// Plays the transcripts and writes how it goes; whether all stages passed.
///
/// # Errors
/// If a server cannot be reached or should not be used, or `out` cannot be written.
pub fn check(options: &Options, style: Style, out: &mut dyn Write) -> Result<bool, String> {
    let stages = options.goal.stages()?;
    for address in [Some(options.address), options.versus].into_iter().flatten() {
        refuse_data(address, options.flush)?;
    }
    let (mut replies, mut cut) = (0, Vec::new());
    for stage in &stages {
        let mut failures = Vec::new();
        let mut total = 0;
        for pinned in &stage.scripts {
            let name = &pinned.script.name;
            let run = play(pinned, options).map_err(|error| format!("{name}: {error}"))?;
            total += run.replies;
            if run.is_cut {
                cut.push(name.as_str());
            }
            failures.extend(run.failure);
        }
        let text = if failures.is_empty() {
            passed(stage, total, style)
        } else {
            failed(stage, &failures, options, style)
        };
        write(out, &text)?;
        if !failures.is_empty() {
            return Ok(false);
        }
        replies += total;
    }
    if !cut.is_empty() {
        let text = format!(
            "\nNot played to the end, since time would have to pass: {}. With --patient they are.\n",
            cut.join(", ")
        );
        write(out, &text)?;
    }
    write(
        out,
        &format!(
            "\n{} {replies} replies are as they should be.\n",
            style.good("All stages passed:")
        ),
    )?;
    Ok(true)
}

/// How a transcript went.
struct Run {
    /// Replies that were compared.
    replies: usize,
    /// The first that was wrong; what follows a wrong reply is often wrong because of it.
    failure: Option<Failure>,
    /// Whether it was ended before time had to pass.
    is_cut: bool,
}

/// A reply that is not what it should be.
struct Failure {
    script: String,
    line: usize,
    request: String,
    /// The steps in front of it.
    before: Vec<String>,
    difference: Difference,
}

fn play(pinned: &Pinned, options: &Options) -> Result<Run, Error> {
    let timed = timed_lines(&pinned.script.name);
    let script = at_this_time(&pinned.script);
    let mut ours = Remote::new(options.address);
    let mut ours = Player::start(&script, &mut ours, Version::Resp2)?;
    let mut theirs = options.versus.map(Remote::new);
    let mut theirs = match &mut theirs {
        Some(target) => Some(Player::start(&script, target, Version::Resp2)?),
        None => None,
    };
    let mut run = Run { replies: 0, failure: None, is_cut: false };
    let mut passed = 0;
    for (index, (step, pinned)) in script.steps.iter().zip(&pinned.replies).enumerate() {
        if let Action::Advance(ms) = step.action {
            passed += ms;
            if passed > PATIENCE_MS && !options.patient {
                run.is_cut = true;
                break;
            }
            // Both servers' time passes at once.
            thread::sleep(Duration::from_millis(ms));
            continue;
        }
        let wanted = match &mut theirs {
            Some(theirs) => {
                let reply = theirs.play(step, Expected::default())?;
                reply.map(|reply| shown(&reply, &step.marks))
            }
            None => pinned.clone(),
        };
        let wanted = wanted.unwrap_or_default();
        let Some(reply) = ours.play(step, awaited(&wanted, step))? else { continue };
        let got = shown(&reply, &step.marks);
        let is_right = got == wanted
            || is_free(step, &reply)
            || timed.contains(&step.line) && is_about(&wanted, &got);
        if !is_right {
            run.failure = Some(Failure::new(&script, index, step, &wanted, &got));
            break;
        }
        run.replies += 1;
    }
    Ok(run)
}

impl Failure {
    fn new(script: &Script, index: usize, step: &Step, wanted: &[u8], got: &[u8]) -> Failure {
        let from = index.saturating_sub(BEFORE);
        let before = script.steps.iter().take(index).skip(from).map(|step| step.text.clone());
        Failure {
            script: script.name.clone(),
            line: step.line,
            request: step.text.clone(),
            before: before.collect(),
            difference: compare::of_bytes(wanted, got),
        }
    }

    /// The command that it is about.
    fn command(&self) -> String {
        match self.request.split_whitespace().next() {
            Some(name) if !name.starts_with('@') => name.to_uppercase(),
            // Raw bytes, or a connection that should be closed.
            _ => "what was sent".to_owned(),
        }
    }
}

/// Pinned for the finished server only: any whole reply will do.
fn is_free(step: &Step, reply: &Reply) -> bool {
    matches!(step.marks.check, Check::OursOnly(_)) && reply.end == End::Complete
}

/// As much the same as it can be when a little time has passed.
fn is_about(wanted: &[u8], got: &[u8]) -> bool {
    /// What is left from now to the last point in time that can be named: a moment later it is too late for it.
    const TO_THE_END: i64 = i64::MAX / 10_000;
    match (integer(wanted), integer(got)) {
        (Some(TO_THE_END..), Some(_)) => true,
        // Milliseconds: a second or two.
        (Some(wanted @ 1001..), Some(got)) => (wanted - 2000..=wanted + 1000).contains(&got),
        // Seconds, a count, or a few milliseconds after which nothing is left; or nothing is left of them already.
        (Some(wanted), Some(got)) => (-2..=wanted.max(1) + 1).contains(&got),
        // In time, or too late.
        (Some(_), None) => got.starts_with(b"-"),
        // Still there, or gone.
        (None, _) => !got.is_empty(),
    }
}

fn integer(reply: &[u8]) -> Option<i64> {
    let digits = reply.strip_prefix(b":")?.strip_suffix(b"\r\n")?;
    str::from_utf8(digits).ok()?.parse().ok()
}

/// How much to wait for, when this should come.
fn awaited<'a>(wanted: &'a [u8], step: &Step) -> Expected<'a> {
    if step.marks != Marks::default() {
        return Expected::default();
    }
    match wanted.strip_suffix(End::Closed.note()) {
        Some(bytes) => Expected { bytes, closed: true },
        None => Expected { bytes: wanted, closed: false },
    }
}

/// The lines of a transcript whose replies depend on the millisecond.
fn timed_lines(name: &str) -> BTreeSet<usize> {
    let timing = include_str!("timing.txt");
    let line = timing.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let numbers = line.unwrap_or_default().split_whitespace();
    numbers.filter_map(|number| number.parse().ok()).collect()
}

/// Transcripts name points in time as if it were [`T0`], and how far it is from there to the last one that can be named.
/// Here it is later or earlier: both are moved by as much, from the next full second on, so that seconds stay whole.
fn at_this_time(script: &Script) -> Script {
    let is_timed = script.steps.iter().any(|step| match &step.action {
        Action::Request(words) => words.iter().any(|word| moved(word, 0).is_some()),
        _ => false,
    });
    let mut script = script.clone();
    if !is_timed {
        return script;
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    thread::sleep(Duration::from_nanos(1_000_000_000 - u64::from(now.subsec_nanos())));
    let shift_ms = (i128::from(now.as_secs()) + 1) * 1000 - i128::from(T0);
    for step in &mut script.steps {
        let Action::Request(words) = &mut step.action else { continue };
        for word in words.iter_mut() {
            if let Some(there) = moved(word, shift_ms) {
                *word = there;
                step.text = String::new();
            }
        }
        // What is shown is what is sent.
        if step.text.is_empty() {
            step.text = quoting::quote_all(words);
        }
    }
    script
}

/// A number near [`T0`], or near what is left from there to the end of time, moved along; `None` for any other word.
fn moved(word: &[u8], shift_ms: i128) -> Option<Vec<u8>> {
    /// Ten days: transcripts name nothing further away, and other numbers are nowhere near.
    const NEAR_MS: i128 = 10 * 86_400_000;
    let value: i128 = str::from_utf8(word).ok()?.parse().ok()?;
    let t0 = i128::from(T0);
    let left = i128::from(i64::MAX) - t0;
    [(t0, 1), (t0, 1000), (-left, 1), (-left, 1000)].into_iter().find_map(|(from, unit)| {
        let sign = from.signum();
        let is_near = (value - sign * from / unit).abs() < NEAR_MS / unit;
        is_near.then(|| (value + sign * shift_ms / unit).to_string().into_bytes())
    })
}

/// A server with data in it may be somebody's: nothing of it is deleted unasked.
fn refuse_data(address: SocketAddr, flush: bool) -> Result<(), String> {
    let mut wire = Remote::new(address).open().map_err(|error| {
        format!(
            "{error}. Start the server first: `redis-cli -p {} PING` should be answered",
            address.port()
        )
    })?;
    let size = integer(&wire.exchange(&encode(&["DBSIZE"])).bytes);
    match size {
        Some(keys @ 1..) if !flush => Err(format!(
            "the server at {address} holds {keys} keys, and the check deletes all that a server holds. \
             Give it an empty one, or say --flush"
        )),
        _ => Ok(()),
    }
}

fn passed(stage: &Stage, replies: usize, style: Style) -> String {
    let names: Vec<&str> = stage.scripts.iter().map(|pinned| pinned.script.name.as_str()).collect();
    let scripts =
        if names.len() <= 4 { names.join(", ") } else { format!("{} transcripts", names.len()) };
    format!("{}      {}  {scripts}  ({replies} replies)\n", style.good("ok"), stage.number)
}

fn failed(stage: &Stage, failures: &[Failure], options: &Options, style: Style) -> String {
    let what = match stage.scripts.as_slice() {
        [one] => one.script.name.clone(),
        all => format!("{} of {} transcripts differ", failures.len(), all.len()),
    };
    let mut text = format!("{}  {}  {what}\n", style.bad("FAILED"), stage.number);
    let theirs = if options.versus.is_some() { "theirs" } else { "expected" };
    let ours = if options.versus.is_some() { "yours" } else { "got" };
    for failure in failures.iter().take(SHOWN) {
        let Failure { script, line, request, before, difference } = failure;
        let title = style.title(&format!("{} is answered differently", failure.command()));
        // A string is never unwritable.
        let _ = writeln!(text, "\n  {title}   ({script}.txt, line {line})\n");
        for (index, step) in before.iter().enumerate() {
            let label = if index == 0 { "before" } else { "" };
            text.push_str(&labelled(label, &compare::abridged(step.as_bytes()), style));
        }
        text.push_str(&labelled("sent", &compare::abridged(request.as_bytes()), style));
        text.push_str(&crate::report::beside([theirs, ours], difference, style));
    }
    if failures.len() > SHOWN {
        let others = failures.iter().skip(SHOWN).map(|failure| failure.script.as_str());
        let others = others.collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "\n  And in {others}.");
    }
    let _ = writeln!(text, "\n  The transcripts are in {}.", options.goal.folder());
    text
}

fn write(out: &mut dyn Write, text: &str) -> Result<(), String> {
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error: io::Error| format!("cannot write: {error}"))
}
