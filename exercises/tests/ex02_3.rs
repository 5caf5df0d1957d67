//! The check of exercise 02.3. The clock is tokio's, paused: times are exact and nobody waits for them.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use exercises::{Check, Verdict, quote};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::time::sleep;

#[cfg_attr(feature = "solutions", path = "../solutions/ex02_3.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex02_3.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

fn main() -> ExitCode {
    exercises::run("02.3", check)
}

fn check(check: &Check) -> Verdict {
    check.step("lines that come whole");
    check.means("Nothing is slow here: two lines, one behind the other, and the end.");
    relay(check, &[(0, "one\ntwo\n")], "one\ntwo\n")?;

    check.step("ticks while nothing comes");
    check.means("A tick at every whole second from the start, lines or not.");
    relay(check, &[(3500, "late\n")], "tick\ntick\ntick\nlate\n")?;

    check.step("a line that is interrupted by a tick");
    check.means(
        "The beginning of the line is missing. When one branch of `select!` is ready, the futures of all others are \
         dropped, with all that they own. What had been read of the line was in there. (tokio's documentation of \
         `select!` calls it cancellation safety.)",
    );
    relay(check, &[(500, "hel"), (1000, "lo\n")], "tick\nhello\n")?;

    check.step("a line that is interrupted three times");
    check.means("The same as before, with more ticks in one line: each one must leave what has been read where it is.");
    let pieces = [(900, "a"), (1000, "b"), (1000, "c"), (200, "d\nnext\n")];
    relay(check, &pieces, "tick\ntick\ntick\nabcd\nnext\n")?;

    check.step("ticks while lines keep coming");
    check.means(
        "Ticks come at whole seconds, whatever else happens. A sleep that begins anew with each turn of the loop never \
         ends while lines come faster.",
    );
    let pieces = [(700, "a\n"), (700, "b\n"), (700, "c\n"), (700, "d\n")];
    relay(check, &pieces, "a\ntick\nb\ntick\nc\nd\n")?;

    check.step("an end in the middle of a line");
    check.means("What has no line end when the input ends is dropped, as before.");
    relay(check, &[(100, "whole\nhal"), (200, "f")], "whole\n")
}

/// Sends the pieces, each after so many milliseconds, then ends the input.
fn relay(check: &Check, pieces: &[(u64, &str)], expected: &str) -> Verdict {
    let told: Vec<String> = pieces
        .iter()
        .map(|(wait, piece)| format!("after {wait} ms {}", quote(piece.as_bytes())))
        .collect();
    check.did(format!("input: {}; then its end", told.join(", ")));
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
    let output = runtime.block_on(async {
        let (mut sender, input) = tokio::io::duplex(1024);
        let (output, mut receiver) = tokio::io::duplex(1024);
        let send = async {
            for (wait, piece) in pieces {
                sleep(Duration::from_millis(*wait)).await;
                sender.write_all(piece.as_bytes()).await?;
            }
            // A moment later, so that the end comes together with nothing else.
            sleep(Duration::from_millis(100)).await;
            drop(sender);
            Ok::<(), io::Error>(())
        };
        let mut came = Vec::new();
        tokio::try_join!(
            send,
            answer::relay(BufReader::new(input), output),
            receiver.read_to_end(&mut came)
        )?;
        Ok::<Vec<u8>, io::Error>(came)
    })?;
    if expected.len() == output.len() && expected.as_bytes() != output {
        check.means(
            "Every byte is there, in another order: something waited. While the rest of a line is waited for, ticks go \
             on; while ticks come, lines do.",
        );
    }
    check.bytes(expected, output)
}
