//! Requests that are well formed, with arguments that are not: numbers at and past every edge, keys of the wrong type,
//! patterns made to take for ever.

use flashkv::commands::spec::Group;
use flashkv::commands::table::table;

use super::stage::{Case, request, rows};

const OVERFLOW: &str = "-ERR increment or decrement would overflow\r\n";
const NOT_AN_INTEGER: &str = "-ERR value is not an integer or out of range\r\n";
const TOO_LONG: &str = "-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n";
const WRONG_TYPE: &str = "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";

/// Plain words, a request to a line, and the replies to all of them.
fn script(lines: &[(&str, &str)]) -> Case {
    let requests: Vec<Vec<u8>> =
        lines.iter().map(|(line, _)| request(&line.split(' ').collect::<Vec<_>>())).collect();
    let replies: Vec<&str> = lines.iter().map(|(_, reply)| *reply).collect();
    Case::answers(requests.concat(), replies.concat())
}

/// Every command on strings, given a list, and every command on lists, given a string. A row of the command table that is
/// not here fails `every_command_of_a_type_is_given_the_other`.
const OTHER_TYPE: &[(&str, &str)] = &[
    ("APPEND list x", WRONG_TYPE),
    ("DECR list", WRONG_TYPE),
    ("DECRBY list 1", WRONG_TYPE),
    ("GET list", WRONG_TYPE),
    ("GETDEL list", WRONG_TYPE),
    ("GETEX list PERSIST", WRONG_TYPE),
    ("GETRANGE list 0 -1", WRONG_TYPE),
    ("GETSET list x", WRONG_TYPE),
    ("INCR list", WRONG_TYPE),
    ("INCRBY list 1", WRONG_TYPE),
    ("INCRBYFLOAT list 1", WRONG_TYPE),
    ("LCS list string", "-ERR The specified keys must contain string values\r\n"),
    ("MGET list string", "*2\r\n$-1\r\n$5\r\nvalue\r\n"),
    ("MSETNX list x other y", ":0\r\n"),
    ("SETNX list x", ":0\r\n"),
    ("SET list x GET", WRONG_TYPE),
    ("SETRANGE list 0 x", WRONG_TYPE),
    ("STRLEN list", WRONG_TYPE),
    ("SUBSTR list 0 -1", WRONG_TYPE),
    ("LINDEX string 0", WRONG_TYPE),
    ("LINSERT string BEFORE a b", WRONG_TYPE),
    ("LLEN string", WRONG_TYPE),
    ("LMOVE string list LEFT LEFT", WRONG_TYPE),
    ("LMOVE list string LEFT LEFT", WRONG_TYPE),
    ("LMPOP 2 string list LEFT", WRONG_TYPE),
    ("LPOP string", WRONG_TYPE),
    ("LPOS string a", WRONG_TYPE),
    ("LPUSH string a", WRONG_TYPE),
    ("LPUSHX string a", WRONG_TYPE),
    ("LRANGE string 0 -1", WRONG_TYPE),
    ("LREM string 0 a", WRONG_TYPE),
    ("LSET string 0 a", WRONG_TYPE),
    ("LTRIM string 0 -1", WRONG_TYPE),
    ("RPOP string", WRONG_TYPE),
    ("RPOPLPUSH string list", WRONG_TYPE),
    ("RPOPLPUSH list string", WRONG_TYPE),
    ("RPUSH string a", WRONG_TYPE),
    ("RPUSHX string a", WRONG_TYPE),
    ("LRANGE list 0 -1", "*2\r\n$1\r\na\r\n$1\r\nb\r\n"),
    ("GET string", "$5\r\nvalue\r\n"),
    ("EXISTS other", ":0\r\n"),
    // These replace a value of any type.
    ("SETEX list 100 x", "+OK\r\n"),
    ("RPUSH list2 a", ":1\r\n"),
    ("PSETEX list2 100000 x", "+OK\r\n"),
    ("RPUSH list3 a", ":1\r\n"),
    ("MSET list3 x", "+OK\r\n"),
    ("MGET list list2 list3", "*3\r\n$1\r\nx\r\n$1\r\nx\r\n$1\r\nx\r\n"),
];

