//! The check of exercise 12.2: conversations that end when the check says so. No sockets, no waiting.

use std::io;
use std::net::IpAddr;
use std::process::ExitCode;
use std::sync::Arc;

use exercises::{Check, Failure, Verdict};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

#[cfg_attr(feature = "solutions", path = "../solutions/ex12_2.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex12_2.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

use answer::Places;

const LIMIT: usize = 2;

fn main() -> ExitCode {
    exercises::run("12.2", check)
}

fn check(check: &Check) -> Verdict {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(checks(check))
}

async fn checks(check: &Check) -> Verdict {
    check.step("as many conversations as there are places");
    check.did("two from one address, two from another; the limit is 2");
    check.means("Each address has its own places. All four can be had.");
    let places = Places::new(LIMIT);
    let (one, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
    let mut talks = Vec::new();
    for address in [one, one, other, other] {
        let talk = Talk::begin(&places, address).await;
        check.that(talk.is_on(), "it begins", "it is over already")?;
        talks.push(talk);
    }

    check.step("one conversation too many");
    check.did("a third from the first address");
    check.means("Two are there, and two are the limit: the third is refused, and nothing is said to it or heard of it.");
    let third = Talk::begin(&places, one).await;
    check.that(!third.is_on(), "it is refused", "it begins")?;
    check.equal("Ok(false)", third.ended().await?)?;

    check.step("conversations that end");
    check.did("two conversations, on a server of their own, then ended both");
    check.means("A conversation that ended well is `Ok(true)`, and its place is free at once.");
    let places = Places::new(LIMIT);
    let mut talks = vec![Talk::begin(&places, one).await, Talk::begin(&places, one).await];
    for talk in &mut talks {
        talk.end(Ok(()));
    }
    for talk in talks {
        check.equal("Ok(true)", talk.ended().await?)?;
    }
    all_free(check, &places, one).await?;

    check.step("conversations that fail");
    check.did("two conversations, each ended by an error");
    check.means("The error is the caller's to look at.");
    for _ in 0..LIMIT {
        let mut talk = Talk::begin(&places, one).await;
        talk.end(Err(io::ErrorKind::ConnectionReset.into()));
        check.equal("Err(ConnectionReset)", talk.ended().await?)?;
    }
    check.means(
        "A client that resets its connection ends the conversation with an error, and `?` leaves the function there: \
         what stands below is not run, and the place is not given back. After so many resets the address is shut out.",
    );
    all_free(check, &places, one).await?;

    check.step("clients that were refused");
    check.did("two conversations; three more were refused; then the two ended");
    check.means(
        "Who was refused has no place. If it is counted all the same, nobody counts it off, and the address is shut \
         out by its own attempts.",
    );
    let mut talks = vec![Talk::begin(&places, one).await, Talk::begin(&places, one).await];
    for _ in 0..3 {
        check.equal("Ok(false)", Talk::begin(&places, one).await.ended().await?)?;
    }
    for talk in &mut talks {
        talk.end(Ok(()));
    }
    for talk in talks {
        check.equal("Ok(true)", talk.ended().await?)?;
    }
    all_free(check, &places, one).await?;

    check.step("conversations that are cut off");
    check.did("two conversations, whose tasks were aborted");
    check.means(
        "An aborted task is dropped where it waits, and no line below that `.await` is ever run. What has to happen on \
         every way out cannot stand there.",
    );
    for _ in 0..LIMIT {
        let talk = Talk::begin(&places, one).await;
        talk.task.abort();
        check.equal("aborted", talk.ended().await?)?;
    }
    all_free(check, &places, one).await?;

    check.step("what is left of a thousand addresses");
    check
        .did("a conversation from each of 1000 addresses, all ended; then asked for `addresses()`");
    check.means(
        "Nobody is there any more, and their addresses are still remembered, each with a zero. Every address that ever \
         came costs memory for ever, and with IPv6 one client has more of them than there is memory.",
    );
    for number in 0..1000_u32 {
        let mut talk = Talk::begin(&places, IpAddr::from(number.to_be_bytes())).await;
        talk.end(Ok(()));
        check.equal("Ok(true)", talk.ended().await?)?;
    }
    check.equal(0, places.addresses())
}

/// All places of an address can be had again, and given back.
async fn all_free(check: &Check, places: &Arc<Places>, address: IpAddr) -> Verdict {
    let mut talks = Vec::new();
    for _ in 0..LIMIT {
        talks.push(Talk::begin(places, address).await);
    }
    let free = talks.iter().filter(|talk| talk.is_on()).count();
    check.that(
        free == LIMIT,
        format!("then {LIMIT} places are free again"),
        format!("then {free} of {LIMIT} places are free"),
    )?;
    for mut talk in talks {
        talk.end(Ok(()));
        check.equal("Ok(true)", talk.ended().await?)?;
    }
    Ok(())
}

/// A conversation in a task of its own.
struct Talk {
    /// `None` once it has been told to end.
    end: Option<oneshot::Sender<io::Result<()>>>,
    task: JoinHandle<io::Result<bool>>,
}

impl Talk {
    async fn begin(places: &Arc<Places>, address: IpAddr) -> Talk {
        let (end, ended) = oneshot::channel();
        let conversation = async { ended.await.unwrap_or(Ok(())) };
        let task = tokio::spawn(answer::admit(Arc::clone(places), address, conversation));
        settle().await;
        Talk { end: Some(end), task }
    }

    fn is_on(&self) -> bool {
        !self.task.is_finished()
    }

    fn end(&mut self, how: io::Result<()>) {
        // It may have been refused.
        let _ = self.end.take().map(|end| end.send(how));
    }

    async fn ended(self) -> Result<String, Failure> {
        match self.task.await {
            Ok(Ok(admitted)) => Ok(format!("Ok({admitted})")),
            Ok(Err(error)) => Ok(format!("Err({:?})", error.kind())),
            Err(error) if error.is_cancelled() => Ok("aborted".to_owned()),
            Err(_) => Err(Failure::told("an end", "a panic")),
        }
    }
}

/// Lets all tasks go on until they wait.
async fn settle() {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}
