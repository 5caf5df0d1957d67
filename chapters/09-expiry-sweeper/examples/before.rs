//! The naive version of chapter 09: keys expire when somebody asks for them, and only then.
//!
//! It answers as the finished program does. It forgets nothing that nobody asks for.

use std::error::Error;
use std::sync::Arc;

use chapter_09::{Clock, Engine, commands};
use clap::Parser;

/// The naive version: an expired key stays in memory until somebody asks for it
#[derive(Debug, Parser)]
struct Options {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Port to listen on; 0 lets the system choose
    #[arg(long, default_value_t = 7109)]
    port: u16,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let engine = Arc::new(Engine::new(Clock::System));
    // Nobody sweeps.
    let serving = chapter_06::run(&options.host, options.port, move |request, reply| {
        commands::run(&engine, request, reply);
    });
    Ok(serving.await?)
}
