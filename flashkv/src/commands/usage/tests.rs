//! Usage lines of rows with every kind of argument.

use super::super::spec::{block, integer, key, one_of, string, word};
use super::*;

fn shown(name: &str) -> String {
    line(table().by_full_name(name.as_bytes()).expect("the command is there"))
}

#[test]
fn lines_read_like_those_of_the_redis_documentation() {
    let lines = [
        ("get", "GET key"),
        (
            "set",
            "SET key value [NX | XX] [GET] [EX seconds | PX milliseconds | EXAT unix-time-seconds | \
             PXAT unix-time-milliseconds | KEEPTTL]",
        ),
        ("mset", "MSET key value [key value ...]"),
        ("del", "DEL key [key ...]"),
        ("lpop", "LPOP key [count]"),
        ("lmpop", "LMPOP numkeys key [key ...] <LEFT | RIGHT> [COUNT count]"),
        ("linsert", "LINSERT key <BEFORE | AFTER> pivot element"),
        ("hello", "HELLO [protover [AUTH username password] [SETNAME clientname]]"),
        ("info", "INFO [section [section ...]]"),
        (
            "client|list",
            "CLIENT LIST [TYPE <NORMAL | MASTER | REPLICA | PUBSUB>] [ID client-id [client-id ...]]",
        ),
        (
            "command|list",
            "COMMAND LIST [FILTERBY <MODULE module-name | ACLCAT category | PATTERN pattern>]",
        ),
        ("randomkey", "RANDOMKEY"),
        ("quit", "QUIT"),
    ];
    for (name, line) in lines {
        assert_eq!(shown(name), line);
    }
}

#[test]
fn rows_that_demand_more_than_they_describe_say_so() {
    assert_eq!(shown("config"), "CONFIG ...");
    assert_eq!(shown("command|getkeys"), "COMMAND GETKEYS ...");
    assert_eq!(shown("command"), "COMMAND");
}

#[test]
fn each_kind_of_argument_has_its_form() {
    const WAYS: &[Arg] = &[word("up", "UP"), word("down", "DOWN")];
    const PAIR: &[Arg] = &[integer("x"), integer("y")];
    let forms = [
        (key("key", 0), "key"),
        (key("key", 0).multiple(), "key [key ...]"),
        (string("name").token("NAME"), "NAME name"),
        (string("name").token("NAME").multiple(), "NAME name [name ...]"),
        (string("name").token("NAME").multiple().multiple_token(), "NAME name [NAME name ...]"),
        (string("name").token("NAME").optional().multiple(), "[NAME name [name ...]]"),
        (word("fast", "FAST").optional(), "[FAST]"),
        (one_of("way", WAYS), "<UP | DOWN>"),
        (one_of("way", WAYS).optional(), "[UP | DOWN]"),
        (one_of("way", WAYS).token("GO"), "GO <UP | DOWN>"),
        (one_of("way", WAYS).token("GO").optional(), "[GO <UP | DOWN>]"),
        (one_of("way", WAYS).optional().multiple(), "[<UP | DOWN> [<UP | DOWN> ...]]"),
        (block("point", PAIR).token("AT").optional(), "[AT x y]"),
        (block("point", PAIR).multiple(), "x y [x y ...]"),
    ];
    for (arg, form) in &forms {
        assert_eq!(argument(arg), *form);
    }
}

#[test]
fn the_markdown_names_every_command_that_can_be_run_once() {
    let text = markdown();
    for entry in table().all() {
        let name = entry.full_name.to_uppercase().replace('|', " ");
        let runs = !matches!(entry.command.run, Run::Container);
        let rows = text.matches(&format!("\n| {name} | ")).count();
        assert_eq!(rows, usize::from(runs), "{name}");
    }
    for row in text.lines().filter(|line| line.starts_with('|')) {
        let bars = row.matches('|').count() - row.matches("\\|").count();
        assert_eq!(bars, 5, "a row of four cells: {row}");
    }
}

#[test]
fn every_command_is_in_the_table_for_the_readme() {
    let text = markdown();
    for entry in table().all().filter(|entry| !matches!(entry.command.run, Run::Container)) {
        let row = format!("\n| {} | `", entry.full_name.to_uppercase().replace('|', " "));
        assert!(text.contains(&row), "{} belongs to a group that is left out", entry.full_name);
    }
}
