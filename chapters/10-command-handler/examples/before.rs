//! The naive server: 46 arms of one `match`, each with checks and texts of its own.
//!
//! It works as long as every request is right. Send it wrong ones, and compare with Redis.

use std::error::Error;
use std::sync::Arc;

use chapter_09::{Clock, Engine};
use clap::Parser;

mod naive;

/// The 46 commands without a table
#[derive(Debug, Parser)]
struct Options {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Port to listen on; 0 lets the system choose
    #[arg(long, default_value_t = 7110)]
    port: u16,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let engine = Arc::new(Engine::new(Clock::System));
    chapter_06::run(&options.host, options.port, move |words, reply| {
        naive::dispatch(&engine, words, reply);
    })
    .await?;
    Ok(())
}
