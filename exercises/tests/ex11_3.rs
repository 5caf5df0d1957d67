//! The check of exercise 11.3: a pipe that holds 64 bytes each way, and a clock that jumps. A server that hangs is
//! given hours, which pass at once.

use std::cell::Cell;
use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::process::ExitCode;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use chapter_05::protocol::Reply;
use chapter_06::protocol::Request;
use chapter_11::connection::{Limits, Pipeline};
use exercises::{Check, Failure, Verdict};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::{Instant, sleep, timeout};

#[cfg_attr(feature = "solutions", path = "../solutions/ex11_3.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex11_3.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

const PIPE: usize = 64;
const STALL: Duration = Duration::from_secs(10);
const HOUR: Duration = Duration::from_secs(3600);
/// The mark in the steps that are about it.
const PAUSE: usize = 1000;
/// More turns than any client here needs.
const MANY: usize = 20_000;

const SPINS: &str = "`Pipeline::run` looks at the length of `out`: bytes that have been sent must not stand in it any more. \
                     And a batch that may not run must not keep the loop turning.";

fn main() -> ExitCode {
    exercises::run("11.3", check)
}

fn check(check: &Check) -> Verdict {
    check.step("a client that waits for each reply");
    check.did("sent a request, took its reply; three times");
    check.means("A usual client. It sends, it waits, it reads, it leaves.");
    let (ended, got) =
        talk(check, Limits::default(), async |client: &mut DuplexStream, _: &Cell<usize>| {
            let mut got = Vec::new();
            for number in 0..3 {
                send(client, &request(number)).await;
                got.extend(take(client, reply(number).len()).await);
            }
            got
        })?;
    check.bytes(replies(3), got)?;
    check.equal("Ok(()) after 0 s", ended)?;

    check.step("a client that sends everything before it reads");
    check.did("sent 50 requests, then read; the pipe holds 64 bytes, each way");
    check.means(
        "The server waits until its replies are taken, and does not read. The client waits until its requests are \
         taken, and does not read either. Both wait for ever, and both think that the other one is slow.",
    );
    let (ended, (sent, got)) =
        talk(check, Limits::default(), async |client: &mut DuplexStream, _: &Cell<usize>| {
            let sent = send(client, &requests(50)).await;
            (sent, take(client, replies(50).len()).await)
        })?;
    check.equal(format!("{} bytes sent", requests(50).len()), format!("{sent} bytes sent"))?;
    check.means(
        "Bytes are missing, or come twice. When another branch of `select!` is ready first, the future of this one is \
         dropped. What `write_all` had written by then is on its way, and nobody knows how much it was.",
    );
    check.bytes(replies(50), got)?;
    check.equal("Ok(()) after 0 s", ended)?;

    check.step("a client that reads little by little, while it sends");
    check.did("sent a request every 10 ms, 100 of them; took 7 bytes every 3 ms");
    check.means(
        "Bytes are missing, or come twice. When another branch of `select!` is ready first, the future of this one is \
         dropped. What `write_all` had written by then is on its way, and nobody knows how much it was.",
    );
    let (ended, got) =
        talk(check, Limits::default(), async |client: &mut DuplexStream, _: &Cell<usize>| {
            let (mut reader, mut writer) = tokio::io::split(client);
            let sends = async {
                for number in 0..100 {
                    let _ = timeout(HOUR, writer.write_all(&request(number))).await;
                    sleep(Duration::from_millis(10)).await;
                }
            };
            let takes = async {
                let (mut got, mut piece) = (Vec::new(), [0; 7]);
                while got.len() < replies(100).len() {
                    sleep(Duration::from_millis(3)).await;
                    match timeout(HOUR, reader.read(&mut piece)).await {
                        Ok(Ok(count)) if count > 0 => got.extend(piece.iter().take(count)),
                        _ => break,
                    }
                }
                got
            };
            tokio::join!(takes, sends).0
        })?;
    check.bytes(replies(100), got)?;
    check.that(ended.starts_with("Ok"), "Ok(()) at the end", ended)?;

    check.step("a client that sends a thousand requests and does not read");
    let limits = Limits { output_pause: PAUSE, ..Limits::default() };
    check.did(format!(
        "sent 1000 requests of 8 bytes; replies have 100, and output_pause is {PAUSE}"
    ));
    let (ended, (ran, sent, got)) =
        talk(check, limits, async |client: &mut DuplexStream, ran: &Cell<usize>| {
            let sent = send(client, &requests(1000)).await;
            let ran = ran.get();
            let all = requests(1000);
            let (mut reader, mut writer) = tokio::io::split(client);
            let rest = timeout(HOUR, writer.write_all(all.get(sent..).unwrap_or_default()));
            let mut got = vec![0; replies(1000).len()];
            let _ = tokio::join!(rest, timeout(HOUR, reader.read_exact(&mut got)));
            (ran, sent, got)
        })?;
    check.means("Replies wait up to the mark and above it, and memory grows for as long as the client likes.");
    check.that(
        ran <= 20,
        "at most 20 requests are run before it reads",
        format!("{ran} are run"),
    )?;
    check.means(
        "Nothing is run above the mark, but reading goes on: now the requests pile up instead of the replies. Only who \
         does not read makes the client slow down.",
    );
    let told = format!("{sent} bytes of requests are read");
    check.that(sent <= 1000, "at most 1000 bytes of requests are read before it reads", told)?;
    check.means(
        "Then the client read everything. When it has taken some replies, the server goes on: first with requests that \
         were read before and not run, since the client may have nothing more to send.",
    );
    check.bytes(replies(1000), got)?;
    check.equal("Ok(()) after 1 s", ended)?;

    check.step("a client that has said its last");
    check.did(format!(
        "sent 50 requests, closed its half; read a second later (output_pause {PAUSE})"
    ));
    check.means(
        "A read that gives 0 says that nothing more comes, and not that nobody reads: what was asked for is answered \
         and sent.",
    );
    let last = async |client: &mut DuplexStream, _: &Cell<usize>| {
        let sends = requests(50);
        let (mut reader, mut writer) = tokio::io::split(client);
        let sends = async {
            let _ = timeout(HOUR, writer.write_all(&sends)).await;
            let _ = writer.shutdown().await;
        };
        let takes = async {
            sleep(Duration::from_secs(1)).await;
            let mut got = Vec::new();
            let _ = timeout(HOUR, reader.read_to_end(&mut got)).await;
            got
        };
        tokio::join!(takes, sends).0
    };
    let (ended, got) = talk(check, limits, last)?;
    check.bytes(replies(50), got)?;
    check.equal("Ok(()) after 1 s", ended)?;

    check.step("a client that cannot be followed");
    check.sent(["000000\r\n000001\r\n*1\r\n:1\r\n"]);
    check.did("read a second later");
    check.means("Two replies and the error wait to be sent when the pipeline refuses; all of it goes out, then comes the end.");
    let (ended, got) = talk(check, limits, async |client: &mut DuplexStream, _: &Cell<usize>| {
        send(client, &[requests(2), b"*1\r\n:1\r\n".to_vec()].concat()).await;
        sleep(Duration::from_secs(1)).await;
        let mut got = Vec::new();
        let _ = timeout(HOUR, client.read_to_end(&mut got)).await;
        got
    })?;
    let error = b"-ERR Protocol error: expected '$', got ':'\r\n".to_vec();
    check.bytes([replies(2), error].concat(), got)?;
    check.equal("Ok(()) after 1 s", ended)?;

    check.step("a client that takes nothing for 10 seconds");
    check.did("sent a request, and did not read; the reply is longer than the pipe");
    check.means("Replies wait, and no byte is taken: after the time `stall` that is the end.");
    let (ended, ()) = talk(check, limits, async |client: &mut DuplexStream, _: &Cell<usize>| {
        send(client, &request(0)).await;
        sleep(STALL * 3).await;
    })?;
    check.equal("TimedOut after 10 s", ended)?;
    check.did("sent a request every second, and did not read");
    check.means(
        "The time runs for the replies that wait. If each turn of the loop begins a new one, a client that goes on \
         sending is never too late.",
    );
    let (ended, ()) =
        talk(check, Limits::default(), async |client: &mut DuplexStream, _: &Cell<usize>| {
            for number in 0..30 {
                let _ = client.write_all(&request(number)).await;
                sleep(Duration::from_secs(1)).await;
            }
        })?;
    check.equal("TimedOut after 10 s", ended)?;

    check.step("a client that is slow, but not that slow");
    check.did("sent a request, took a byte every 9 seconds, ten times, then the rest");
    check.means("Each byte that is taken begins the time anew: this client is slow, and not gone.");
    let (ended, got) = talk(check, limits, async |client: &mut DuplexStream, _: &Cell<usize>| {
        send(client, &request(0)).await;
        let mut got = Vec::new();
        for _ in 0..10 {
            sleep(Duration::from_secs(9)).await;
            got.extend(take(client, 1).await);
        }
        got.extend(take(client, reply(0).len() - 10).await);
        got
    })?;
    check.bytes(reply(0), got)?;
    check.equal("Ok(()) after 90 s", ended)?;
    check.did(
        "took 36 bytes of a reply, while the other 64 were in the pipe; an hour later sent a request, and read 5 \
         seconds after that",
    );
    check.means(
        "While no reply waits in the server, no time runs: it begins when replies begin to wait. A client may be silent \
         for as long as it likes.",
    );
    let (ended, got) = talk(check, limits, async |client: &mut DuplexStream, _: &Cell<usize>| {
        send(client, &request(0)).await;
        let first = take(client, reply(0).len() - PIPE).await;
        sleep(HOUR).await;
        send(client, &request(1)).await;
        sleep(Duration::from_secs(5)).await;
        [first, take(client, reply(1).len() + PIPE).await].concat()
    })?;
    check.bytes(replies(2), got)?;
    check.equal("Ok(()) after 3605 s", ended)
}

