//! The program of chapter 09: reads the options, then serves or measures.

mod measure;

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;

use chapter_09::{Clock, Engine, Sweeper, commands};
use clap::Parser;

/// A server whose keys may end, and leave the memory when they do
#[derive(Debug, Parser)]
#[command(after_help = "\
Commands: those of chapter 08, SET with EX or PX, EXPIRE, PEXPIRE, TTL, PTTL, PERSIST,
and DBSIZE, which counts the keys in memory: expired ones too, as in Redis.
Try, in another terminal:
  redis-cli -p 7009 SET session data EX 60
  redis-cli -p 7009 TTL session
  redis-cli -p 7009 PERSIST session
Ctrl-C ends the server, which then says what the sweeper did.")]
struct Options {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Port to listen on; 0 lets the system choose
    #[arg(long, default_value_t = 7009)]
    port: u16,
    /// Count what stays in memory, and time requests during a sweep, beside the naive ways, and exit
    #[arg(long)]
    measure: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chapter-09: {error}");
            ExitCode::FAILURE
        }
    }
}

// ANCHOR: run
async fn run(options: Options) -> Result<(), Box<dyn Error>> {
    if options.measure {
        measure::run();
        return Ok(());
    }
    let engine = Arc::new(Engine::new(Clock::System));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let sweeping = Sweeper::run(Arc::clone(&engine), async {
        // Ready when `stop` is used or dropped: either way the program is at its end.
        let _ = stopped.await;
    });
    let sweeper = tokio::spawn(sweeping);
    let serving = chapter_06::run(&options.host, options.port, move |request, reply| {
        commands::run(&engine, request, reply);
    });
    serving.await?;
    drop(stop);
    let done = sweeper.await?;
    println!("swept {} expired keys, looked at {} deadlines", done.expired, done.examined);
    Ok(())
}
// ANCHOR_END: run
