//! A client that asks for much in one pipeline and reads late: what it gets when the server is stopped meanwhile.

use std::error::Error;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::thread;
use std::time::Duration;

use chapter_12::measure::ask;
use clap::Parser;

/// Time for the server to have received all requests, and then to have been stopped.
const PAUSE: Duration = Duration::from_millis(500);

/// Asks for many values, stops the server with SIGINT as Ctrl-C does, reads, and says how many values came
#[derive(Debug, Parser)]
struct Options {
    /// Address of the server
    #[arg(long, default_value = "127.0.0.1:7012")]
    server: SocketAddr,
    /// How many values to ask for
    #[arg(long, default_value_t = 2000)]
    requests: usize,
    /// Do not stop the server
    #[arg(long)]
    keep: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let Options { server, requests, keep } = Options::parse();
    let pid = process_id(server)?;
    let client = thread::spawn(move || ask(server, requests, PAUSE * 2));
    thread::sleep(PAUSE);
    if !keep {
        let stopped = Command::new("kill").args(["-INT", &pid]).status()?;
        println!("the server was told to stop: {}", if stopped.success() { "yes" } else { "no" });
    }
    let came = client.join().map_err(|_| "the client panicked")??;
    println!("values asked for: {requests}, values that came: {came}");
    Ok(())
}

/// The server's process, which it tells itself.
fn process_id(server: SocketAddr) -> Result<String, Box<dyn Error>> {
    let mut stream = TcpStream::connect(server)?;
    stream.write_all(b"INFO server\r\n")?;
    stream.shutdown(std::net::Shutdown::Write)?;
    let mut info = String::new();
    stream.read_to_string(&mut info)?;
    let pid = info.lines().find_map(|line| line.strip_prefix("process_id:"));
    Ok(pid.ok_or("the server does not tell its process_id")?.to_owned())
}
