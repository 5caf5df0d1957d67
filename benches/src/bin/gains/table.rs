//! Two rows beside each other, a chapter's and the finished crate's, and how their times are taken.

use std::fmt;
use std::time::{Duration, Instant};

/// How long a column of times is measured: in rounds, of which the best counts, since others were disturbed.
const PATIENCE: Duration = Duration::from_millis(500);

/// A figure of the chapter's, and the same one of flashkv's.
pub(crate) type Pair = [f64; 2];

/// What was measured.
#[derive(Debug)]
pub(crate) struct Table {
    /// The chapter.
    pub(crate) chapter: u8,
    /// What the figures are, with their unit.
    pub(crate) about: String,
    /// The heading of each column, and its figures.
    pub(crate) columns: Vec<(&'static str, Pair)>,
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.about)?;
        let width = |heading: &str| heading.chars().count().max(8) + 3;
        // A single column needs no heading beside the first line.
        if self.columns.len() > 1 {
            write!(f, "{:10}", "")?;
            for (heading, _) in &self.columns {
                write!(f, "{heading:>0$}", width(heading))?;
            }
            writeln!(f)?;
        }
        let rows = [format!("chapter {:02}", self.chapter), "flashkv".to_owned()];
        for (row, name) in rows.iter().enumerate() {
            write!(f, "{name:10}")?;
            for (heading, pair) in &self.columns {
                let figure = pair.get(row).copied().unwrap_or(f64::NAN);
                write!(f, "{figure:>0$.1$}", width(heading), decimals(figure))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// As many as a person wants to read.
fn decimals(figure: f64) -> usize {
    match figure {
        whole if whole.fract() == 0.0 => 0,
        100.0.. => 0,
        10.0.. => 1,
        0.1.. => 2,
        _ => 3,
    }
}

/// Nanoseconds of one of the things that each side does so many of in a call, in turns, so that both have their share of
/// whatever else the machine does.
pub(crate) fn nanoseconds(
    mut chapter: impl FnMut() -> usize,
    mut flashkv: impl FnMut() -> usize,
) -> Pair {
    let start = Instant::now();
    let mut best = [f64::INFINITY; 2];
    let mut sides: [&mut dyn FnMut() -> usize; 2] = [&mut chapter, &mut flashkv];
    while start.elapsed() < PATIENCE {
        for (side, best) in sides.iter_mut().zip(&mut best) {
            let start = Instant::now();
            let done = side();
            *best = best.min(start.elapsed().as_nanos() as f64 / done as f64);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_below_their_headings() {
        let columns = vec![("ms", [12.345, 0.0123]), ("long heading", [4097.0, 129.9])];
        let table = Table { chapter: 7, about: "what it costs".into(), columns };
        assert_eq!(
            table.to_string(),
            "\
what it costs
                   ms   long heading
chapter 07       12.3           4097
flashkv         0.012            130
"
        );
    }

    #[test]
    fn a_single_column_has_no_heading() {
        let table = Table { chapter: 12, about: "bytes".into(), columns: vec![("", [2.0, 1.0])] };
        assert_eq!(table.to_string(), "bytes\nchapter 12          2\nflashkv             1\n");
    }
}
