//! The text of INFO: headings and fields, one to a line.
//!
//! Knows how numbers are written, not what they mean.

use std::fmt::{Display, Write as _};

/// The lines written so far.
#[derive(Debug, Default)]
pub(super) struct Text(String);

impl Text {
    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Begins a section, an empty line after the one before.
    pub(super) fn heading(&mut self, title: &str) {
        if !self.0.is_empty() {
            self.0.push_str("\r\n");
        }
        self.line(format_args!("# {title}"));
    }

    /// A field and its value.
    pub(super) fn field(&mut self, name: impl Display, value: impl Display) {
        self.line(format_args!("{name}:{value}"));
    }

    /// A number of bytes, and once more in a form for people.
    pub(super) fn bytes(&mut self, name: &str, bytes: u64) {
        self.field(name, bytes);
        self.field(format_args!("{name}_human"), Human(bytes));
    }

    fn line(&mut self, line: impl Display) {
        // Writing to a string cannot fail.
        let _ = write!(self.0, "{line}\r\n");
    }
}

/// A number of bytes in the largest unit that leaves a digit before the point.
struct Human(u64);

impl Display for Human {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const UNITS: [char; 6] = ['K', 'M', 'G', 'T', 'P', 'E'];
        if self.0 < 1024 {
            return write!(f, "{}B", self.0);
        }
        let power = self.0.ilog2() / 10;
        let unit = UNITS.get(power as usize - 1).copied().unwrap_or('E');
        write!(f, "{:.2}{unit}", self.0 as f64 / (1u64 << (10 * power)) as f64)
    }
}

/// `part` of `whole`; 0 of nothing.
pub(super) fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_shown_in_the_largest_unit_that_fits() {
        let cases = [
            (0, "0B"),
            (1023, "1023B"),
            (1024, "1.00K"),
            (1_064_672, "1.02M"),
            (25_276_502_016, "23.54G"),
            (1 << 50, "1.00P"),
            (u64::MAX, "16.00E"),
        ];
        for (bytes, shown) in cases {
            assert_eq!(Human(bytes).to_string(), shown);
        }
    }

    #[test]
    fn sections_are_separated_by_an_empty_line() {
        let mut text = Text::default();
        text.heading("One");
        text.bytes("memory", 2048);
        text.heading("Two");
        assert_eq!(text.as_bytes(), b"# One\r\nmemory:2048\r\nmemory_human:2.00K\r\n\r\n# Two\r\n");
    }
}
