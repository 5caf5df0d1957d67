//! The number of the chapter: operations per second in process, with a copy at every step and with borrows.
//!
//! Both read the same lines, half of them SET and half GET, and write the same replies.

use std::collections::HashMap;
use std::fmt::Write;
use std::time::Instant;

use crate::command::{Command, CommandError};
use crate::store::Store;

const KEYS: usize = 1_000;
const ROUNDS: usize = 100;
const RUNS: usize = 8;
const VALUE: usize = 64;

/// Measures and returns a table.
///
/// # Errors
/// When a line is not understood, which would be a mistake in this file.
pub fn run() -> Result<String, CommandError> {
    let value = "x".repeat(VALUE);
    let sets = (0..KEYS).map(|key| format!("SET key:{key} {value}"));
    let gets = (0..KEYS).map(|key| format!("GET key:{key}"));
    let lines: Vec<String> = sets.chain(gets).collect();

    let mut copies = HashMap::new();
    let mut store = Store::default();
    let (mut naive, mut built) = (0.0_f64, 0.0_f64);
    // In turn, and the best of each: what else the machine does can only make a run slower.
    for _ in 0..RUNS {
        naive = naive.max(operations_per_second(&lines, |line, reply| {
            *reply = answer_with_copies(line, &mut copies);
            Ok(())
        })?);
        built = built.max(operations_per_second(&lines, |line, reply| {
            if let Some(command) = Command::parse(line)? {
                let _ = write!(reply, "{}", command.run(&mut store));
            }
            Ok(())
        })?);
    }
    Ok(format!(
        "millions of operations per second, half SET and half GET, {KEYS} keys, values of {VALUE} bytes\n\
         naive  a copy at every step  {:>6.1}\n\
         built  borrows               {:>6.1}\n",
        naive / 1e6,
        built / 1e6,
    ))
}

/// Runs all lines for some rounds; `answer` puts its reply into a buffer that is empty.
fn operations_per_second(
    lines: &[String],
    mut answer: impl FnMut(&str, &mut String) -> Result<(), CommandError>,
) -> Result<f64, CommandError> {
    let mut reply = String::new();
    let start = Instant::now();
    for _ in 0..ROUNDS {
        for line in lines {
            reply.clear();
            answer(line, &mut reply)?;
            // Keeps the compiler from leaving out what nobody looks at.
            std::hint::black_box(&reply);
        }
    }
    Ok((ROUNDS * lines.len()) as f64 / start.elapsed().as_secs_f64())
}

// ANCHOR: copies
/// What one writes to have peace from the borrow checker: every text is its own `String`.
fn answer_with_copies(line: &str, store: &mut HashMap<String, String>) -> String {
    let line = line.to_string();
    let words: Vec<String> = line.split_whitespace().map(|word| word.to_string()).collect();
    let name = words.first().cloned().unwrap_or_default().to_uppercase();
    let key = words.get(1).cloned().unwrap_or_default();
    let value = words.get(2).cloned();
    match (name.as_str(), value) {
        ("SET", Some(value)) => {
            store.insert(key.clone(), value.clone());
            "OK".to_string()
        }
        _ => match store.get(&key).cloned() {
            Some(value) => format!("{value:?}"),
            None => "(nil)".to_string(),
        },
    }
}
// ANCHOR_END: copies
