//! Splits at blanks first, and takes the quotes off what is left.

/// A quote was not closed, or something stood right behind the one that closed it.
#[derive(Debug, PartialEq, Eq)]
pub struct Unbalanced;

/// The words of a line.
pub fn words(line: &str) -> Result<Vec<&str>, Unbalanced> {
    Ok(line.split_whitespace().map(|word| word.trim_matches('"')).collect())
}
