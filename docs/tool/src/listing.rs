//! Takes a named region out of a source file: what stands between `// ANCHOR: name` and `// ANCHOR_END: name`.

use regex::Regex;
use std::sync::LazyLock;

static ANCHOR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?://|#|--|<!--)\s*ANCHOR(_END)?:\s*([\w-]+)").expect("a literal")
});

/// The lines of `region` (of the whole file, if `None`), without anchors and without their common indentation.
///
/// # Errors
///
/// What is wrong with the region, in words.
pub fn region(source: &str, region: Option<&str>) -> Result<String, String> {
    let mut inside = region.is_none();
    let mut parts = 0;
    let mut lines = Vec::new();
    let mut names = Vec::new();
    for line in source.lines() {
        let Some(anchor) = ANCHOR.captures(line) else {
            if inside {
                lines.push(line.trim_end());
            }
            continue;
        };
        let name = anchor.get(2).map_or("", |name| name.as_str());
        let ends = anchor.get(1).is_some();
        if !ends {
            names.push(name);
        }
        if region != Some(name) {
            continue;
        }
        if ends != inside {
            let word = if ends { "ends before it begins" } else { "begins twice" };
            return Err(format!("region `{name}` {word}"));
        }
        inside = !ends;
        parts += usize::from(!ends);
        // A region in several parts is shown with a gap, so that nobody takes it for one piece.
        if parts > 1 && !ends {
            lines.extend(["", "// …", ""]);
        }
    }
    if let Some(name) = region {
        if parts == 0 {
            return Err(format!("there is no region `{name}`; there are: {}", names.join(", ")));
        }
        if inside {
            return Err(format!("region `{name}` has no `// ANCHOR_END: {name}`"));
        }
    }
    Ok(dedent(&lines))
}

/// How many lines of a source are anchors.
pub fn is_anchor(line: &str) -> bool {
    ANCHOR.is_match(line)
}

fn dedent(lines: &[&str]) -> String {
    let start = lines.iter().position(|line| !line.is_empty()).unwrap_or(0);
    let end = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    let lines = lines.get(start..end).unwrap_or_default();
    let common = lines
        .iter()
        .filter(|line| !line.is_empty() && **line != "// …")
        .map(|line| line.len() - line.trim_start_matches(' ').len())
        .min()
        .unwrap_or(0);
    lines
        .iter()
        .map(|line| format!("{}\n", line.get(common..).unwrap_or(line.trim_start())))
        .collect()
}

/// The word behind the backticks for a file of this name.
pub fn language(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "rs" => "rust",
        "toml" => "toml",
        "sh" => "sh",
        "md" => "markdown",
        "json" => "json",
        "yml" | "yaml" => "yaml",
        "py" => "python",
        _ => "text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "\
use a;
impl A {
    // ANCHOR: all
    // ANCHOR: b
    fn b() {
        c();

        d();
    }
    // ANCHOR_END: b
    fn e() {}
    // ANCHOR_END: all
}
// ANCHOR: b
fn f() {}
// ANCHOR_END: b
// ANCHOR: open
";

    #[test]
    fn a_region_loses_its_anchors_and_its_indentation() {
        assert_eq!(
            region(SOURCE, Some("all")).unwrap(),
            "fn b() {\n    c();\n\n    d();\n}\nfn e() {}\n"
        );
    }

    #[test]
    fn a_region_in_two_parts_shows_its_gap() {
        let shown = region(
            "// ANCHOR: a\none\n// ANCHOR_END: a\ntwo\n// ANCHOR: a\nthree\n// ANCHOR_END: a",
            Some("a"),
        );
        assert_eq!(shown.unwrap(), "one\n\n// …\n\nthree\n");
    }

    #[test]
    fn the_whole_file_has_no_anchors_either() {
        let whole = region(SOURCE, None).unwrap();
        assert!(whole.starts_with("use a;\nimpl A {\n    fn b() {"), "{whole}");
        assert!(!whole.contains("ANCHOR"));
    }

    #[test]
    fn a_missing_or_open_region_is_an_error() {
        assert_eq!(
            region(SOURCE, Some("z")).unwrap_err(),
            "there is no region `z`; there are: all, b, b, open"
        );
        assert_eq!(
            region(SOURCE, Some("open")).unwrap_err(),
            "region `open` has no `// ANCHOR_END: open`"
        );
        assert_eq!(
            region("// ANCHOR_END: a", Some("a")).unwrap_err(),
            "region `a` ends before it begins"
        );
    }
}
