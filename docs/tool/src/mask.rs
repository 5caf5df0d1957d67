//! What may differ between a page and a new run: times, counts, addresses.

use std::sync::LazyLock;

use regex::Regex;

/// A number with the unit behind it: a faster machine says `ns` where a slower one says `µs`.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[-+]?\d[\d,_.]*(?:\s?(?:ns|µs|us|ms|s|min|B|kB|KB|MB|GB|KiB|MiB|GiB|k|K|M|G|x|×|%)(?:/s)?(?:\b|(?:[^\w]|$)))?")
        .expect("a literal")
});
/// Rules, bars and the gaps of a table are as long as the numbers beside them.
static RULE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[-=─━═.·]{3,}|[█▉▊▋▌▍▎▏#*]+").expect("a literal"));
static BLANKS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[ \t]+").expect("a literal"));

/// The patterns of one block.
#[derive(Debug, Clone, Default)]
pub struct Masks(Vec<Regex>);

impl Masks {
    /// Masks what any of `patterns` matches.
    pub fn new(patterns: Vec<Regex>) -> Self {
        Self(patterns)
    }

    /// `text` with every match replaced by the same word.
    pub fn apply(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, pattern| {
            pattern.replace_all(&text, "‹masked›").into_owned()
        })
    }
}

/// `text` with all numbers alike and blanks of one width: what stays is the shape of the table and its words.
pub fn without_numbers(text: &str) -> String {
    text.lines()
        .map(|line| {
            let line = NUMBER.replace_all(line, " N ");
            let line = RULE.replace_all(&line, "─");
            format!("{}\n", BLANKS.replace_all(&line, " ").trim())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_replace_all_matches_of_all_patterns() {
        let masks =
            Masks::new(vec![Regex::new(r"\d+ ms").unwrap(), Regex::new("id=[a-f]+").unwrap()]);
        assert_eq!(masks.apply("1 ms, 20 ms, id=abc, 3 s"), "‹masked›, ‹masked›, ‹masked›, 3 s");
        assert_eq!(Masks::default().apply("1 ms"), "1 ms");
    }

    #[test]
    fn numbers_units_and_widths_do_not_matter() {
        for (one, other) in [
            ("naive     12.5 µs", "naive  1,034 ns"),
            ("naive 9 ms  (1.0x)", "naive   10.25 s (12.5x)"),
            ("| built |    7 |\n|-----|----|", "| built | 123456 |\n|--------|-------|"),
            ("built ████ 12", "built ████████ 120"),
            ("-3 %", "+12.5%"),
            ("900 KB/s", "1.2 MB/s"),
        ] {
            assert_eq!(without_numbers(one), without_numbers(other), "{one} {other}");
        }
    }

    #[test]
    fn words_and_rows_do_matter() {
        assert_ne!(without_numbers("naive 1 ms"), without_numbers("built 1 ms"));
        assert_ne!(without_numbers("naive 1 ms\n"), without_numbers("naive 1 ms\nbuilt 1 ms\n"));
        assert_ne!(without_numbers("1 of 2 sent"), without_numbers("1 of 2 lost"));
    }
}
