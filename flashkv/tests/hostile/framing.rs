//! Requests as arrays of bulk strings, and everything that is almost one.

use super::stage::{Case, request, rows};

const LENGTH: &str = "-ERR Protocol error: invalid multibulk length\r\n";
const BULK: &str = "-ERR Protocol error: invalid bulk length\r\n";

fn unknown(name: &str) -> String {
    format!("-ERR unknown command '{name}', with args beginning with: \r\n")
}

fn expected_bulk(got: &str) -> String {
    format!("-ERR Protocol error: expected '$', got '{got}'\r\n")
}

rows! {
    a_count_without_digits_is_refused => Case::closes("*\r\n", LENGTH);
    a_count_of_letters_is_refused => Case::closes("*abc\r\n", LENGTH);
    a_count_with_a_space_is_refused => Case::closes("* 1\r\n$4\r\nPING\r\n", LENGTH);
    a_count_with_a_plus_is_refused => Case::closes("*+1\r\n$4\r\nPING\r\n", LENGTH);
    a_count_with_a_leading_zero_is_refused => Case::closes("*01\r\n$4\r\nPING\r\n", LENGTH);
    a_count_with_a_fraction_is_refused => Case::closes("*1.0\r\n$4\r\nPING\r\n", LENGTH);
    a_count_with_a_nul_is_refused => Case::closes("*1\0\r\n$4\r\nPING\r\n", LENGTH)
        .unlike_redis("Redis does not see the line's end behind a NUL, and never answers");
    a_count_past_31_bits_is_refused => Case::closes("*2147483648\r\n", LENGTH);
    a_count_of_63_bits_is_refused => Case::closes("*9223372036854775807\r\n", LENGTH);
    a_count_past_64_bits_is_refused => Case::closes("*99999999999999999999\r\n", LENGTH);
    the_highest_count_waits_for_arguments => Case::waits("*2147483647\r\n$4\r\nPING\r\n");
    a_count_of_zero_is_skipped => Case::answers("*0\r\n", "");
    a_negative_count_is_skipped => Case::answers("*-1\r\n*-5\r\n", "");
    the_lowest_count_is_skipped => Case::answers("*-9223372036854775808\r\n", "");
    a_count_without_an_end_is_refused_past_64_kb =>
        Case::closes("*".to_string() + &"1".repeat(70_000), "-ERR Protocol error: too big mbulk count string\r\n");

    a_length_without_digits_is_refused => Case::closes("*1\r\n$\r\n", BULK);
    a_length_of_letters_is_refused => Case::closes("*1\r\n$abc\r\n", BULK);
    a_negative_length_is_refused => Case::closes("*1\r\n$-1\r\n", BULK);
    the_lowest_length_is_refused => Case::closes("*1\r\n$-9223372036854775808\r\n", BULK);
    a_length_with_a_plus_is_refused => Case::closes("*1\r\n$+4\r\nPING\r\n", BULK);
    a_length_with_a_leading_zero_is_refused => Case::closes("*1\r\n$04\r\nPING\r\n", BULK);
    a_length_past_512_mb_is_refused => Case::closes("*1\r\n$536870913\r\n", BULK);
    a_length_of_63_bits_is_refused => Case::closes("*1\r\n$9223372036854775807\r\n", BULK);
    a_length_past_64_bits_is_refused => Case::closes("*1\r\n$18446744073709551620\r\nPING\r\n", BULK);
    the_highest_length_waits_for_its_bytes => Case::waits("*1\r\n$536870912\r\nPING");
    a_length_without_an_end_is_refused_past_64_kb =>
        Case::closes("*1\r\n$".to_string() + &"1".repeat(70_000), "-ERR Protocol error: too big bulk count string\r\n");
    a_line_for_a_length_without_an_end_is_refused_past_64_kb =>
        Case::closes("*1\r\nx".to_string() + &"1".repeat(70_000), "-ERR Protocol error: too big bulk count string\r\n");

    an_array_in_an_array_is_refused => Case::closes("*1\r\n*1\r\n$4\r\nPING\r\n", expected_bulk("*"));
    arrays_nested_deeply_are_refused_at_the_second =>
        Case::closes("*1\r\n".repeat(100_000), expected_bulk("*"));
    an_integer_for_an_argument_is_refused => Case::closes("*2\r\n$4\r\nECHO\r\n:1\r\n", expected_bulk(":"));
    a_null_for_an_argument_is_refused => Case::closes("*2\r\n$4\r\nECHO\r\n_\r\n", expected_bulk("_"));
    a_simple_string_for_an_argument_is_refused => Case::closes("*1\r\n+PING\r\n", expected_bulk("+"));
    an_argument_of_the_highest_byte_is_refused =>
        Case::closes(b"*1\r\n\xff\r\n", b"-ERR Protocol error: expected '$', got '\xff'\r\n");
    an_argument_of_a_line_end_is_refused_in_one_line => Case::closes("*1\r\n\r\n\r\n", expected_bulk(" "));
    a_map_is_read_as_lines => Case::answers("%1\r\n", unknown("%1"));
    a_set_is_read_as_lines => Case::answers("~1\r\n", unknown("~1"));
    a_push_is_read_as_lines => Case::answers(">1\r\n$4\r\nPING\r\n", unknown(">1") + &unknown("$4") + "+PONG\r\n");
    a_bulk_string_alone_is_read_as_lines => Case::answers("$4\r\nPING\r\n", unknown("$4") + "+PONG\r\n");
    a_streamed_array_is_refused => Case::closes("*?\r\n$4\r\nPING\r\n.\r\n", LENGTH);

    line_feeds_alone_end_no_header => Case::waits("*1\n$4\nPING\n");
    a_header_goes_on_to_the_next_carriage_return => Case::closes("*1\n$4\nPING\n\r\n", LENGTH);
    a_carriage_return_is_taken_with_whatever_follows_it => Case::answers("*1\rx$4\rxPINGxx", "+PONG\r\n");
    a_wrong_end_of_an_argument_is_skipped => Case::answers("*1\r\n$4\r\nPINGxx", "+PONG\r\n");
    an_argument_longer_than_announced_is_cut => Case::answers("*1\r\n$4\r\nPINGPONG\r\n", "+PONG\r\n".to_string() + &unknown("NG"));
    an_argument_shorter_than_announced_takes_from_what_follows =>
        Case::answers("*2\r\n$4\r\nECHO\r\n$10\r\nshort\r\n*1\r\n$4\r\nPING\r\n", "$10\r\nshort\r\n*1\r\r\n".to_string() + &unknown("4") + "+PONG\r\n");
    a_missing_argument_takes_the_next_request =>
        Case::closes("*3\r\n$3\r\nSET\r\n$1\r\na\r\n*1\r\n$4\r\nPING\r\n", expected_bulk("*"));

    an_empty_name_is_unknown => Case::answers("*1\r\n$0\r\n\r\n", unknown(""));
    a_name_of_100_kb_is_repeated_in_128_bytes => Case::answers(request(&["x".repeat(100_000)]), unknown(&"x".repeat(128)));
    a_name_with_line_ends_is_repeated_in_one_line =>
        Case::answers(request(&["P\r\n+OK\r\nING", "a\r\nb"]), "-ERR unknown command 'P  +OK  ING', with args beginning with: 'a  b' \r\n");
    a_subcommand_with_line_ends_is_repeated_in_one_line =>
        Case::answers(request(&["CONFIG", "a\r\n-b"]), "-ERR unknown subcommand 'a  -b'. Try CONFIG HELP.\r\n");
    a_name_is_repeated_up_to_its_first_nul => Case::answers(request(&["ab\0cd"]), unknown("ab"));
    a_name_that_ends_in_a_nul_is_another_name => Case::answers(request(&["PING\0"]), unknown("PING"))
        .unlike_redis("Redis finds PING if both happen to lie in one bucket of its table, as it compares up to the NUL");
    many_arguments_are_repeated_in_128_bytes => Case::answers(
        request(&[vec!["nosuch"], vec!["0123456789"; 1000]].concat()),
        "-ERR unknown command 'nosuch', with args beginning with: ".to_string() + &"'0123456789' ".repeat(9) + "'0123456789' \r\n",
    );
    keys_and_values_are_any_bytes => Case::answers(
        [request(&[&b"SET"[..], b"\0\r\n\xff", b"*1\r\n$4\r\nPING\r\n\0"]), request(&[&b"GET"[..], b"\0\r\n\xff"])].concat(),
        "+OK\r\n$15\r\n*1\r\n$4\r\nPING\r\n\0\r\n",
    );
    an_empty_key_and_an_empty_value_are_like_others =>
        Case::answers([request(&["SET", "", ""]), request(&["GET", ""])].concat(), "+OK\r\n$0\r\n\r\n");
    ten_thousand_requests_in_one_write_are_answered => Case::answers("PING\r\n".repeat(10_000), "+PONG\r\n".repeat(10_000));
    ten_thousand_empty_requests_are_skipped => Case::answers("*0\r\n\r\n*-1\r\n".repeat(10_000), "");
    what_follows_a_refusal_is_not_run => Case::closes("*1\r\n$x\r\n*1\r\n$8\r\nFLUSHALL\r\nPING\r\n", BULK);
}
