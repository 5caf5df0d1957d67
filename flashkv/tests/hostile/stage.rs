//! What every case needs: a server of its own, a bystander who must go on being served, a client to misbehave, and an eye
//! on the memory and the log.

use std::cell::Cell;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::time::{Duration, Instant};

use flashkv::storage::Engine;
use flashkv::{Clock, Config, Server, system};

/// For what must come; only a failing case waits for it.
pub const DEADLINE: Duration = Duration::from_secs(10);
pub const PING: &[u8] = b"*1\r\n$4\r\nPING\r\n";
pub const PONG: &[u8] = b"+PONG\r\n";

/// Growth of the process that says nothing: allocators, threads, the test's own buffers.
const NOISE: u64 = 16 << 20;

/// One case at a time.
static TURN: Mutex<()> = Mutex::new(());
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits until no case is running, and lets none begin while it is held.
pub fn turn() -> MutexGuard<'static, ()> {
    lock(&TURN)
}

/// A server, and a client of it who does nothing wrong.
pub struct Stage {
    pub server: Server,
    pub clock: Clock,
    bystander: Client,
    memory_before: u64,
    /// Connections made so far.
    connected: Cell<u64>,
    _turn: MutexGuard<'static, ()>,
}

impl Stage {
    pub fn new() -> Stage {
        Stage::with(Config::default())
    }

    pub fn with(config: Config) -> Stage {
        static LOGGING: Once = Once::new();
        let turn = turn();
        LOGGING.call_once(|| {
            tracing_subscriber::fmt().with_writer(|| Log).with_ansi(false).init();
        });
        lock(&LOG).clear();
        let clock = Clock::manual(1_900_000_000_000);
        let password = config.requirepass.clone();
        let config = Config { port: 0, threads: Some(2), ..config };
        let engine = Arc::new(Engine::new(config.databases));
        let server = Server::bind_engine(config, engine, clock.clone()).unwrap();
        let mut bystander = Client::of(&server);
        if let Some(password) = password {
            bystander.ask(&["AUTH", &password], "+OK\r\n");
        }
        bystander.ping();
        let memory_before = system::resident_memory().unwrap_or_default();
        Stage { server, clock, bystander, memory_before, connected: Cell::new(1), _turn: turn }
    }

    /// A new connection.
    pub fn client(&self) -> Client {
        self.connected.set(self.connected.get() + 1);
        Client::of(&self.server)
    }

    /// The connection of the one who does nothing wrong.
    pub fn operator(&mut self) -> &mut Client {
        &mut self.bystander
    }

    /// Others are served, and the memory has not grown.
    pub fn is_well(&mut self) {
        self.is_well_with(0);
    }

    /// Others are served, and the memory has not grown by much more than what it must hold.
    #[track_caller]
    pub fn is_well_with(&mut self, held: u64) {
        self.bystander.ask(&["ECHO", "still here"], "$10\r\nstill here\r\n");
        if !self.server.shared().settings.requires_password() {
            self.client().ping();
        }
        let memory = system::resident_memory().unwrap_or_default();
        let grown = memory.saturating_sub(self.memory_before);
        assert!(grown <= held + NOISE, "{grown} bytes more than before, {held} expected");
    }

    /// The field of a client's line in CLIENT LIST, by the client's number in the order of arrival; the bystander is 1.
    pub fn listed(&mut self, id: u64, field: &str) -> Option<u64> {
        let list = self.bystander.bulk(&["CLIENT", "LIST"]);
        let line = list.lines().find(|line| line.starts_with(&format!("id={id} ")))?;
        let value = line.split(' ').find_map(|part| part.strip_prefix(field)?.strip_prefix('='))?;
        value.parse().ok()
    }

    /// Waits until the server has taken notice of every connection, and only that many are left, the bystander included.
    #[track_caller]
    pub fn wait_for_clients(&self, count: usize) {
        let shared = self.server.shared();
        wait_until(|| {
            let metrics = &shared.metrics;
            let came = [&metrics.connections, &metrics.rejected_connections];
            let came: u64 = came.iter().map(|counter| counter.load(Ordering::Relaxed)).sum();
            came >= self.connected.get() && shared.clients.count() == count
        });
    }

    /// Waits until a line with that text is in the log.
    #[track_caller]
    pub fn has_logged(&self, text: &str) {
        wait_until(|| String::from_utf8_lossy(&lock(&LOG)).contains(text));
    }
}

#[track_caller]
pub fn wait_until(mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < DEADLINE, "it never happened");
        std::thread::yield_now();
    }
}

/// Where the server's log goes.
struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        lock(&LOG).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A connection whose every wait has a deadline.
pub struct Client(pub TcpStream);

impl Client {
    fn of(server: &Server) -> Client {
        let stream = TcpStream::connect(server.address()).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_write_timeout(Some(DEADLINE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Client(stream)
    }

    #[track_caller]
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).unwrap();
    }

    /// Reads exactly as much as is expected, and compares.
    #[track_caller]
    pub fn expect(&mut self, expected: impl AsRef<[u8]>) {
        let expected = expected.as_ref();
        let mut reply = vec![0; expected.len()];
        let mut read = 0;
        while read < reply.len() {
            match self.0.read(&mut reply[read..]) {
                Ok(0) | Err(_) => break,
                Ok(count) => read += count,
            }
        }
        assert_eq!(shown(&reply[..read]), shown(expected));
    }

