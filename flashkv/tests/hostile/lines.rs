//! Requests as plain lines, and what arrives when something else than a client of ours is at the other end.

use super::stage::{Case, rows};

const UNBALANCED: &str = "-ERR Protocol error: unbalanced quotes in request\r\n";
const LONG: &str = "-ERR Protocol error: too big inline request\r\n";

fn unknown(name: &str) -> String {
    format!("-ERR unknown command '{name}', with args beginning with: \r\n")
}

/// Bytes as random as needed, the same each time.
fn garbage(len: usize) -> Vec<u8> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(next).filter(|byte| !b"\r\n*\"'\0".contains(byte)).take(len).collect()
}

rows! {
    a_double_quote_that_does_not_close_is_refused => Case::closes("SET a \"b\r\nPING\r\n", UNBALANCED);
    a_single_quote_that_does_not_close_is_refused => Case::closes("SET a 'b\r\nPING\r\n", UNBALANCED);
    text_right_behind_a_quote_is_refused => Case::closes("SET a \"b\"c\r\n", UNBALANCED);
    a_quote_closed_by_an_escaped_quote_is_refused => Case::closes("SET a \"b\\\"\r\n", UNBALANCED);
    a_backslash_at_the_end_of_a_quote_is_refused => Case::closes("SET a \"b\\\r\n", UNBALANCED);
    quoted_bytes_cannot_break_the_line => Case::answers("\"PI\\r\\nNG\"\r\n", unknown("PI  NG"));
    an_empty_quoted_name_is_unknown => Case::answers("\"\"\r\n", unknown(""));
    blank_lines_are_skipped => Case::answers("\r\n\n \t \r\n".repeat(1000), "");
    a_line_of_60_kb_is_read => Case::answers("x".repeat(60_000) + "\r\n", unknown(&"x".repeat(128)));
    a_line_without_an_end_is_refused_past_64_kb => Case::closes("x".repeat(70_000), LONG);
    a_line_of_30_000_arguments_is_read =>
        Case::answers("EXISTS".to_string() + &" a".repeat(30_000) + "\r\n", ":0\r\n");
    a_line_of_quotes_is_read => Case::answers("EXISTS".to_string() + &" ''".repeat(20_000) + "\r\n", ":0\r\n");
    an_unfinished_line_waits => Case::waits("SET a b");
    a_carriage_return_alone_ends_no_line => Case::waits("PING\rPING\r");
    a_nul_ends_a_line => Case::answers("PING\0 this is not looked at\r\n", "+PONG\r\n")
        .unlike_redis("Redis does not see the line's end behind a NUL, and never answers");
    a_nul_alone_is_a_blank_line => Case::answers("\0\r\n\0\0\0\n", "")
        .unlike_redis("Redis does not see the line's end behind a NUL, and never answers");
    garbage_of_a_megabyte_is_refused => Case::closes(garbage(1 << 20), LONG)
        .unlike_redis("Redis closes at once, and the reset may overtake its reply");
    a_tls_handshake_gets_no_further => Case::answers(b"\x16\x03\x01\x02\x01\x01\xfc\x03\x03\n", b"-ERR unknown command '\x16\x03\x01\x02\x01\x01\xfc\x03\x03', with args beginning with: \r\n");
    an_http_post_is_closed_without_an_answer =>
        Case::closes("POST / HTTP/1.1\r\nHost: localhost\r\n\r\nFLUSHALL\r\n", "");
    a_post_in_any_case_is_closed => Case::closes("*2\r\n$4\r\npOsT\r\n$1\r\n/\r\nPING\r\n", "");
    a_host_header_is_closed => Case::closes("HOST: localhost\r\nPING\r\n", "");
    an_http_get_is_closed_at_its_host_header =>
        Case::closes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "-ERR wrong number of arguments for 'get' command\r\n")
        .unlike_redis("Redis drops the replies that were due");
    other_methods_are_unknown_commands => Case::answers(
        "PUT /key HTTP/1.1\r\n\r\n",
        "-ERR unknown command 'PUT', with args beginning with: '/key' 'HTTP/1.1' \r\n",
    );
}
