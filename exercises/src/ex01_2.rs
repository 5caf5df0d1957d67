//! 01.2 Words in quotes (medium, about 25 minutes)
//!
//! The chapter's prompt cannot store "Ada Lovelace": it takes each blank for the end of a word. Write the function that
//! finds the words of a line when some of them are in quotes.
//!
//! - Blanks (as `char::is_whitespace` has them) stand between words, as many as you like.
//! - A word that begins with `"` goes on to the next `"`. The quotes are not part of it. It may be empty.
//! - Behind the closing quote comes a blank or the end of the line; anything else is an error, and so is a quote that is
//!   never closed.
//! - Inside a word that did not begin with one, a quote is a character like any other: `5"` is a word of two.
//!
//! Nothing is copied: the words are borrowed from the line.

/// A quote was not closed, or something stood right behind the one that closed it.
#[derive(Debug, PartialEq, Eq)]
pub struct Unbalanced;

/// The words of a line.
pub fn words(line: &str) -> Result<Vec<&str>, Unbalanced> {
    todo!()
}
