//! Clients that have not authenticated, and what they may do: little, and not at length.

use flashkv::Config;

use super::stage::{Case, Stage, request, rows, wait_until};

const NOAUTH: &str = "-NOAUTH Authentication required.\r\n";
const WRONG: &str = "-WRONGPASS invalid username-password pair or user is disabled.\r\n";
const HELLO: &str = "-NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> \
                     option can be used to authenticate the client and select the RESP protocol version at the same time\r\n";
const PASSWORD: &[&str] = &["CONFIG SET requirepass secret"];

/// A row whose connection ends unauthenticated, so that its last PING is refused.
fn stranger(lines: &[&str], replies: &[&str]) -> Case {
    Case::answers(lines.join("\r\n") + "\r\nAUTH secret\r\n", replies.concat() + "+OK\r\n")
        .after(PASSWORD)
}

rows! {
    a_stranger_may_run_nothing => stranger(
        &["GET a", "PING", "FLUSHALL", "CONFIG GET requirepass", "SHUTDOWN", "CLIENT LIST", "COMMAND COUNT"],
        &[NOAUTH; 7],
    );
    a_stranger_is_told_of_mistakes_first => stranger(
        &["NOSUCH", "GET", "CLIENT NOSUCH"],
        &[
            "-ERR unknown command 'NOSUCH', with args beginning with: \r\n",
            "-ERR wrong number of arguments for 'get' command\r\n",
            "-ERR unknown subcommand 'NOSUCH'. Try CLIENT HELP.\r\n",
        ],
    );
    a_wrong_password_is_refused => stranger(
        &["AUTH x", "AUTH secre", "AUTH secretx", "AUTH default x", "AUTH joe secret", "AUTH ''", "AUTH a b c"],
        &[WRONG, WRONG, WRONG, WRONG, WRONG, WRONG, "-ERR syntax error\r\n"],
    );
    hello_with_a_wrong_password_changes_nothing => stranger(
        &["HELLO 3 AUTH default x", "HELLO 3 AUTH joe secret", "HELLO", "HELLO 3", "GET a"],
        &[WRONG, WRONG, HELLO, HELLO, NOAUTH],
    );
    a_wrong_password_does_not_lock_out_who_is_in => Case::answers(
        "AUTH secret\r\nAUTH x\r\nGET a\r\n",
        "+OK\r\n".to_string() + WRONG + "$-1\r\n",
    ).after(PASSWORD);
    reset_forgets_the_password => Case::answers(
        "AUTH secret\r\nRESET\r\nGET a\r\nAUTH secret\r\n",
        "+OK\r\n+RESET\r\n".to_string() + NOAUTH + "+OK\r\n",
    ).after(PASSWORD);
    a_stranger_may_quit => Case::closes("QUIT\r\n", "+OK\r\n").after(PASSWORD);
    a_stranger_may_send_ten_arguments => Case::answers(
        request(&["AUTH"; 10]).into_iter().chain(*b"AUTH secret\r\n").collect::<Vec<u8>>(),
        "-ERR syntax error\r\n+OK\r\n",
    ).after(PASSWORD);
    a_stranger_may_not_announce_eleven_arguments =>
        Case::closes("*11\r\n", "-ERR Protocol error: unauthenticated multibulk length\r\n").after(PASSWORD);
    a_stranger_may_send_16_kb => Case::answers(
        [&request(&["AUTH", &"x".repeat(16_384)])[..], b"AUTH secret\r\n"].concat(),
        WRONG.to_string() + "+OK\r\n",
    ).after(PASSWORD);
    a_stranger_may_not_announce_more_than_16_kb =>
        Case::closes("*2\r\n$4\r\nAUTH\r\n$16385\r\n", "-ERR Protocol error: unauthenticated bulk length\r\n").after(PASSWORD);
    limits_for_strangers_end_with_the_password => Case::answers(
        [&b"AUTH secret\r\n"[..], &request(&vec!["EXISTS"; 100]), &request(&["ECHO", &"x".repeat(17_000)])].concat(),
        "+OK\r\n:0\r\n$17000\r\n".to_string() + &"x".repeat(17_000) + "\r\n",
    ).after(PASSWORD);
    a_password_of_any_bytes_can_be_given => Case::answers(
        [&b"AUTH s\xc3\xa9cret\r\n"[..], b"PING\r\n"].concat(),
        "+OK\r\n+PONG\r\n",
    ).after(&["CONFIG SET requirepass s\u{e9}cret"]);
}

#[test]
fn a_password_set_later_does_not_lock_out_who_is_connected() {
    let mut stage = Stage::new();
    let mut early = stage.client();
    early.ping();
    stage.operator().ask(&["CONFIG", "SET", "requirepass", "secret"], "+OK\r\n");
    early.ping();
    stage.client().ask(&["PING"], NOAUTH);
    stage.operator().ask(&["CONFIG", "SET", "requirepass", ""], "+OK\r\n");
    stage.client().ping();
    stage.is_well();
}

#[test]
fn a_stranger_that_reads_nothing_is_held_back_like_others() {
    let mut stage = Stage::with(Config { requirepass: Some("secret".into()), ..Config::default() });
    let mut stranger = stage.client();
    stranger.0.set_nonblocking(true).unwrap();
    let requests = b"*2\r\n$3\r\nGET\r\n$1\r\na\r\n".repeat(10_000);
    // Until neither side takes any more.
    let mut sent = 0;
    let mut idle = 0;
    wait_until(|| {
        match std::io::Write::write(&mut stranger.0, &requests) {
            Ok(count) => (sent, idle) = (sent + count, 0),
            Err(_) => {
                idle += 1;
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
        }
        idle > 100 || sent > 200 << 20
    });
    assert!(sent < 100 << 20, "{sent} bytes were taken");
    let pending = stage.listed(2, "omem").unwrap();
    assert!(pending < 2 << 20, "{pending} bytes wait");
    stage.is_well();
}
