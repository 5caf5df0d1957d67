//! The program of chapter 10: reads the options, then serves or measures.

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;

use chapter_09::{Clock, Engine, Sweeper};
use chapter_10::commands::dispatch;
use clap::Parser;

mod measure;

/// A server of 46 Redis commands, each declared once, in a row of a table
#[derive(Debug, Parser)]
#[command(after_help = "\
Try, in another terminal:
  redis-cli -p 7010 MSET a 1 b 2
  redis-cli -p 7010 INCR a b
  redis-cli -p 7010 COMMAND INFO mset
  redis-cli -p 7010 COMMAND GETKEYS MSET a 1 b 2
Ctrl-C ends the server.")]
struct Options {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Port to listen on; 0 lets the system choose
    #[arg(long, default_value_t = 7010)]
    port: u16,
    /// Count the transcripts that are answered like Redis, beside the naive server's, and exit
    #[arg(long)]
    measure: bool,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let done = if options.measure { measure::print() } else { serve(&options) };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chapter-10: {error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn serve(options: &Options) -> Result<(), Box<dyn Error>> {
    let engine = Arc::new(Engine::new(Clock::System));
    tokio::spawn(Sweeper::run(Arc::clone(&engine), std::future::pending()));
    chapter_06::run(&options.host, options.port, move |words, reply| {
        dispatch(&engine, words, reply);
    })
    .await?;
    Ok(())
}
