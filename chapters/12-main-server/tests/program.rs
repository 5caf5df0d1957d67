//! The program itself: its options, its environment, its signals.
#![allow(clippy::unwrap_used, reason = "in a test, an error is a failure")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chapter-12"));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn it_is_set_up_by_the_environment_and_stopped_by_signals() {
    for signal in ["-INT", "-TERM"] {
        let mut server =
            program().env("FLASHKV_PORT", "0").env("FLASHKV_MAXCLIENTS", "1").spawn().unwrap();
        let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
        let listening = lines.next().unwrap().unwrap();
        let address = listening.strip_prefix("listening on ").unwrap();
        let mut client = TcpStream::connect(address).unwrap();
        client.write_all(b"PING\r\n").unwrap();
        let mut reply = [0; 7];
        client.read_exact(&mut reply).unwrap();
        assert_eq!(&reply, b"+PONG\r\n");
        let mut refused = String::new();
        TcpStream::connect(address).unwrap().read_to_string(&mut refused).unwrap();
        assert_eq!(refused, "-ERR max number of clients reached\r\n");
        let pid = server.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        assert_eq!(client.read(&mut reply).unwrap(), 0, "the server says that nothing more comes");
        drop(client);
        assert!(server.wait().unwrap().success());
        let last: Vec<String> = lines.map(Result::unwrap).collect();
        assert_eq!(last, ["stopping", "stopped; connections cut off: 0"]);
    }
}

#[test]
fn what_cannot_be_is_refused_in_words() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = program().args(["--port", &port]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.starts_with(&format!("chapter-12: cannot listen on 127.0.0.1:{port}: ")));
    assert_eq!(error.lines().count(), 1);
    let output = program().args(["--maxclients", "0"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}
