//! The check of exercise 12.3: real sockets. A client that does not read keeps a server from ending for as long as the
//! check wants, so nothing here depends on who is faster.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpStream};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use chapter_09::{Clock, Engine};
use exercises::{Check, Client, End, Failure, Verdict};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

#[cfg_attr(feature = "solutions", path = "../solutions/ex12_3.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex12_3.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

/// Longer than any check takes.
const LONG: Duration = Duration::from_secs(60);
/// How long a wrong answer is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// A value of which a hundred do not fit into sockets and outbox.
const VALUE: usize = 100_000;
const VALUES: usize = 300;

fn main() -> ExitCode {
    exercises::run("12.3", check)
}

fn check(check: &Check) -> Verdict {
    check.step("a client that says SHUTDOWN, alone");
    check.sent(["PING\r\nSHUTDOWN\r\n"]);
    check.means(
        "SHUTDOWN has no reply: that the connection ends is the answer. What was sent before it is answered.",
    );
    let server = Server::start(LONG)?;
    let mut client = server.client()?;
    client.send("PING\r\nSHUTDOWN\r\n");
    check.replies(&mut client, "+PONG\r\n")?;
    check.closes(&mut client)?;
    drop(client);
    check.means("All clients are gone, and `run` goes on.");
    server.ends(check, 0)?;

    check.step("requests behind a SHUTDOWN");
    check.sent(["SET k 1\r\nshutdown NOSAVE\r\nSET k 2\r\nPING\r\n"]);
    check.means(
        "What stands behind SHUTDOWN has been received, too, but its client has said that the server is to end there. \
         Whoever runs it changes data after the end.",
    );
    let server = Server::start(LONG)?;
    let mut client = server.client()?;
    client.send("SET k 1\r\nshutdown NOSAVE\r\nSET k 2\r\nPING\r\n");
    check.replies(&mut client, "+OK\r\n")?;
    check.closes(&mut client)?;
    drop(client);
    check.did("read k in the server's engine afterwards");
    let value = server.engine.read(&["k"]).shard(b"k").keyspace().string(b"k")?.map(<[u8]>::to_vec);
    check.bytes("1", value.unwrap_or_default())?;
    server.ends(check, 0)?;

    check.step("a client that has nothing to say");
    check.did("an idle client; another one said SHUTDOWN");
    check.means(
        "The idle client may stay for ever: nobody told its connection that the server is ending, and so the end comes \
         only when patience does.",
    );
    let server = Server::start(LONG)?;
    let mut idle = server.client()?.patient_for(PATIENCE);
    idle.send("PING\r\n");
    check.replies(&mut idle, "+PONG\r\n")?;
    server.client()?.send("SHUTDOWN\r\n");
    check.closes(&mut idle)?;
    drop(idle);
    check.means(
        "Nobody had to be cut off: the idle client was told, and left. `run` returned while a connection was still \
         there, and patience had hardly begun.",
    );
    server.ends(check, 0)?;

    check.step("a client that still reads");
    let asked =
        format!("one client asked for {VALUES} values of {VALUE} bytes, and took the first");
    check.did(format!(
        "{asked}; another one said SHUTDOWN; when an idle one was closed, connected anew"
    ));
    check.means(
        "The server is ending and still takes clients. They wait for an answer from somebody who will never look at \
         them; if nobody listened, they would know at once.",
    );
    let server = Server::start(LONG)?;
    let mut slow = server.slow(check)?;
    let mut idle = server.client()?;
    idle.send("PING\r\n");
    check.replies(&mut idle, "+PONG\r\n")?;
    let mut last = server.client()?;
    last.send("SHUTDOWN\r\n");
    check.closes(&mut last)?;
    check.closes(&mut idle)?;
    drop((last, idle));
    let deadline = Instant::now() + PATIENCE;
    while !server.refuses() {
        check.that(Instant::now() < deadline, "it is refused by the system", "it is accepted")?;
        std::thread::sleep(Duration::from_millis(50));
    }
    check.did(format!("{asked}; another one said SHUTDOWN, and was closed"));
    check.means(
        "All of it was asked for before the server was told to end. A connection that is aborted loses what was \
         computed, and what waits in the sockets as well; and the client does not know what was done.",
    );
    // Long enough for an answer that does not wait for it.
    let ended = server.ended.recv_timeout(Duration::from_millis(300));
    check.that(ended.is_err(), "run waits for the client that still reads", "run has returned")?;
    check.did(format!("{asked}; after the SHUTDOWN of another one it took the others"));
    let expected = (VALUES - 1) * value_reply().len();
    let came = slow.receive(usize::MAX);
    let whole = |bytes: usize| format!("{} more values come", bytes / value_reply().len());
    check.equal(whole(expected), whole(came.bytes.len()))?;
    check.that(came.end == End::Closed, "then the connection is closed", "it stays open")?;
    drop(slow);
    server.ends(check, 0)?;

    check.step("a client that never reads");
    check.did("asked for as much, and took one; another client said SHUTDOWN; patience: none");
    check.means("When patience ends, whoever is left is cut off, and counted. A client that never reads must not keep the server alive.");
    let server = Server::start(Duration::ZERO)?;
    let _slow = server.slow(check)?;
    server.client()?.send("SHUTDOWN\r\n");
    server.cuts_off(check)
}

