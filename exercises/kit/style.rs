//! Colours, for a terminal that wants them. It knows escape sequences and nothing of what they stand for.

use std::io::IsTerminal;

/// Whether text is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As it is: for files, pipes, and everybody who set `NO_COLOR`.
    Plain,
    /// With escape sequences.
    Coloured,
}

impl Style {
    /// Coloured if standard output is a terminal, unless `NO_COLOR` is set (<https://no-color.org>).
    pub fn of_stdout() -> Style {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        if std::io::stdout().is_terminal() && !unwanted { Style::Coloured } else { Style::Plain }
    }

    /// What went well.
    pub fn good(self, text: &str) -> String {
        self.paint("1;32", text)
    }

    /// What is left to do.
    pub fn open(self, text: &str) -> String {
        self.paint("1;33", text)
    }

    /// What went wrong.
    pub fn bad(self, text: &str) -> String {
        self.paint("1;31", text)
    }

    /// A title.
    pub fn title(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// A label, or what can be passed over.
    pub fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }

    fn paint(self, code: &str, text: &str) -> String {
        match self {
            Style::Plain => text.to_owned(),
            Style::Coloured => format!("\x1b[{code}m{text}\x1b[0m"),
        }
    }
}
