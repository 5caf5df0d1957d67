//! What an operator has forbidden, or asks for in vain.

use std::net::{IpAddr, TcpStream, UdpSocket};

use flashkv::config::DebugAccess;
use flashkv::{Config, Server};

use super::stage::{Client, DEADLINE, Stage};

const DENIED: &str = "-DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the default user. In this mode connections are only accepted from the loopback interface. If you want to connect from external computers to Redis you may adopt one of the following solutions: 1) Just disable protected mode sending the command 'CONFIG SET protected-mode no' from the loopback interface by connecting to Redis from the same host the server is running, however MAKE SURE Redis is not publicly accessible from internet if you do so. Use CONFIG REWRITE to make this change permanent. 2) Alternatively you can just disable the protected mode by editing the Redis configuration file, and setting the protected mode option to 'no', and then restarting the server. 3) If you started the server manually just for testing, restart it with the '--protected-mode no' option. 4) Setup a an authentication password for the default user. NOTE: You only need to do one of the above things in order for the server to start accepting connections from the outside.\r\n";

fn without(names: &[&str]) -> Stage {
    let disable_commands = names.iter().map(|name| name.to_string()).collect();
    Stage::with(Config { disable_commands, ..Config::default() })
}

/// An address of this machine that is not the loopback's, if it has any. Nothing is sent.
fn other_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    socket.local_addr().ok().map(|address| address.ip()).filter(|ip| !ip.is_loopback())
}

#[test]
fn clients_of_other_machines_are_refused_without_a_password() {
    let Some(address) = other_address() else {
        eprintln!("SKIPPED: this machine has no address but its own");
        return;
    };
    let mut stage = Stage::with(Config { host: "0.0.0.0".into(), ..Config::default() });
    let port = stage.server.address().port();
    let connect = || {
        let stream = TcpStream::connect((address, port)).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        Client(stream)
    };
    let mut refused = connect();
    refused.expect(DENIED);
    refused.expect_end();
    stage.operator().ask(&["CONFIG", "SET", "protected-mode", "no"], "+OK\r\n");
    connect().ping();
    stage.operator().ask(&["CONFIG", "SET", "protected-mode", "yes"], "+OK\r\n");
    connect().expect(DENIED);
    stage.is_well();
    stage.operator().ask(&["CONFIG", "SET", "requirepass", "secret"], "+OK\r\n");
    connect().ask(&["AUTH", "secret"], "+OK\r\n");
}

#[test]
fn protected_mode_is_yes_or_no() {
    let mut stage = Stage::new();
    let operator = stage.operator();
    operator
        .ask(&["CONFIG", "GET", "protected-mode"], "*2\r\n$14\r\nprotected-mode\r\n$3\r\nyes\r\n");
    let refusal = "-ERR CONFIG SET failed (possibly related to argument 'protected-mode') - argument must be 'yes' or 'no'\r\n";
    operator.ask(&["CONFIG", "SET", "protected-mode", "maybe"], refusal);
    operator.ask(&["CONFIG", "SET", "protected-mode", "NO"], "+OK\r\n");
    operator
        .ask(&["CONFIG", "GET", "protected-mode"], "*2\r\n$14\r\nprotected-mode\r\n$2\r\nno\r\n");
    stage.is_well();
}

#[test]
fn a_disabled_command_is_unknown() {
    let mut stage = without(&["FlushAll", "", "debug", "config|set"]);
    let mut client = stage.client();
    client.ask(&["SET", "k", "v"], "+OK\r\n");
    client.ask(&["FLUSHALL"], "-ERR unknown command 'FLUSHALL', with args beginning with: \r\n");
    client.ask(
        &["flushall", "ASYNC"],
        "-ERR unknown command 'flushall', with args beginning with: 'ASYNC' \r\n",
    );
    client.ask(
        &["DEBUG", "SLEEP", "100"],
        "-ERR unknown command 'DEBUG', with args beginning with: 'SLEEP' '100' \r\n",
    );
    client.ask(
        &["CONFIG", "SET", "timeout", "1"],
        "-ERR unknown subcommand 'SET'. Try CONFIG HELP.\r\n",
    );
    client.ask(&["CONFIG", "GET", "timeout"], "*2\r\n$7\r\ntimeout\r\n$1\r\n0\r\n");
    client.ask(&["GET", "k"], "$1\r\nv\r\n");
    stage.is_well();
}

