//! Takes the end of the line for a closing quote.

/// A quote was not closed, or something stood right behind the one that closed it.
#[derive(Debug, PartialEq, Eq)]
pub struct Unbalanced;

/// The words of a line.
pub fn words(line: &str) -> Result<Vec<&str>, Unbalanced> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let (word, behind) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
        };
        words.push(word);
        rest = behind.trim_start();
    }
    Ok(words)
}
