//! The check of exercise 09.1: on a clock that it moves by hand, to the very millisecond.

use std::process::ExitCode;

use chapter_08::storage::End;
use chapter_09::{Clock, Engine, Millis};
use exercises::{Check, Verdict, quote};

#[cfg_attr(feature = "solutions", path = "../solutions/ex09_1.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex09_1.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

use answer::Sessions;

const ID: &[u8] = b"session:1";
const START: Millis = 1_700_000_000_000;

fn main() -> ExitCode {
    exercises::run("09.1", check)
}

/// An engine whose clock is moved by hand.
fn engine() -> Engine {
    Engine::new(Clock::manual(START))
}

fn check(check: &Check) -> Verdict {
    check.step("a session that begins");
    let engine = engine();
    let sessions = Sessions::new(&engine, 1000);
    check.did("visit; then begin with \"anna\", visit; then begin with \"ben\", visit");
    check.means("There is none before it begins, and then it has the data it began with last.");
    check.equal(None, visit(&sessions))?;
    sessions.begin(ID, b"anna");
    check.equal(Some("anna".to_owned()), visit(&sessions))?;
    sessions.begin(ID, b"ben");
    check.equal(Some("ben".to_owned()), visit(&sessions))?;

    check.step("a session that ends");
    check.did("begin with 1000 ms; 1000 ms pass, visit");
    check.means(
        "At the deadline itself the session is still there, as a key is in Redis. Only the shard decides what is \
         over.",
    );
    let engine = self::engine();
    let sessions = Sessions::new(&engine, 1000);
    sessions.begin(ID, b"anna");
    engine.clock().advance(1000);
    check.equal(Some("anna".to_owned()), visit(&sessions))?;
    check.did("begin with 1000 ms; 1001 ms pass, visit");
    check.means("It has ended, whether or not somebody has looked since.");
    sessions.begin(ID, b"anna");
    engine.clock().advance(1001);
    check.equal(None, visit(&sessions))?;

    check.step("a session that is visited");
    check.did("begin with 1000 ms; five times 900 ms pass and a visit; then 1001 ms pass");
    check.means(
        "Each visit gives it 1000 ms from then on. If the deadline stays where it was, people are signed out in the \
         middle of their work.",
    );
    sessions.begin(ID, b"anna");
    for _ in 0..5 {
        engine.clock().advance(900);
        check.equal(Some("anna".to_owned()), visit(&sessions))?;
    }
    check.means("Without a visit it ends a millisecond after its last deadline.");
    engine.clock().advance(1001);
    check.equal(None, visit(&sessions))?;

    check.step("a session that has more time than a visit gives");
    check.means("A visit makes it last longer and never shorter: this session was given more time by somebody.");
    check.did("begin with 1000 ms; its deadline is set to a minute from now; visit; 50 seconds pass, visit");
    Sessions::new(&engine, 60_000).begin(ID, b"anna");
    check.equal(Some("anna".to_owned()), visit(&sessions))?;
    engine.clock().advance(50_000);
    check.equal(Some("anna".to_owned()), visit(&sessions))?;
    check.did("begin with 1000 ms; PERSIST lifts its deadline; visit; a day passes, visit");
    check.means(
        "Who is to stay signed in has a session without a deadline. A visit does not give it one.",
    );
    sessions.begin(ID, b"anna");
    engine.write(&[ID]).shard_mut(ID).persist(ID);
    check.equal(Some("anna".to_owned()), visit(&sessions))?;
    engine.clock().advance(86_400_000);
    check.equal(Some("anna".to_owned()), visit(&sessions))?;

    check.step("a session whose data changes");
    let engine = self::engine();
    let sessions = Sessions::new(&engine, 1000);
    check.did("begin with \"anna\"; change to \"anna, with a basket\"; visit");
    check.means("The new data is there.");
    sessions.begin(ID, b"anna");
    check.equal(true, sessions.change(ID, b"anna, with a basket"))?;
    check.equal(Some("anna, with a basket".to_owned()), visit(&sessions))?;
    check.did("begin with 1000 ms; 400 ms pass, change; how much time is left?");
    sessions.begin(ID, b"anna");
    engine.clock().advance(400);
    sessions.change(ID, b"anna, with a basket");
    let left = time_left(&engine);
    check.means(match left.as_str() {
        "no deadline" => {
            "A plain SET lifts the deadline: whoever changes a session makes it last for ever, and the memory fills \
             with sessions of yesterday."
        }
        _ => "A change is no visit. When the session ends stays as it was.",
    });
    check.that(left == "600 ms", "600 ms", left)?;

    check.step("a change of a session that has ended");
    check.did(
        "change, where there never was one; then begin with 1000 ms; 1001 ms pass, change, visit",
    );
    check.means(
        "There is no session to change. What is set here anyway has no deadline that could be kept: it stays for \
         ever.",
    );
    let engine = self::engine();
    let sessions = Sessions::new(&engine, 1000);
    check.equal((false, None), (sessions.change(ID, b"ben"), visit(&sessions)))?;
    sessions.begin(ID, b"anna");
    engine.clock().advance(1001);
    check.equal((false, None), (sessions.change(ID, b"ben"), visit(&sessions)))?;

    check.step("a key that holds a list");
    check.did("RPUSH session:1 a; visit; TTL session:1");
    check.means("A list is no session: there is nothing to return, and its deadline is not ours.");
    engine.write(&[ID]).shard_mut(ID).edit(ID, |keys| keys.push(ID, End::Tail, &["a"]))?;
    let got = visit(&sessions);
    let length = engine.read(&[ID]).shard(ID).keyspace().list(ID)?.map(|list| list.len());
    check.equal((None, Some(1)), (got, length))?;
    check.that(time_left(&engine) == "no deadline", "no deadline", time_left(&engine))?;
    check.did("RPUSH session:1 a; change; LLEN session:1");
    check.means(
        "A list is no session: there is nothing to change. A plain SET replaces whatever there is, and somebody's list is \
         gone.",
    );
    let changed: bool = sessions.change(ID, b"ben");
    let length =
        engine.read(&[ID]).shard(ID).keyspace().list(ID).ok().flatten().map(|list| list.len());
    check.equal((false, Some(1)), (changed, length))
}

fn visit(sessions: &Sessions<'_>) -> Option<String> {
    let data: Option<Vec<u8>> = sessions.visit(ID);
    data.map(|data| quote(&data))
}

fn time_left(engine: &Engine) -> String {
    let view = engine.read(&[ID]);
    let deadline = view.shard(ID).deadline(ID);
    deadline.map_or("no deadline".to_owned(), |deadline| format!("{} ms", deadline - view.now()))
}
