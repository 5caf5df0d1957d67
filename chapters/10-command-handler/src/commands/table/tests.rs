//! The table against itself: names, arity, key positions.

use std::collections::HashSet;

use super::*;

/// What the issue that started the course asked for.
const NAMES: &str = "set get del exists incr incrby decr decrby append strlen mset mget setnx setex psetex getset \
    getdel lpush rpush lpop rpop llen lindex lrange lset lrem expire pexpire expireat ttl pttl persist keys type rename \
    renamenx ping echo info dbsize flushdb flushall command config time debug";

fn rows() -> impl Iterator<Item = &'static Command> {
    all().flat_map(|command| std::iter::once(command).chain(command.subcommands))
}

#[test]
fn all_46_commands_have_a_row_and_no_other() {
    let mut names: Vec<_> = all().map(|command| command.name).collect();
    let mut wanted: Vec<_> = NAMES.split_whitespace().collect();
    names.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(names, wanted);
}

#[test]
fn names_are_unique_and_in_lower_case() {
    let mut seen = HashSet::new();
    for row in rows() {
        assert!(seen.insert(row.name), "{} has two rows", row.name);
        assert_eq!(row.name, row.name.to_ascii_lowercase());
    }
}

#[test]
fn the_name_of_a_subcommand_begins_with_its_containers() {
    for command in all() {
        for row in command.subcommands {
            assert_eq!(row.name.split('|').next(), Some(command.name));
        }
    }
}

/// A handler may take a word for granted if the arity demands it, and a key is such a word.
#[test]
fn the_arity_demands_the_first_key_and_the_last() {
    for row in rows() {
        let demanded = i64::from(row.arity.abs());
        assert!((row.keys.first as i64) < demanded, "{}", row.name);
        assert!(row.keys.last < demanded, "{}", row.name);
    }
}

#[test]
fn what_locks_keys_has_keys() {
    use crate::commands::spec::Run;
    for row in rows() {
        assert_eq!(matches!(row.run, Run::Server(_)), row.keys.first == 0, "{}", row.name);
    }
}

fn found(line: &str) -> Result<&'static str, String> {
    let words = line.split(' ').map(|word| word.as_bytes().to_vec());
    let request = Request::new(words).expect("a line has words");
    find(&request).map(|row| row.name).map_err(|error| error.to_string())
}

#[test]
fn a_request_finds_its_row_in_any_case() {
    assert_eq!(found("GeT k"), Ok("get"));
    assert_eq!(found("Config Get save"), Ok("config|get"));
    assert_eq!(found("COMMAND"), Ok("command"));
}

#[test]
fn errors_are_made_from_rows() {
    let error = |line| found(line).unwrap_err();
    assert_eq!(error("GET"), "ERR wrong number of arguments for 'get' command");
    assert_eq!(error("CONFIG GET"), "ERR wrong number of arguments for 'config|get' command");
    assert_eq!(error("config x"), "ERR unknown subcommand 'x'. Try CONFIG HELP.");
    assert_eq!(error("NO a"), "ERR unknown command 'NO', with args beginning with: 'a' ");
}
