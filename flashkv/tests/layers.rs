//! Who may import whom, and who may know of sockets, tokio and clocks: the invariants of docs/ARCHITECTURE.md that lie in
//! the source's text.
//!
//! Reads `src` line by line, without comments and without test code.

#![allow(clippy::unwrap_used, reason = "test code")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Every module of the crate with those it may import, from the bottom to the top: each only what stands above it here.
const LAYERS: [(&str, &[&str]); 16] = [
    ("clock", &[]),
    ("config", &[]),
    ("number", &[]),
    ("short", &[]),
    ("system", &[]),
    ("clients", &[]),
    ("protocol", &["number", "short"]),
    ("storage", &["number", "short"]),
    ("metrics", &["storage"]),
    ("settings", &["config", "protocol"]),
    ("embed", &["clock", "storage"]),
    (
        "commands",
        &[
            "clients", "clock", "config", "metrics", "number", "protocol", "settings", "storage",
            "system",
        ],
    ),
    ("connection", &["clients", "commands", "metrics", "protocol", "settings"]),
    ("sweeper", &["commands", "storage"]),
    ("accept", &["clients", "commands"]),
    (
        "server",
        &["accept", "clients", "clock", "commands", "config", "connection", "storage", "sweeper"],
    ),
];

/// Modules that could serve another program, another protocol or another runtime.
const PLAIN: [&str; 8] =
    ["config", "embed", "metrics", "number", "protocol", "settings", "short", "storage"];

/// The files that ask what time it is. `admin` is TIME's, `shared` notes when the server started.
const CLOCK_READERS: [&str; 11] = [
    "accept.rs",
    "clock.rs",
    "commands/server/admin.rs",
    "commands/shared.rs",
    "connection/pipeline.rs",
    "connection/wire.rs",
    "embed.rs",
    "embed/space.rs",
    "embed/strings.rs",
    "server.rs",
    "sweeper.rs",
];

/// A source file: its path below `src`, and its lines without comments and tests.
struct Source {
    path: String,
    lines: Vec<(usize, String)>,
}

impl Source {
    /// The module at the crate's root that it belongs to.
    fn layer(&self) -> &str {
        let first = self.path.split('/').next().unwrap();
        first.trim_end_matches(".rs")
    }

    /// How many modules it lies below the root: so many `super` lead there.
    fn depth(&self) -> usize {
        self.path.trim_end_matches("/mod.rs").split('/').count()
    }

    /// The modules at the crate's root that it names, with the lines.
    fn imports(&self) -> Vec<(usize, String)> {
        let root = format!("{}::", vec!["super"; self.depth()].join("::"));
        let mut found = Vec::new();
        for (number, line) in &self.lines {
            for prefix in ["crate::", root.as_str()] {
                for (at, _) in line.match_indices(prefix) {
                    // `$crate::` and `supercrate::` do not count, `(crate::` does.
                    let before = line.get(..at).unwrap().chars().next_back();
                    if before.is_some_and(|before| before.is_alphanumeric() || before == ':') {
                        continue;
                    }
                    let rest = line.get(at + prefix.len()..).unwrap();
                    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
                    found.push((*number, rest.get(..end.unwrap_or(rest.len())).unwrap().into()));
                }
            }
        }
        found
    }

    fn mentions<'a>(&'a self, words: &'a [&str]) -> impl Iterator<Item = String> + 'a {
        let hits =
            self.lines.iter().filter(|(_, line)| words.iter().any(|word| line.contains(word)));
        hits.map(|(number, line)| format!("{}:{number}: {}", self.path, line.trim()))
    }
}

/// All of `src`, but for `main.rs` and `lib.rs`, which stand above everything.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    let sources: Vec<Source> = paths
        .iter()
        .map(|path| (path.strip_prefix(&root).unwrap().to_str().unwrap(), path))
        .filter(|(name, _)| !["main.rs", "lib.rs"].contains(name))
        .filter(|(name, _)| {
            !name.split('/').any(|part| ["tests", "tests.rs", "model.rs"].contains(&part))
        })
        .map(|(name, path)| Source {
            path: name.into(),
            lines: code(&fs::read_to_string(path).unwrap()),
        })
        .collect();
    assert!(sources.len() > 80, "only {} files found", sources.len());
    sources
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else {
            paths.push(path);
        }
    }
}

