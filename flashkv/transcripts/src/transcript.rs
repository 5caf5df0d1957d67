//! The transcript format: a readable script of requests. It says nothing of replies; those are pinned as
//! snapshots or come from a real Redis.
//!
//! ```text
//! # a comment
//! SET k "a\r\nb\x00"          a request, quoted as in redis-cli
//! @advance MS                 move the injected clock
//! @client NAME                go on as that client; its first use connects it (a script starts as `a`)
//! @unordered REASON           the next reply's elements come in no fixed order: sort, then compare
//! @differs REASON             the next reply is pinned for us, not compared with Redis
//! @random REASON              of the next reply only the type is pinned and compared
//! @raw "bytes"                send these bytes as they are and take whatever comes back
//! @close                      the server must close this connection now; the next use connects again
//! ```

use crate::{Error, quoting};

/// One transcript.
#[derive(Clone, Debug)]
pub struct Script {
    /// Family and file name without its ending: `strings/set`.
    pub name: String,
    /// What it does, in order.
    pub steps: Vec<Step>,
}

/// One line that does something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Line in the file, from 1.
    pub line: usize,
    /// The line as written.
    pub text: String,
    /// What it means.
    pub action: Action,
    /// How its reply may differ.
    pub marks: Marks,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Sends one request of these words.
    Request(Vec<Vec<u8>>),
    /// Sends these bytes.
    Raw(Vec<u8>),
    /// Waits for the server to close the connection.
    Close,
    /// Moves the injected clock by so many milliseconds.
    Advance(u64),
    /// Goes on as this client.
    Client(String),
}

/// How a reply may differ, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// The reason why elements come in no fixed order, if they do.
    pub unordered: Option<String>,
    /// How much of the reply counts.
    pub check: Check,
}

/// How much of a reply is held against what is expected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Check {
    /// All of it.
    #[default]
    Exact,
    /// Pinned for us, not compared with Redis; with the reason.
    OursOnly(String),
    /// Only the type byte counts; with the reason.
    TypeOnly(String),
}

impl Script {
    /// Parses a transcript; the error names the script, the line and what is wrong there.
    pub fn parse(name: &str, text: &str) -> Result<Script, Error> {
        let mut steps = Vec::new();
        let mut pending = Marks::default();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let at = |error: String| {
                Error::Transcript(format!("{name}.txt:{}: {error}: {line}", index + 1))
            };
            let Some(action) = parse_line(line, &mut pending).map_err(at)? else { continue };
            let marks = std::mem::take(&mut pending);
            let answered = matches!(action, Action::Request(_) | Action::Raw(_));
            if !answered && marks != Marks::default() {
                return Err(at("a mark must stand right before the request it is about".into()));
            }
            steps.push(Step { line: index + 1, text: line.into(), action, marks });
        }
        if pending != Marks::default() {
            let problem = "a mark at the end is about no request";
            return Err(Error::Transcript(format!("{name}.txt: {problem}")));
        }
        Ok(Script { name: name.into(), steps })
    }

    /// The steps that a server with a clock of its own can be held to: those before the first that moves the clock, or
    /// that takes or tells a time to the millisecond.
    pub fn untimed(&self) -> &[Step] {
        let timed = self.steps.iter().position(Step::is_timed).unwrap_or(self.steps.len());
        self.steps.get(..timed).unwrap_or_default()
    }

    /// A script as text, ready to be saved as a transcript.
    pub fn to_text(&self) -> String {
        self.steps.iter().map(Step::to_text).collect()
    }
}

impl Step {
    /// A request that no file holds.
    pub fn request(words: Vec<Vec<u8>>, marks: Marks) -> Step {
        Step { line: 0, text: quoting::quote_all(&words), action: Action::Request(words), marks }
    }

    /// A move of the clock that no file holds.
    pub fn advance(ms: u64) -> Step {
        let marks = Marks::default();
        Step { line: 0, text: format!("@advance {ms}"), action: Action::Advance(ms), marks }
    }

    fn is_timed(&self) -> bool {
        const COMMANDS: &[&str] =
            &["expireat", "expiretime", "pexpireat", "pexpiretime", "pttl", "time"];
        const OPTIONS: &[&str] = &["exat", "pxat"];
        let is_in = |list: &[&str], word: &Vec<u8>| {
            list.iter().any(|name| word.eq_ignore_ascii_case(name.as_bytes()))
        };
        match &self.action {
            Action::Advance(_) => true,
            Action::Request(words) => {
                words.first().is_some_and(|name| is_in(COMMANDS, name))
                    || words.iter().any(|word| is_in(OPTIONS, word))
            }
            Action::Raw(_) | Action::Close | Action::Client(_) => false,
        }
    }

    /// The step with its marks as lines of a transcript.
    pub fn to_text(&self) -> String {
        self.marks.to_text() + &self.text + "\n"
    }
}

impl Marks {
    /// The mark `@unordered`.
    pub fn unordered(reason: &str) -> Marks {
        Marks { unordered: Some(reason.into()), check: Check::Exact }
    }

    /// The mark `@random`.
    pub fn random(reason: &str) -> Marks {
        Marks { unordered: None, check: Check::TypeOnly(reason.into()) }
    }

    fn to_text(&self) -> String {
        let unordered = self.unordered.iter().map(|reason| format!("@unordered {reason}\n"));
        let check = match &self.check {
            Check::Exact => None,
            Check::OursOnly(reason) => Some(format!("@differs {reason}\n")),
            Check::TypeOnly(reason) => Some(format!("@random {reason}\n")),
        };
        unordered.chain(check).collect()
    }
}

/// A request as RESP: an array of bulk strings.
pub fn encode<W: AsRef<[u8]>>(words: &[W]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
    for word in words.iter().map(AsRef::as_ref) {
        bytes.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
        bytes.extend_from_slice(word);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

/// A line's action, or `None` if it only marked the next one.
fn parse_line(line: &str, marks: &mut Marks) -> Result<Option<Action>, String> {
    let Some(directive) = line.strip_prefix('@') else {
        return Ok(Some(Action::Request(words(line)?)));
    };
    let (name, rest) = directive.split_once(char::is_whitespace).unwrap_or((directive, ""));
    let rest = rest.trim();
    match name {
        "unordered" => marks.unordered = Some(reason(rest)?),
        "differs" => marks.check = Check::OursOnly(reason(rest)?),
        "random" => marks.check = Check::TypeOnly(reason(rest)?),
        "advance" => {
            let ms = rest.parse().map_err(|_| "expected @advance MILLISECONDS")?;
            return Ok(Some(Action::Advance(ms)));
        }
        "client" if !rest.is_empty() => return Ok(Some(Action::Client(rest.into()))),
        "client" => return Err("expected @client NAME".into()),
        "raw" => match <[_; 1]>::try_from(words(rest)?) {
            Ok([bytes]) => return Ok(Some(Action::Raw(bytes))),
            Err(_) => return Err("expected @raw \"bytes\", one quoted word".into()),
        },
        "close" if rest.is_empty() => return Ok(Some(Action::Close)),
        _ => return Err("unknown directive".into()),
    }
    Ok(None)
}

fn words(line: &str) -> Result<Vec<Vec<u8>>, String> {
    quoting::split(line).map_err(|error| error.to_string())
}

/// A mark without its reason is a difference swept under the rug.
fn reason(text: &str) -> Result<String, String> {
    if text.is_empty() { Err("a mark needs its reason".into()) } else { Ok(text.into()) }
}
