//! How long a chapter is: words of prose in its page, lines of Rust in its source.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::listing::is_anchor;

/// Words of prose that a chapter's page may have.
pub const WORDS: usize = 2_500;
/// Lines of Rust that a chapter's `src` may have.
pub const LINES: usize = 400;

/// The lines of Rust below `folder`, without tests and without the anchors of listings.
///
/// # Errors
///
/// A file that cannot be read.
pub fn lines_below(folder: &Path) -> Result<usize> {
    let mut lines = 0;
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let path = entry?.path();
        if path.is_dir() {
            lines += lines_below(&path)?;
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && path.file_stem().is_none_or(|stem| stem != "tests")
        {
            let source = fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            lines += lines_of(&source);
        }
    }
    Ok(lines)
}

/// The lines of `source` outside `#[cfg(test)]` items. Relies on rustfmt: an item ends at its own indentation.
fn lines_of(source: &str) -> usize {
    let mut count = 0;
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        if line.trim() == "#[cfg(test)]" {
            let indentation = line.len() - line.trim_start().len();
            let closing = format!("{}}}", " ".repeat(indentation));
            for line in lines.by_ref() {
                let one_liner = line.trim_end().ends_with(';')
                    && line.get(indentation..) == Some(line.trim_start());
                if line == closing || one_liner {
                    break;
                }
            }
        } else if !is_anchor(line) {
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_and_comments_count_anchors_and_tests_do_not() {
        let source = "//! Job.\n\n// ANCHOR: a\nfn a() {}\n// ANCHOR_END: a\n\n#[cfg(test)]\nmod tests {\n    fn b() {\n    }\n}\n";
        assert_eq!(lines_of(source), 4);
    }

    #[test]
    fn code_goes_on_after_a_test_item() {
        assert_eq!(lines_of("#[cfg(test)]\nmod tests;\n\nfn a() {}\n"), 2);
        assert_eq!(
            lines_of(
                "impl A {\n    #[cfg(test)]\n    fn a() {\n        b();\n    }\n\n    fn c() {}\n}\n"
            ),
            4
        );
        assert_eq!(lines_of("#[cfg(test)]\n#[path = \"x.rs\"]\nmod tests;\nfn a() {}\n"), 1);
    }

    #[test]
    fn a_folder_is_counted_with_its_folders() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("inner")).unwrap();
        fs::write(folder.path().join("lib.rs"), "a\nb\n").unwrap();
        fs::write(folder.path().join("inner/c.rs"), "c\n").unwrap();
        fs::write(folder.path().join("inner/tests.rs"), "t\n").unwrap();
        fs::write(folder.path().join("notes.txt"), "n\n").unwrap();
        assert_eq!(lines_below(folder.path()).unwrap(), 3);
    }
}