/// The numbered lines that are neither comments nor part of an item under `#[cfg(test)]`. Relies on rustfmt: an item ends
/// at its own indentation.
fn code(text: &str) -> Vec<(usize, String)> {
    let mut code = Vec::new();
    let mut lines = (1..).zip(text.lines());
    while let Some((number, line)) = lines.next() {
        let indentation = line.len() - line.trim_start().len();
        if line.trim() == "#[cfg(test)]" {
            for (_, line) in lines.by_ref() {
                let outside = line.len() - line.trim_start().len() == indentation;
                if outside && (line.ends_with(';') || line.ends_with('}')) {
                    break;
                }
            }
        } else if !line.trim_start().starts_with("//") {
            code.push((number, line.to_owned()));
        }
    }
    code
}

#[test]
fn every_module_has_its_layer_and_imports_only_what_lies_below() {
    for (index, (module, may)) in LAYERS.iter().enumerate() {
        for import in *may {
            let below = LAYERS.iter().take(index).any(|(name, _)| name == import);
            assert!(below, "{module} may import {import}, which is not below it");
        }
    }
    let found: BTreeSet<String> = sources().iter().map(|source| source.layer().into()).collect();
    let listed: BTreeSet<String> = LAYERS.iter().map(|(name, _)| (*name).into()).collect();
    assert_eq!(found, listed);
}

#[test]
fn imports_go_one_way() {
    let mut wrong = Vec::new();
    for source in sources() {
        let layer = source.layer();
        let (_, may) = LAYERS.iter().find(|(name, _)| *name == layer).unwrap();
        for (line, import) in source.imports() {
            if import != layer && !may.contains(&import.as_str()) {
                wrong.push(format!("{}:{line}: {layer} may not import {import}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_permission_to_import_is_used() {
    let sources = sources();
    for (module, may) in LAYERS {
        let of = sources.iter().filter(|source| source.layer() == module);
        let used: BTreeSet<String> = of.flat_map(Source::imports).map(|(_, name)| name).collect();
        for import in may {
            assert!(used.contains(*import), "{module} need not be allowed to import {import}");
        }
    }
}

#[test]
fn what_parses_and_stores_knows_neither_tokio_nor_sockets() {
    let sources = sources();
    let plain = sources.iter().filter(|source| PLAIN.contains(&source.layer()));
    let wrong: Vec<String> = plain
        .flat_map(|source| source.mentions(&["tokio", "Socket", "TcpStream", "UnixStream"]))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Except for how long something took, which `Instant` says and nobody has to inject.
#[test]
fn only_these_ask_what_time_it_is() {
    let sources = sources();
    let asks = |source: &&Source| {
        source.mentions(&["now_ms()", "now_us()", "SystemTime"]).next().is_some()
    };
    let found: BTreeSet<&str> =
        sources.iter().filter(asks).map(|source| source.path.as_str()).collect();
    assert_eq!(found, CLOCK_READERS.into());
}

#[test]
fn tests_and_comments_are_no_code() {
    let text = "use crate::a;\n// use crate::b;\n#[cfg(test)]\nmod tests {\n    use crate::c;\n}\nuse crate::d;\n#[cfg(test)]\nmod tests;\n";
    let source = Source { path: "x/y.rs".into(), lines: code(text) };
    let names: Vec<_> = source.imports().into_iter().collect();
    assert_eq!(names, [(1, "a".into()), (7, "d".into())]);
}

#[test]
fn the_root_is_found_by_super_too() {
    let lines = vec![(1, "use super::super::storage::Engine;".into()), (2, "use super::x;".into())];
    let source = Source { path: "commands/call.rs".into(), lines };
    assert_eq!(source.imports(), [(1, "storage".into())]);
}
