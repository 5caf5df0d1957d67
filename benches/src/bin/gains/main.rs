//! What each chapter built, measured beside its counterpart in the finished crate.
//!
//! `gains 05` prints the table of chapter 05. What is measured stands in the modules, by layer; this file knows only
//! which chapter is where, and the two things that a measurement may want a process of its own for.

mod commands;
mod memory;
mod protocol;
mod servers;
mod storage;
mod table;

use std::process::ExitCode;

use benches::compare::Failure;
use clap::Parser;
use memory::Data;
use servers::Serving;
use table::Table;

/// Measures what a chapter built beside its counterpart in the finished crate
#[derive(Debug, Parser)]
#[command(name = "gains", version, max_term_width = 100)]
struct Options {
    /// The chapter, 01 to 12 [default: all of them]
    #[arg(value_parser = clap::value_parser!(u8).range(1..=12))]
    chapter: Option<u8>,
    /// Hold this data and print the bytes of memory that it takes
    #[arg(long, hide = true)]
    hold: Option<Data>,
    /// So many of them
    #[arg(long, hide = true, default_value_t = 0)]
    count: usize,
    /// Be this server
    #[arg(long, hide = true)]
    serve: Option<Serving>,
    /// Where it listens
    #[arg(long, hide = true, default_value_t = 0)]
    port: u16,
    /// The threads that serve its clients
    #[arg(long, hide = true, default_value_t = 1)]
    threads: u16,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("gains: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Failure> {
    if let Some(data) = options.hold {
        println!("{}", data.bytes(options.count));
        return Ok(());
    }
    if let Some(serving) = options.serve {
        return serving.run(options.port, options.threads);
    }
    if let Some(chapter) = options.chapter {
        return measure(chapter).map(|table| print!("{table}"));
    }
    for chapter in 1..=12 {
        let gap = if chapter == 1 { "" } else { "\n" };
        print!("{gap}{}", measure(chapter)?);
    }
    Ok(())
}

fn measure(chapter: u8) -> Result<Table, Failure> {
    match chapter {
        1 => storage::a_map_of_texts(),
        2 => servers::a_task_for_each_client(),
        3 => servers::a_write_for_each_message(),
        4 => protocol::an_unfinished_line(),
        5 => protocol::a_reply_counted_last(),
        6 => protocol::requests(),
        7 => storage::reads(),
        8 => storage::keyspace(),
        9 => storage::deadlines(),
        10 => commands::dispatch(),
        11 => servers::batches(),
        12 => servers::the_whole_server(),
        // The command line is held to these.
        chapter => Err(format!("there is no table for chapter {chapter}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_chapters_that_there_are_can_be_asked_for() {
        let asked =
            |chapter| Options::try_parse_from(["gains", chapter]).map(|asked| asked.chapter);
        assert_eq!(asked("05").unwrap(), Some(5));
        assert_eq!(asked("12").unwrap(), Some(12));
        for wrong in ["0", "13", "x"] {
            let error = asked(wrong).unwrap_err().to_string();
            assert!(error.contains(&format!("invalid value '{wrong}'")), "{error}");
        }
    }

    #[test]
    fn a_chapter_without_a_table_is_an_error() {
        assert!(measure(13).is_err());
    }
}