#[test]
fn a_disabled_command_is_not_listed() {
    let mut stage = without(&["flushall", "config|set", "client"]);
    let mut client = stage.client();
    client.ask(
        &["COMMAND", "INFO", "flushall", "config|set", "client", "client|id"],
        "*4\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n",
    );
    client.ask(&["COMMAND", "DOCS", "flushall", "client|id"], "*0\r\n");
    client.ask(&["COMMAND", "GETKEYS", "client", "x"], "-ERR Invalid command specified\r\n");
    let all = flashkv::commands::table::table().commands().len();
    client.ask(&["COMMAND", "COUNT"], &format!(":{}\r\n", all - 2));
    for question in [&["COMMAND"][..], &["COMMAND", "LIST"], &["COMMAND", "DOCS"]] {
        client.send(super::stage::request(question));
        client.send(super::stage::request(&["ECHO", "that was all"]));
        let mut reply = Vec::new();
        while !reply.ends_with(b"$12\r\nthat was all\r\n") {
            let mut more = [0; 65_536];
            let read = std::io::Read::read(&mut client.0, &mut more).unwrap();
            assert!(read > 0);
            reply.extend_from_slice(&more[..read]);
        }
        let reply = String::from_utf8(reply).unwrap();
        assert!(reply.contains("\r\nflushdb\r\n") && reply.contains("\r\nconfig|get\r\n"));
        for gone in ["flushall", "config|set", "client", "client|id"] {
            assert!(!reply.contains(&format!("\r\n{gone}\r\n")), "{question:?} tells of {gone}");
        }
    }
    stage.is_well();
}

#[test]
fn a_command_that_does_not_exist_cannot_be_disabled() {
    let config = Config {
        port: 0,
        disable_commands: vec!["get".into(), "flushal".into()],
        ..Config::default()
    };
    let error = Server::bind(config).unwrap_err().to_string();
    assert_eq!(error, "cannot disable the command 'flushal': there is none of that name");
}

#[test]
fn more_clients_than_the_system_allows_cannot_be_asked_for() {
    let mut stage = Stage::new();
    let reply = "-ERR CONFIG SET failed (possibly related to argument 'maxclients') - The operating system is not able to handle \
                 the specified number of clients, try with ";
    let operator = stage.operator();
    operator.ask(&["CONFIG", "SET", "maxclients", "4294967295"], reply);
    // The number depends on the machine.
    let mut number = Vec::new();
    while !number.ends_with(b"\r\n") {
        let mut byte = [0];
        std::io::Read::read_exact(&mut operator.0, &mut byte).unwrap();
        number.push(byte[0]);
    }
    let number: u32 = String::from_utf8(number).unwrap().trim().parse().unwrap();
    assert!(number > 0);
    operator.ask(&["CONFIG", "SET", "maxclients", &number.to_string()], "+OK\r\n");
    stage.is_well();
}

#[test]
fn nobody_may_hold_up_others_with_debug_unless_that_is_allowed() {
    let denied = "-ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you can run it from \
                  a local connection, otherwise you need to set this option in the configuration file, and then restart the server.\r\n";
    let mut stage = Stage::new();
    let mut client = stage.client();
    client.ask(&["DEBUG", "SLEEP", "1000000"], denied);
    client.ask(&["DEBUG", "HELP"], denied);
    client.ask(&["DEBUG"], "-ERR wrong number of arguments for 'debug' command\r\n");
    client.ask(
        &["CONFIG", "GET", "enable-debug-command"],
        "*2\r\n$20\r\nenable-debug-command\r\n$2\r\nno\r\n",
    );
    let fixed = "-ERR CONFIG SET failed (possibly related to argument 'enable-debug-command') - can't set immutable config\r\n";
    client.ask(&["CONFIG", "SET", "enable-debug-command", "yes"], fixed);
    stage.is_well();
}

#[test]
fn a_client_told_to_sleep_holds_up_its_own_thread_only() {
    let config = Config { enable_debug_command: DebugAccess::Local, ..Config::default() };
    let mut stage = Stage::with(config);
    // Connections take turns on the two threads: the operator's is the first, this the second.
    let mut sleeper = stage.client();
    sleeper.ask(&["CONFIG", "SET", "timeout", "0"], "+OK\r\n");
    sleeper.send(b"DEBUG SLEEP 1000000\r\n");
    for _ in 0..100 {
        stage.operator().ping();
    }
    stage.operator().ask(&["CLIENT", "KILL", "ID", "2"], ":1\r\n");
    sleeper.expect_gone();
    stage.is_well();
}

#[test]
fn a_limit_on_strings_beyond_all_memory_does_not_end_the_server() {
    let mut stage = Stage::new();
    let most = i64::MAX.to_string();
    stage.operator().ask(&["CONFIG", "SET", "proto-max-bulk-len", &most], "+OK\r\n");
    let mut client = stage.client();
    let too_long = "-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n";
    for offset in
        ["4294967295", "1099511627776", "4611686018427387904", "9223372036854775806", &most]
    {
        client.ask(&["SETRANGE", "k", offset, "x"], too_long);
    }
    client.ask(&["EXISTS", "k"], ":0\r\n");
    stage.client().send(format!("*2\r\n$4\r\nECHO\r\n${most}\r\nx"));
    stage.is_well();
}