struct Server {
    /// Dropped last, by a thread that waits for nobody.
    runtime: Option<Runtime>,
    address: SocketAddr,
    engine: Arc<Engine>,
    ended: Receiver<usize>,
}

impl Server {
    fn start(patience: Duration) -> Result<Server, Failure> {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        let engine = Arc::new(Engine::new(Clock::manual(0)));
        let (ends, ended) = channel();
        let running = Arc::clone(&engine);
        runtime.spawn(async move {
            let cut_off: usize = answer::run(listener, running, patience).await;
            // The check may have ended.
            let _ = ends.send(cut_off);
        });
        Ok(Server { runtime: Some(runtime), address, engine, ended })
    }

    fn client(&self) -> Result<Client, Failure> {
        Ok(Client::connect(self.address)?)
    }

    /// A client that has asked for a lot and has taken the first of it.
    fn slow(&self, check: &Check) -> Result<Client, Failure> {
        let mut client = self.client()?.patient_for(Duration::from_secs(10));
        client.send(format!("APPEND v {}\r\n", "x".repeat(VALUE / 2)));
        client.send(format!("APPEND v {}\r\n", "x".repeat(VALUE / 2)));
        client.send("GET v\r\n".repeat(VALUES));
        check.replies(&mut client, format!(":{}\r\n:{VALUE}\r\n", VALUE / 2))?;
        check.replies(&mut client, value_reply())?;
        Ok(client)
    }

    /// Whether the system refuses a new client, since nobody listens.
    fn refuses(&self) -> bool {
        let connected = TcpStream::connect_timeout(&self.address, Duration::from_millis(200));
        connected.is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused)
    }

    fn ended(&self) -> String {
        let ended = self.ended.recv_timeout(PATIENCE);
        ended.map_or("run goes on".into(), |cut_off| format!("run returns {cut_off}"))
    }

    fn ends(self, check: &Check, cut_off: usize) -> Verdict {
        check.equal(format!("run returns {cut_off}"), self.ended())
    }

    /// The client that asked may be among those who were cut off.
    fn cuts_off(self, check: &Check) -> Verdict {
        let ended = self.ended();
        let is_right = ["run returns 1", "run returns 2"].contains(&ended.as_str());
        check.that(is_right, "run returns 1: the client that does not read", ended)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn value_reply() -> Vec<u8> {
    format!("${VALUE}\r\n{}\r\n", "x".repeat(VALUE)).into_bytes()
}
