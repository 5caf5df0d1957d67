//! The program of chapter 06: reads the options, then serves or measures.

use std::error::Error;
use std::process::ExitCode;

use chapter_05::commands::answer;
use chapter_06::measure;
use clap::Parser;

/// A server that understands redis-cli: requests in RESP and in lines, however they are cut
#[derive(Debug, Parser)]
#[command(after_help = "\
Try, in another terminal:
  redis-cli -p 7006 ECHO 'two words'
  cargo run -q -p chapter-03 --example say -- --port 7006 '*1\\r\\n$4\\r\\nPI' 'NG\\r\\nECHO \"a b\"\\r\\n'
  redis-benchmark -p 7006 -t ping -q
Ctrl-C ends the server.")]
struct Options {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Port to listen on; 0 lets the system choose
    #[arg(long, default_value_t = 7006)]
    port: u16,
    /// Time the parser, beside the naive one, and exit
    #[arg(long)]
    measure: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chapter-06: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Box<dyn Error>> {
    if options.measure {
        print!("{}", measure::run()?);
        return Ok(());
    }
    chapter_06::run(&options.host, options.port, |request, reply| answer(request.args(), reply))
        .await?;
    Ok(())
}
