//! A real Redis for the tests that hold our transcripts against one.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use transcripts::transcript::encode;

/// A real Redis, its clock its own; ended when dropped.
pub(crate) struct Redis {
    process: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

impl Redis {
    /// `None` if it is not installed.
    pub(crate) fn start(options: &[&str]) -> Option<Redis> {
        // Free a moment ago; nobody else is likely to take it.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let process = Command::new("redis-server")
            .args(["--port", &address.port().to_string(), "--save", ""])
            .args(["--enable-debug-command", "local"])
            .args(options)
            .stdout(Stdio::null())
            .spawn()
            .ok()?;
        let redis = Redis { process, address };
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let pong = TcpStream::connect(address).and_then(|mut stream| {
                stream.write_all(&encode(&["PING"]))?;
                stream.read_exact(&mut [0; 7])
            });
            if pong.is_ok() {
                return Some(redis);
            }
            assert!(Instant::now() < deadline, "redis-server does not start");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
