//! The program of chapter 07: reads the options, then serves or measures.

mod measure;

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;

use chapter_07::service::Service;
use chapter_07::store::{MutexStore, RwLockStore, ShardedStore, Store};
use clap::{Parser, ValueEnum};

/// A server of GET, SET and DEL whose clients share one store
#[derive(Debug, Parser)]
#[command(after_help = "\
Try, in another terminal:
  redis-cli -p 7007 SET greeting hello
  redis-cli -p 7007 GET greeting
  redis-benchmark -p 7007 -t set,get -n 20000 -q
Ctrl-C ends the server, which then says how many requests it answered.")]
struct Options {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Port to listen on; 0 lets the system choose
    #[arg(long, default_value_t = 7007)]
    port: u16,
    /// How threads share the store
    #[arg(long, value_enum, default_value = "sharded")]
    store: Kind,
    /// Count operations per second by threads and store, and exit
    #[arg(long)]
    measure: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// One lock, one holder at a time
    Mutex,
    /// One lock, many readers or one writer
    Rwlock,
    /// Many locks, each over its share of the keys
    Sharded,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chapter-07: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Box<dyn Error>> {
    if options.measure {
        measure::run();
        return Ok(());
    }
    let store: Box<dyn Store> = match options.store {
        Kind::Mutex => Box::new(MutexStore::default()),
        Kind::Rwlock => Box::new(RwLockStore::default()),
        Kind::Sharded => Box::new(ShardedStore::default()),
    };
    let service = Arc::new(Service::new(store));
    let shared = Arc::clone(&service);
    let serving = chapter_06::run(&options.host, options.port, move |request, reply| {
        shared.run(request, reply);
    });
    serving.await?;
    println!("answered {} requests", service.served());
    Ok(())
}
