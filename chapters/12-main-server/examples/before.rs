//! The naive server: it ends when it is told to, whatever it was doing. And it takes as many clients as come.
//!
//! It works as long as nobody stops it while it is busy. The programs of chapters 06 to 11 do the same.

use std::error::Error;
use std::sync::Arc;

use chapter_09::{Clock, Engine};
use chapter_10::commands::dispatch;
use chapter_11::connection::Limits;
use clap::Parser;
use tokio::net::TcpListener;

/// All 46 commands, until somebody presses Ctrl-C
#[derive(Debug, Parser)]
struct Options {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Port to listen on; 0 lets the system choose
    #[arg(long, default_value_t = 7112)]
    port: u16,
}

// ANCHOR: naive
#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let listener = TcpListener::bind((options.host.as_str(), options.port)).await?;
    println!("listening on {}", listener.local_addr()?);
    let engine = Arc::new(Engine::new(Clock::System));
    tokio::select! {
        () = chapter_11::serve(listener, Limits::default(), move |request, reply| {
            dispatch(&engine, request, reply);
        }) => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    Ok(())
}
// ANCHOR_END: naive