fn request(number: usize) -> Vec<u8> {
    format!("{number:06}\r\n").into_bytes()
}

fn reply(number: usize) -> Vec<u8> {
    format!("+{number:06}{}\r\n", ".".repeat(91)).into_bytes()
}

fn requests(count: usize) -> Vec<u8> {
    (0..count).flat_map(request).collect()
}

fn replies(count: usize) -> Vec<u8> {
    (0..count).flat_map(reply).collect()
}

/// Polls a server, so many times at most: `None` if it goes round and round. The clock stands still as long as it does, so
/// no time limit would find it.
async fn polled<T>(server: impl Future<Output = T>) -> Option<T> {
    let mut server = pin!(server);
    let mut polls = 0;
    poll_fn(|context| {
        polls += 1;
        match polls {
            MANY => Poll::Ready(None),
            _ => server.as_mut().poll(context).map(Some),
        }
    })
    .await
}

/// Serves a client, and says how the server ended. `client` gets its end of the pipe, and the number of requests that
/// have been run; the pipe is closed when it is done.
fn talk<T>(
    check: &Check,
    limits: Limits,
    client: impl AsyncFnOnce(&mut DuplexStream, &Cell<usize>) -> T,
) -> Result<(String, T), Failure> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
    check.hangs(SPINS);
    let (ended, told) = runtime.block_on(async {
        let start = Instant::now();
        let (mut near, far) = tokio::io::duplex(PIPE);
        let ran = Rc::new(Cell::new(0));
        let counts = Rc::clone(&ran);
        let pipeline = Pipeline::new(limits, move |request: &Request, reply: &mut Reply<'_>| {
            counts.set(counts.get() + 1);
            reply.simple(&format!("{}{}", String::from_utf8_lossy(request.name()), ".".repeat(91)));
        });
        let server = async {
            let ended: Option<Result<io::Result<()>, _>> =
                polled(timeout(HOUR * 24, answer::serve(far, pipeline, STALL))).await;
            let after = format!("after {:.0} s", start.elapsed().as_secs_f64());
            Some(match ended? {
                Ok(Ok(())) => format!("Ok(()) {after}"),
                Ok(Err(error)) => format!("{:?} {after}", error.kind()),
                Err(_) => "it does not come to an end".to_owned(),
            })
        };
        let client = async {
            let told = client(&mut near, &ran).await;
            drop(near);
            told
        };
        tokio::join!(server, client)
    });
    if ended.is_none() {
        check.means(SPINS);
    }
    let ended = ended.ok_or_else(|| {
        Failure::told(
            "it waits when it can do nothing",
            "its loop turns and turns, and does nothing",
        )
    })?;
    Ok((ended, told))
}

/// Sends what can be sent within a second, and says how much that was.
async fn send(client: &mut DuplexStream, bytes: &[u8]) -> usize {
    let mut sent = 0;
    while let Some(rest) = bytes.get(sent..).filter(|rest| !rest.is_empty()) {
        match timeout(Duration::from_secs(1), client.write(rest)).await {
            Ok(Ok(count)) => sent += count,
            _ => break,
        }
    }
    sent
}

/// Takes so many bytes, or as many as come within an hour.
async fn take(client: &mut DuplexStream, count: usize) -> Vec<u8> {
    let mut got = Vec::new();
    let _ = timeout(HOUR, client.take(count as u64).read_to_end(&mut got)).await;
    got
}
