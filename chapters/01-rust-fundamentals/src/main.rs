//! The program of chapter 01: reads the options, then prompts or measures.

use std::error::Error;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use chapter_01::measure;
use chapter_01::prompt::{self, Ask};
use clap::Parser;

/// A map behind a prompt: SET, GET and DEL, one command a line
#[derive(Debug, Parser)]
#[command(after_help = "\
Try:
  SET name Ada
  GET name
  DEL name
  SET name            (an error: the value is missing)
The end of the input (Ctrl-D) ends the program.")]
struct Options {
    /// Print operations per second, with copies and with borrows, and exit
    #[arg(long)]
    measure: bool,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chapter-01: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    if options.measure {
        print!("{}", measure::run()?);
        return Ok(());
    }
    let input = io::stdin().lock();
    let ask = if input.is_terminal() { Ask::Visibly } else { Ask::Silently };
    prompt::run(input, io::stdout().lock(), ask)?;
    Ok(())
}
