//! The prompt: reads a line, runs it, shows the reply, until there are no more lines.
//!
//! Knows nothing of what a line says; reads from anything and writes to anything, so that tests need no terminal.

use std::io::{self, BufRead, Write};

use crate::command::{Command, CommandError};
use crate::reply::Reply;
use crate::store::Store;

/// Whether to ask for the next line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// Somebody is typing.
    Visibly,
    /// The lines come from a file or another program.
    Silently,
}

// ANCHOR: prompt
/// Runs each line of `input` and writes its reply to `output`. An error in a line is its reply, and the next line's turn.
///
/// # Errors
/// When `input` cannot be read or `output` not be written: then there is nobody to tell.
pub fn run(mut input: impl BufRead, mut output: impl Write, ask: Ask) -> io::Result<()> {
    let mut store = Store::default();
    let mut line = Vec::new();
    loop {
        if ask == Ask::Visibly {
            write!(output, "flashkv> ")?;
            output.flush()?;
        }
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        match answer(&line, &mut store) {
            Ok(Some(reply)) => writeln!(output, "{reply}")?,
            Ok(None) => {}
            Err(error) => writeln!(output, "(error) {error}")?,
        }
    }
}

/// The reply to one line; `None` if it is blank.
fn answer<'store>(
    line: &[u8],
    store: &'store mut Store,
) -> Result<Option<Reply<'store>>, CommandError> {
    let line = str::from_utf8(line)?;
    let command = Command::parse(line)?;
    Ok(command.map(|command| command.run(store)))
}
// ANCHOR_END: prompt