#[test]
fn every_command_of_a_type_is_given_the_other() {
    for entry in table().commands() {
        let is_typed = matches!(entry.command.group, Group::String | Group::List);
        let name = entry.full_name.to_uppercase() + " ";
        let is_tried = OTHER_TYPE.iter().any(|(line, _)| line.starts_with(&name));
        assert!(is_tried || !is_typed || entry.command.keys.is_empty(), "{name}is not tried");
    }
}

/// A key on which patterns with many stars have many ways to fail.
const MANY_WAYS: &str = "SET aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa v";

rows! {
    a_command_on_a_key_of_another_type_changes_nothing =>
        script(OTHER_TYPE).after(&["RPUSH list a b", "SET string value"]);

    incr_at_the_highest_integer_changes_nothing => script(&[
        ("SET n 9223372036854775807", "+OK\r\n"),
        ("INCR n", OVERFLOW),
        ("INCRBY n 1", OVERFLOW),
        ("INCRBY n 9223372036854775807", OVERFLOW),
        ("DECRBY n -1", OVERFLOW),
        ("GET n", "$19\r\n9223372036854775807\r\n"),
        ("INCRBY n -9223372036854775808", ":-1\r\n"),
    ]);
    decr_at_the_lowest_integer_changes_nothing => script(&[
        ("SET n -9223372036854775808", "+OK\r\n"),
        ("DECR n", OVERFLOW),
        ("DECRBY n 9223372036854775807", OVERFLOW),
        ("DECRBY n -9223372036854775808", "-ERR decrement would overflow\r\n"),
        ("INCRBY n -9223372036854775808", OVERFLOW),
        ("GET n", "$20\r\n-9223372036854775808\r\n"),
        ("INCRBY n 9223372036854775807", ":-1\r\n"),
    ]);
    a_step_that_is_no_integer_changes_nothing => script(&[
        ("SET n 1", "+OK\r\n"),
        ("INCRBY n 9223372036854775808", NOT_AN_INTEGER),
        ("INCRBY n 99999999999999999999999999", NOT_AN_INTEGER),
        ("INCRBY n 1.5", NOT_AN_INTEGER),
        ("INCRBY n 01", NOT_AN_INTEGER),
        ("INCRBY n +1", NOT_AN_INTEGER),
        ("DECRBY n -", NOT_AN_INTEGER),
        ("DECRBY n ", NOT_AN_INTEGER),
        ("GET n", "$1\r\n1\r\n"),
    ]);
    a_value_that_is_no_integer_is_not_counted => script(&[
        ("SET n 9223372036854775808", "+OK\r\n"),
        ("INCR n", NOT_AN_INTEGER),
        ("SET n 01", "+OK\r\n"),
        ("INCR n", NOT_AN_INTEGER),
        ("GET n", "$2\r\n01\r\n"),
    ]);
    floats_that_are_none_change_nothing => script(&[
        ("SET n 1", "+OK\r\n"),
        ("INCRBYFLOAT n nan", "-ERR value is not a valid float\r\n"),
        ("INCRBYFLOAT n inf", "-ERR increment would produce NaN or Infinity\r\n"),
        ("INCRBYFLOAT n 1e5000", "-ERR value is not a valid float\r\n"),
        ("INCRBYFLOAT n 0x", "-ERR value is not a valid float\r\n"),
        ("GET n", "$1\r\n1\r\n"),
    ]);

    a_time_to_live_past_the_end_of_time_is_refused => script(&[
        ("SET k v EX 9223372036854775807", "-ERR invalid expire time in 'set' command\r\n"),
        ("SET k v EX 9223372036854776", "-ERR invalid expire time in 'set' command\r\n"),
        ("SET k v PX 9223372036854775807", "-ERR invalid expire time in 'set' command\r\n"),
        ("SET k v EX 0", "-ERR invalid expire time in 'set' command\r\n"),
        ("SET k v PX -1", "-ERR invalid expire time in 'set' command\r\n"),
        ("SET k v EX 9223372036854775808", NOT_AN_INTEGER),
        ("SETEX k 9223372036854775807 v", "-ERR invalid expire time in 'setex' command\r\n"),
        ("PSETEX k -9223372036854775808 v", "-ERR invalid expire time in 'psetex' command\r\n"),
        ("EXISTS k", ":0\r\n"),
    ]);
    an_expiry_past_the_end_of_time_changes_nothing => script(&[
        ("SET k v", "+OK\r\n"),
        ("EXPIRE k 9223372036854775807", "-ERR invalid expire time in 'expire' command\r\n"),
        ("EXPIRE k -9223372036854775808", "-ERR invalid expire time in 'expire' command\r\n"),
        ("PEXPIRE k 9223372036854775807", "-ERR invalid expire time in 'pexpire' command\r\n"),
        ("EXPIREAT k 9223372036854775807", "-ERR invalid expire time in 'expireat' command\r\n"),
        ("GETEX k EX 9223372036854775807", "-ERR invalid expire time in 'getex' command\r\n"),
        ("EXPIRE k 1e3", NOT_AN_INTEGER),
        ("TTL k", ":-1\r\n"),
        ("GET k", "$1\r\nv\r\n"),
    ]);
    the_last_moment_of_time_is_a_deadline => script(&[
        ("SET k v", "+OK\r\n"),
        ("PEXPIREAT k 9223372036854775807", ":1\r\n"),
        ("PEXPIRETIME k", ":9223372036854775807\r\n"),
        ("GET k", "$1\r\nv\r\n"),
    ]);
    a_deadline_long_past_removes_the_key => script(&[
        ("MSET a 1 b 2", "+OK\r\n"),
        ("PEXPIREAT a -9223372036854775808", ":1\r\n"),
        ("EXPIRE b -1", ":1\r\n"),
        ("DBSIZE", ":0\r\n"),
    ]);

    ranges_at_the_edges_of_integers_are_clipped => script(&[
        ("RPUSH l a b c", ":3\r\n"),
        ("LRANGE l -9223372036854775808 9223372036854775807", "*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n"),
        ("LRANGE l 9223372036854775807 -9223372036854775808", "*0\r\n"),
        ("LRANGE l 9223372036854775807 9223372036854775807", "*0\r\n"),
        ("LRANGE l 9223372036854775808 0", NOT_AN_INTEGER),
        ("SET s abc", "+OK\r\n"),
        ("GETRANGE s -9223372036854775808 9223372036854775807", "$3\r\nabc\r\n"),
        ("GETRANGE s 9223372036854775807 -9223372036854775808", "$0\r\n\r\n"),
        ("LTRIM l -9223372036854775808 9223372036854775807", "+OK\r\n"),
        ("LLEN l", ":3\r\n"),
        ("LTRIM l 9223372036854775807 9223372036854775807", "+OK\r\n"),
        ("EXISTS l", ":0\r\n"),
    ]);
    indexes_at_the_edges_of_integers_are_outside => script(&[
        ("RPUSH l a b c", ":3\r\n"),
        ("LINDEX l 9223372036854775807", "$-1\r\n"),
        ("LINDEX l -9223372036854775808", "$-1\r\n"),
        ("LINDEX l 9223372036854775808", NOT_AN_INTEGER),
        ("LSET l 9223372036854775807 x", "-ERR index out of range\r\n"),
        ("LSET l -9223372036854775808 x", "-ERR index out of range\r\n"),
        ("LSET l 3 x", "-ERR index out of range\r\n"),
        ("LSET l -4 x", "-ERR index out of range\r\n"),
        ("LSET missing 0 x", "-ERR no such key\r\n"),
        ("LRANGE l 0 -1", "*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n"),
    ]);
    counts_at_the_edges_of_integers_are_all_there_are => script(&[
        ("RPUSH l a b a c a", ":5\r\n"),
        ("LREM l 9223372036854775807 a", ":3\r\n"),
        ("RPUSH l a", ":3\r\n"),
        ("LREM l -9223372036854775807 a", ":1\r\n"),
        ("LPOS l c COUNT 9223372036854775807", "*1\r\n:1\r\n"),
        ("LPOP l -1", "-ERR value is out of range, must be positive\r\n"),
        ("LPOP l 9223372036854775808", "-ERR value is out of range, must be positive\r\n"),
        ("LPOP l 9223372036854775807", "*2\r\n$1\r\nb\r\n$1\r\nc\r\n"),
        ("LMPOP 9223372036854775807 l LEFT", "-ERR syntax error\r\n"),
        ("LMPOP 0 l LEFT", "-ERR numkeys should be greater than 0\r\n"),
        ("LMPOP 1 l LEFT COUNT 0", "-ERR count should be greater than 0\r\n"),
    ]);
    strings_past_the_limit_are_not_made => script(&[
        ("SET s abc", "+OK\r\n"),
        ("SETRANGE s 536870912 x", TOO_LONG),
        ("SETRANGE s 9223372036854775807 x", TOO_LONG),
        ("SETRANGE s -1 x", "-ERR offset is out of range\r\n"),
        ("SETRANGE s 9223372036854775808 x", NOT_AN_INTEGER),
        ("SETRANGE missing 536870912 x", TOO_LONG),
        ("STRLEN s", ":3\r\n"),
        ("EXISTS missing", ":0\r\n"),
    ]);

    mset_with_a_value_missing_sets_nothing => script(&[
        ("MSET a 1 b", "-ERR wrong number of arguments for 'mset' command\r\n"),
        ("MSETNX a 1 b", "-ERR wrong number of arguments for 'msetnx' command\r\n"),
        ("EXISTS a b", ":0\r\n"),
    ]);
    databases_outside_the_server_are_refused => script(&[
        ("SELECT 16", "-ERR DB index is out of range\r\n"),
        ("SELECT -1", "-ERR DB index is out of range\r\n"),
        ("SELECT 99999999999999999999", NOT_AN_INTEGER),
        ("SET k v", "+OK\r\n"),
        ("MOVE k 16", "-ERR DB index is out of range\r\n"),
        ("SWAPDB 0 16", "-ERR DB index is out of range\r\n"),
        ("COPY k other DB -1", "-ERR DB index is out of range\r\n"),
        ("GET k", "$1\r\nv\r\n"),
    ]);
    cursors_that_nobody_gave_out_end_the_walk => script(&[
        ("SCAN 18446744073709551615", "*2\r\n$1\r\n0\r\n*0\r\n"),
        ("SCAN 18446744073709551616", "-ERR invalid cursor\r\n"),
        // Redis reads it as the highest cursor.
        ("SCAN -1", "*2\r\n$1\r\n0\r\n*0\r\n"),
        ("SCAN abc", "-ERR invalid cursor\r\n"),
        ("SCAN 0 COUNT 9223372036854775807", "*2\r\n$1\r\n0\r\n*0\r\n"),
        ("SCAN 0 COUNT 0", "-ERR syntax error\r\n"),
        ("SCAN 0 COUNT 9223372036854775808", NOT_AN_INTEGER),
    ]);
    patterns_with_many_stars_take_no_time => Case::answers(
        [
            request(&["KEYS", &("a*".repeat(50) + "b")]),
            request(&["KEYS", &"*a".repeat(200)]),
            request(&["KEYS", &("*".repeat(10_000) + "b")]),
            request(&["SCAN", "0", "MATCH", &("*[a-z]*?".repeat(100) + "b")]),
            request(&["COMMAND", "LIST", "FILTERBY", "PATTERN", &("*a".repeat(1000) + "!")]),
            request(&["CONFIG", "GET", &("*e".repeat(1000) + "!")]),
        ].concat(),
        "*0\r\n*0\r\n*0\r\n*2\r\n$1\r\n0\r\n*0\r\n*0\r\n*0\r\n",
    ).after(&[MANY_WAYS]);
    patterns_that_do_not_close_match_what_redis_matches => script(&[
        ("MSET a 1 [a 2 \\ 3", "+OK\r\n"),
        ("KEYS [a", "*1\r\n$1\r\na\r\n"),
        ("KEYS [", "*0\r\n"),
        ("KEYS [^a", "*1\r\n$1\r\n\\\r\n"),
        ("KEYS [^\\a", "*1\r\n$1\r\n\\\r\n"),
        ("KEYS [a-", "*1\r\n$1\r\na\r\n"),
        ("KEYS \\", "*1\r\n$1\r\n\\\r\n"),
        ("KEYS a\\", "*0\r\n"),
        ("KEYS [\\", "*1\r\n$1\r\n\\\r\n"),
        ("KEYS \\[a", "*1\r\n$2\r\n[a\r\n"),
    ]);
}