    /// The server has no more to say and closes properly: no reset.
    #[track_caller]
    pub fn expect_end(&mut self) {
        let mut rest = Vec::new();
        let end = self.0.read_to_end(&mut rest);
        assert_eq!(shown(&rest), "");
        end.expect("the end of the stream");
    }

    /// The server closes, with or without a reset; what came before that does not matter.
    #[track_caller]
    pub fn expect_gone(&mut self) {
        let error =
            std::io::copy(&mut self.0, &mut std::io::sink()).err().map(|error| error.kind());
        assert!(matches!(error, None | Some(ErrorKind::ConnectionReset)), "{error:?}");
    }

    /// Nothing but these bytes has come or will come for what was sent, which ends here.
    #[track_caller]
    pub fn finish(&mut self, expected: impl AsRef<[u8]>) {
        self.0.shutdown(Shutdown::Write).unwrap();
        self.expect(expected);
        self.expect_end();
    }

    #[track_caller]
    pub fn ask(&mut self, words: &[&str], expected: &str) {
        self.send(request(words));
        self.expect(expected);
    }

    #[track_caller]
    pub fn ping(&mut self) {
        self.ask(&["PING"], "+PONG\r\n");
    }

    /// Asks for a bulk string.
    #[track_caller]
    pub fn bulk(&mut self, words: &[&str]) -> String {
        self.send(request(words));
        let mut length = Vec::new();
        while !length.ends_with(b"\r\n") {
            let mut byte = [0];
            self.0.read_exact(&mut byte).unwrap();
            length.push(byte[0]);
        }
        let length: usize =
            shown(&length).trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap();
        let mut text = vec![0; length + 2];
        self.0.read_exact(&mut text).unwrap();
        String::from_utf8_lossy(&text[..length]).into_owned()
    }

    /// Leaves without a word: the server's next look at the socket fails.
    pub fn reset(self) {
        socket2::SockRef::from(&self.0).set_linger(Some(Duration::ZERO)).unwrap();
    }
}

/// Short enough to read in a failure.
fn shown(bytes: &[u8]) -> String {
    const SHOWN: usize = 2000;
    match bytes.get(..SHOWN) {
        Some(start) => format!("{}… ({} bytes)", start.escape_ascii(), bytes.len()),
        None => bytes.escape_ascii().to_string(),
    }
}

/// A request as an array of bulk strings.
pub fn request<W: AsRef<[u8]>>(words: &[W]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        bytes.extend(format!("${}\r\n", word.as_ref().len()).into_bytes());
        bytes.extend_from_slice(word.as_ref());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

/// What one connection sends, and what is to come of it.
#[derive(Debug, Clone)]
pub struct Case {
    /// What an operator does first, as plain words.
    pub before: Vec<&'static str>,
    pub send: Vec<u8>,
    pub reply: Vec<u8>,
    pub then: Then,
    /// Why Redis answers otherwise, if it does.
    pub unlike_redis: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// The next request is answered as if nothing had been.
    Open,
    /// The server closes.
    Closed,
    /// The request is not complete yet.
    Waiting,
}

impl Case {
    fn new(send: impl AsRef<[u8]>, reply: impl AsRef<[u8]>, then: Then) -> Case {
        let (send, reply) = (send.as_ref().to_vec(), reply.as_ref().to_vec());
        Case { before: Vec::new(), send, reply, then, unlike_redis: None }
    }

    pub fn answers(send: impl AsRef<[u8]>, reply: impl AsRef<[u8]>) -> Case {
        Case::new(send, reply, Then::Open)
    }

    pub fn closes(send: impl AsRef<[u8]>, reply: impl AsRef<[u8]>) -> Case {
        Case::new(send, reply, Then::Closed)
    }

    pub fn waits(send: impl AsRef<[u8]>) -> Case {
        Case::new(send, b"", Then::Waiting)
    }

    pub fn after(self, before: &[&'static str]) -> Case {
        Case { before: before.to_vec(), ..self }
    }

    pub fn unlike_redis(self, reason: &'static str) -> Case {
        Case { unlike_redis: Some(reason), ..self }
    }

    /// Plays the case to a server of its own.
    #[track_caller]
    pub fn play(&self) {
        let mut stage = Stage::new();
        for line in &self.before {
            stage.operator().send(request(&line.split(' ').collect::<Vec<_>>()));
            let mut reply = [0; 512];
            let read = stage.operator().0.read(&mut reply).unwrap();
            assert!(
                reply[..read].ends_with(b"\r\n") && reply[0] != b'-',
                "{}",
                shown(&reply[..read])
            );
        }
        let mut client = stage.client();
        client.send(&self.send);
        match self.then {
            Then::Open => {
                client.send(PING);
                client.expect(&self.reply);
                client.finish(PONG);
            }
            Then::Closed => {
                client.expect(&self.reply);
                client.expect_end();
            }
            Then::Waiting => {
                stage.is_well();
                client.finish(&self.reply);
            }
        }
        stage.is_well();
    }
}

/// Makes a test of each named case, and a list of them all.
macro_rules! rows {
    ($($name:ident => $case:expr;)+) => {
        $(#[test] fn $name() { $case.play(); })+

        pub fn rows() -> Vec<(&'static str, $crate::stage::Case)> {
            vec![$((stringify!($name), $case)),+]
        }
    };
}
pub(crate) use rows;
