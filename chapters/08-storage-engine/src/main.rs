//! The program of chapter 08: reads the options, then serves or measures.

mod measure;

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;

use chapter_07::Sharded;
use chapter_08::commands;
use chapter_08::storage::Keyspace;
use clap::Parser;

/// A server of strings and lists whose every command is one step
#[derive(Debug, Parser)]
#[command(after_help = "\
Strings: GET SET (NX, XX, GET) SETNX GETDEL INCR INCRBY DECR DECRBY APPEND STRLEN MSET MGET
Lists:   LPUSH RPUSH LPOP RPOP LLEN LINDEX LRANGE LSET LREM
Both:    TYPE EXISTS DEL
Try, in another terminal:
  redis-cli -p 7008 SET lock mine NX
  redis-cli -p 7008 RPUSH queue a b c
  redis-cli -p 7008 INCR queue          (WRONGTYPE)
Ctrl-C ends the server.")]
struct Options {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Port to listen on; 0 lets the system choose
    #[arg(long, default_value_t = 7008)]
    port: u16,
    /// Count winners of a race, and time the slowest insert, beside the naive ways, and exit
    #[arg(long)]
    measure: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chapter-08: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Box<dyn Error>> {
    if options.measure {
        measure::run();
        return Ok(());
    }
    let store: Arc<Sharded<Keyspace>> = Arc::default();
    let serving = chapter_06::run(&options.host, options.port, move |request, reply| {
        commands::run(&store, request, reply);
    });
    Ok(serving.await?)
}
