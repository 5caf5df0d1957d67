//! The check of exercise 03.3. The clock is tokio's, paused: times are exact and nobody waits for them.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use exercises::{Check, Verdict, quote};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep_until};

#[cfg_attr(feature = "solutions", path = "../solutions/ex03_3.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex03_3.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

const PATIENCE: Duration = Duration::from_secs(10);
const REFUSAL: &str = "-ERR line took too long\r\n";

/// What the client does, and when: so many seconds after the start.
enum Act {
    Send(u64, &'static str),
    HalfClose(u64),
}

/// When the server ended the connection.
#[derive(Debug, PartialEq)]
enum End {
    AfterSeconds(u64),
    Never,
}

use Act::{HalfClose, Send};

fn main() -> ExitCode {
    exercises::run("03.3", check)
}

fn check(check: &Check) -> Verdict {
    check.step("lines that come in time");
    check.means("Without a slow line it is the chapter's connection: lines are answered, a half-close ends it.");
    let acts = [Send(0, "PING\r\nECHO "), Send(1, "hi\r\n"), HalfClose(2)];
    converse(check, &acts, "+PONG\r\n$2\r\nhi\r\n", End::AfterSeconds(2))?;

    check.step("a client that has nothing to say for an hour");
    check.means("No line has begun, so none can take too long. Idle clients are normal: think of a connection pool.");
    let acts = [Send(0, "PING\r\n"), Send(3600, "PING\r\n"), HalfClose(3601)];
    converse(check, &acts, "+PONG\r\n+PONG\r\n", End::AfterSeconds(3601))?;

    check.step("a line that is begun and left");
    check.means(
        "The line began at 5 s and has 10 s. Then the client is told why, and the connection ends.",
    );
    converse(check, &[Send(5, "ECHO hel")], REFUSAL, End::AfterSeconds(15))?;

    check.step("a line that comes byte by byte");
    check.means(
        "The time counts from the line's first byte. If each byte starts it again, a client that sends one every nine \
         seconds is never too late: 64 KB then take a week.",
    );
    let acts = [Send(0, "E"), Send(9, "C"), Send(18, "H"), Send(27, "O"), Send(36, "\r\n")];
    converse(check, &acts, REFUSAL, End::AfterSeconds(10))?;

    check.step("a line that begins in the read that ends another");
    check.means(
        "Each line has its own ten seconds. Here a new one begins whenever one is complete, so some line is always \
         waiting, and none for longer than eight seconds.",
    );
    let acts = [
        Send(0, "PI"),
        Send(8, "NG\r\nPI"),
        Send(16, "NG\r\nPI"),
        Send(24, "NG\r\n"),
        HalfClose(25),
    ];
    converse(check, &acts, "+PONG\r\n+PONG\r\n+PONG\r\n", End::AfterSeconds(25))?;

    check.step("a slow line behind quick ones");
    check.means("The deadline is that of the line that is waiting: begun at 3 s, over at 13 s.");
    let acts = [Send(1, "PING\r\n"), Send(3, "PING\r\nPI"), Send(8, "N")];
    converse(check, &acts, &format!("+PONG\r\n+PONG\r\n{REFUSAL}"), End::AfterSeconds(13))
}

fn converse(check: &Check, acts: &[Act], expected: &str, end: End) -> Verdict {
    let told: Vec<String> = acts
        .iter()
        .map(|act| match act {
            Send(at, bytes) => format!("at {at} s sent {}", quote(bytes.as_bytes())),
            HalfClose(at) => format!("at {at} s sent no more"),
        })
        .collect();
    check.did(format!("patience 10 s; {}", told.join("; ")));
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
    let (came, ended) = runtime.block_on(async {
        let start = Instant::now();
        let (client, server) = tokio::io::duplex(1024);
        let (mut reader, mut writer) = tokio::io::split(client);
        let client = async {
            for act in acts {
                let (Send(at, _) | HalfClose(at)) = act;
                sleep_until(start + Duration::from_secs(*at)).await;
                // The server may have gone: what it said shows.
                let _ = match act {
                    Send(_, bytes) => writer.write_all(bytes.as_bytes()).await,
                    HalfClose(_) => writer.shutdown().await,
                };
            }
        };
        let server = async {
            // An error ends the connection too; what the client got is what counts.
            let _ = answer::serve(server, PATIENCE).await;
            start.elapsed().as_secs()
        };
        let mut came = Vec::new();
        let both = async { tokio::join!(server, client, reader.read_to_end(&mut came)).0 };
        let ended = match tokio::time::timeout(Duration::from_secs(7200), both).await {
            Ok(seconds) => End::AfterSeconds(seconds),
            Err(_) => End::Never,
        };
        Ok::<(Vec<u8>, End), io::Error>((came, ended))
    })?;
    check.bytes(expected, came)?;
    check.equal(end, ended)
}
