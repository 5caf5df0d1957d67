//! The program itself, on a small repository: it fills a page, agrees with what it has filled, and finds what is changed
//! behind its back.

// The helpers are not `#[test]` functions, but they are nothing else than tests.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const SERVER: &str = r#"//! Answers every line with what it was asked to say.
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.get(1).map(String::as_str) {
        Some("--help") => println!("A server that answers."),
        Some("--measure") => println!("naive  {} ns\nbuilt     1 ns", std::process::id()),
        _ => serve(arguments.get(2).map_or("PONG", String::as_str))?,
    }
    Ok(())
}

// ANCHOR: serve
fn serve(word: &str) -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:7099")?;
    println!("listening on 127.0.0.1:7099");
    for stream in listener.incoming() {
        let mut stream = stream?;
        for line in BufReader::new(stream.try_clone()?).lines() {
            println!("asked {}", line?);
            writeln!(stream, "+{word}")?;
        }
    }
    Ok(())
}
// ANCHOR_END: serve
"#;

const PAGE: &str = r#"# 99 · Sample

## What you will have

A [map](00_INDEX.md#the-map).

```console
$ cargo run -p chapter-99
```

## What you need first

## Predict

## Break it

## The idea

![a box](images/99.svg)

## The code

<!-- listing chapters/99-sample/src/main.rs#serve -->
<!-- /listing -->

<!-- listing chapters/99-sample/src/main.rs#serve -->
<!-- /listing -->

## Try it

<!-- session chapter-99 -->
```console
$ exec 3<>/dev/tcp/127.0.0.1/7099; echo PING >&3; head -n 1 <&3
$ echo $$
```
<!-- /session -->

What the server says:

<!-- output -->
<!-- /output -->

<!-- session chapter-99 --say HELLO -->
```console
$ exec 3<>/dev/tcp/127.0.0.1/7099; \
> echo PING >&3; head -n 1 <&3
```
<!-- /session -->

## The number

<!-- measure chapter-99 -->
<!-- /measure -->

## Common mistakes

## Check yourself

<details><summary>1</summary></details>
<details><summary>2</summary></details>
<details><summary>3</summary></details>
<details><summary>4</summary></details>
<details><summary>5</summary></details>

## Exercises

<!-- exercises 99 -->
<!-- /exercises -->

## In the finished crate

<!-- help chapter-99 -->
<!-- /help -->

<!-- gain 99 -->
<!-- /gain -->
"#;

const GAINS: &str = r#"//! What the sample gains.
fn main() {
    let chapter = std::env::args().nth(1).unwrap_or_default();
    println!("chapter {chapter}  {} ns\nflashkv     1 ns", std::process::id());
}
"#;

struct Repository(tempfile::TempDir);

impl Repository {
    fn new() -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        for (path, text) in [
            (
                "Cargo.toml",
                "[workspace]\nresolver = \"3\"\nmembers = [\"benches\", \"chapters/*\"]\n",
            ),
            (
                "chapters/99-sample/Cargo.toml",
                "[package]\nname = \"chapter-99\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
            ),
            ("chapters/99-sample/src/main.rs", SERVER),
            (
                "benches/Cargo.toml",
                "[package]\nname = \"benches\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
            ),
            ("benches/src/bin/gains.rs", GAINS),
            ("docs/99_SAMPLE.md", PAGE),
            ("docs/images/99.svg", "<svg/>"),
            ("docs/SUMMARY.md", "- [Map](00_INDEX.md)\n- [Sample](99_SAMPLE.md)\n"),
            (
                "docs/00_INDEX.md",
                "# The map\n\n| Chapter | Package | Port |\n|---|---|---|\n\
                 | [99](99_SAMPLE.md) | [`chapter-99`](../chapters/99-sample) | 7099 |\n",
            ),
        ] {
            repository.write(path, text);
        }
        repository
    }

    fn path(&self, path: &str) -> std::path::PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        fs::write(path, text).unwrap();
    }

    fn page(&self) -> String {
        fs::read_to_string(self.path("docs/99_SAMPLE.md")).unwrap()
    }

    /// Replaces `from`, which must be there.
    fn plant(&self, path: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(path)).unwrap();
        assert!(text.contains(from), "{path} has no {from:?}:\n{text}");
        self.write(path, &text.replace(from, to));
    }

    fn course(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_course"))
            .args(arguments)
            .current_dir(self.0.path())
            .env_remove("CARGO_TARGET_DIR")
            .output()
            .unwrap()
    }

    fn succeeds(&self, arguments: &[&str]) {
        let output = self.course(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// What `check` complains of, which must be something.
    fn complains(&self, arguments: &[&str]) -> String {
        let output = self.course(arguments);
        assert_eq!(output.status.code(), Some(1), "nothing is wrong");
        String::from_utf8(output.stderr).unwrap()
    }
}

#[test]
fn a_filled_page_agrees_and_a_planted_drift_is_found() {
    let repository = Repository::new();
    let before = repository.complains(&["check", "--quick"]);
    assert!(before.contains("docs/99_SAMPLE.md:23: listing"), "{before}");

    // The process' number differs from run to run.
    repository.plant(
        "docs/99_SAMPLE.md",
        "<!-- session chapter-99 -->",
        "<!-- session chapter-99 mask=\"^\\d+|\\n\\d+\" -->",
    );
    repository.succeeds(&["fill", "--measure"]);
    let page = repository.page();
    for expected in [
        "#serve -->\n[`chapters/99-sample/src/main.rs`](../chapters/99-sample/src/main.rs)\n\n```rust\nfn serve(",
        // The link is given once.
        "#serve -->\n```rust\nfn serve(",
        "head -n 1 <&3\n+PONG\n$ echo $$\n",
        "```text\nlistening on 127.0.0.1:7099\nasked PING\n```",
        "$ exec 3<>/dev/tcp/127.0.0.1/7099; \\\n> echo PING >&3; head -n 1 <&3\n+HELLO\n",
        "$ cargo run -q --release -p chapter-99 -- --measure\nnaive",
        "$ cargo run -q --release -p benches --bin gains -- 99\nchapter 99",
        "$ cargo run -q -p chapter-99 -- --help\nA server that answers.\n",
    ] {
        assert!(page.contains(expected), "{expected:?} is not in\n{page}");
    }
    // Filled again, it stays as it is, though figures and process numbers differ.
    repository.succeeds(&["fill"]);
    assert_eq!(repository.page(), page);
    repository.succeeds(&["check"]);

    for (file, from, to, expected) in [
        ("chapters/99-sample/src/main.rs", "incoming()", "incoming() ", "listing"),
        ("chapters/99-sample/src/main.rs", "\"PONG\"", "\"PANG\"", "session chapter-99"),
        ("chapters/99-sample/src/main.rs", "asked {}", "was asked {}", "output"),
        ("chapters/99-sample/src/main.rs", "server that", "machine that", "help chapter-99"),
        ("chapters/99-sample/src/main.rs", "built ", "made ", "measure chapter-99"),
        ("benches/src/bin/gains.rs", "flashkv ", "finished ", "gain 99"),
        ("docs/99_SAMPLE.md", "+HELLO", "+HALLO", "session chapter-99 --say HELLO"),
        ("docs/99_SAMPLE.md", "00_INDEX.md#the-map", "00_INDEX.md#map", "has no heading `#map`"),
        (
            "docs/99_SAMPLE.md",
            "00_INDEX.md#the-map",
            "00_INDEXES.md",
            "there is no docs/00_INDEXES.md",
        ),
        ("docs/99_SAMPLE.md", "## Predict", "## Foresee", "the sections are not those"),
        (
            "docs/99_SAMPLE.md",
            "run -p chapter-99\n",
            "run -p chapter-98\n",
            "nothing runs the command",
        ),
        ("docs/99_SAMPLE.md", "![a box]", "![]", "has no words"),
        ("docs/99_SAMPLE.md", "<details><summary>5</summary></details>", "", "should be 5"),
        (
            "docs/99_SAMPLE.md",
            "A [map]",
            &format!("{} [map]", "word ".repeat(2_500)),
            "words of prose",
        ),
        ("docs/00_INDEX.md", "7099", "7098", "lacks its port, 7099"),
        (
            "docs/SUMMARY.md",
            "- [Sample](99_SAMPLE.md)\n",
            "",
            "the book leaves out docs/99_SAMPLE.md",
        ),
    ] {
        let whole = fs::read_to_string(repository.path(file)).unwrap();
        repository.plant(file, from, to);
        let found = repository.complains(&["check"]);
        assert!(found.contains(expected), "{from:?} to {to:?}, {expected:?} is not in\n{found}");
        repository.write(file, &whole);
    }
    repository.succeeds(&["check"]);
}

#[test]
fn a_server_that_does_not_start_is_reported_with_its_words() {
    let repository = Repository::new();
    repository.write(
        "chapters/99-sample/src/main.rs",
        "fn main() {\n    eprintln!(\"no luck today\");\n    std::process::exit(1);\n}\n",
    );
    let found = repository.complains(&["check", "docs/99_SAMPLE.md"]);
    assert!(found.contains("chapter-99 ended at once (exit status: 1):\nno luck today"), "{found}");
}

#[test]
fn a_command_that_does_not_end_is_ended() {
    let repository = Repository::new();
    repository.write(
        "docs/98_SLOW.md",
        "# Slow\n\n<!-- session none limit=\"1\" -->\n```console\n$ echo so far; sleep 98.76541 & sleep 98.76541\n```\n<!-- /session -->\n",
    );
    let found = repository.complains(&["check", "docs/98_SLOW.md"]);
    assert!(found.contains("has not ended after 1 s; so far it said:\nso far"), "{found}");
    let still = fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| fs::read_to_string(entry.ok()?.path().join("cmdline")).ok())
        .find(|command| command.contains("98.76541"));
    assert_eq!(still, None);
}
