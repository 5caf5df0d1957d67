//! flashkv inside a program: no socket, no thread, no protocol. The engine is all that is linked in.

use std::time::Duration;

use flashkv::{Clock, End, Engine, SetOptions, StorageError};

// ANCHOR: embed
fn main() -> Result<(), StorageError> {
    let engine = Engine::new(1);
    // Time that this program moves itself, so that nothing here has to wait.
    let clock = Clock::manual(0);
    let db = engine.db(0).with_clock(clock.clone());

    // Keys and values are any bytes; what comes back is a copy, so no lock is held on it.
    db.set("greeting", "hello");
    let greeting = db.get("greeting")?.unwrap_or_default();
    println!("greeting    {}", String::from_utf8_lossy(&greeting));

    // A lock that lapses: set only if it is free, for 30 seconds.
    let lease = SetOptions::default().if_absent().ttl(Duration::from_secs(30));
    println!("lock        ann {}", db.set_with("lock", "ann", lease));
    println!("lock        ben {}", db.set_with("lock", "ben", lease));
    clock.advance(30_001);
    println!("later       ben {}", db.set_with("lock", "ben", lease));

    // A queue between threads.
    std::thread::scope(|scope| {
        scope.spawn(|| db.push("jobs", End::Tail, &["one", "two", "three"]));
    });
    while let Some(job) = db.pop("jobs", End::Head)? {
        println!("job         {}", String::from_utf8_lossy(&job));
    }

    // An error is a value that a program can match on.
    match db.incr("greeting") {
        Err(StorageError::NotAnInteger) => println!("greeting    is no number"),
        other => println!("greeting    {}", other?),
    }
    Ok(())
}
// ANCHOR_END: embed
