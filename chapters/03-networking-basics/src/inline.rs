//! What a line says, and the answer to it: PING and ECHO.
//!
//! Knows nothing of where a line came from. Quotes and escapes, which Redis understands in a line, come in chapter 06.

// ANCHOR: answer
/// Appends the answer to `line` to `reply`; nothing for a blank line, as Redis does.
pub fn answer(line: &[u8], reply: &mut Vec<u8>) {
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let Some(name) = words.next() else { return };
    match (name.to_ascii_lowercase().as_slice(), words.next(), words.next()) {
        (b"ping", None, _) => reply.extend_from_slice(b"+PONG\r\n"),
        (b"ping" | b"echo", Some(text), None) => bulk(text, reply),
        (b"ping", ..) => wrong_number("ping", reply),
        (b"echo", ..) => wrong_number("echo", reply),
        _ => unknown(name, reply),
    }
}
// ANCHOR_END: answer

/// Any bytes: their number first, so that whoever reads need not look for their end.
fn bulk(text: &[u8], reply: &mut Vec<u8>) {
    reply.extend_from_slice(format!("${}\r\n", text.len()).as_bytes());
    reply.extend_from_slice(text);
    reply.extend_from_slice(b"\r\n");
}

fn wrong_number(name: &str, reply: &mut Vec<u8>) {
    let text = format!("-ERR wrong number of arguments for '{name}' command\r\n");
    reply.extend_from_slice(text.as_bytes());
}

/// The name comes from the client: escaped, so that it cannot end the line, and cut, so that it cannot fill it.
fn unknown(name: &[u8], reply: &mut Vec<u8>) {
    let shown = name.get(..64).unwrap_or(name).escape_ascii();
    reply.extend_from_slice(format!("-ERR unknown command '{shown}'\r\n").as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(line: &[u8]) -> String {
        let mut reply = Vec::new();
        answer(line, &mut reply);
        String::from_utf8(reply).unwrap()
    }

    #[test]
    fn ping_and_echo_answer_as_redis_does() {
        assert_eq!(reply(b"PING"), "+PONG\r\n");
        assert_eq!(reply(b"  ping "), "+PONG\r\n");
        assert_eq!(reply(b"PING hello"), "$5\r\nhello\r\n");
        assert_eq!(reply(b"echo hello"), "$5\r\nhello\r\n");
        assert_eq!(reply(b"   "), "");
    }

    #[test]
    fn a_wrong_number_of_words_is_an_error() {
        let expected = "-ERR wrong number of arguments for 'echo' command\r\n";
        assert_eq!(reply(b"ECHO"), expected);
        assert_eq!(reply(b"ECHO a b"), expected);
        assert_eq!(reply(b"PING a b"), "-ERR wrong number of arguments for 'ping' command\r\n");
    }

    #[test]
    fn an_unknown_name_cannot_forge_a_reply() {
        assert_eq!(reply(b"*1"), "-ERR unknown command '*1'\r\n");
        assert_eq!(reply(b"a\x00b"), "-ERR unknown command 'a\\x00b'\r\n");
        assert_eq!(reply(&[b'x'; 1000]).len(), "-ERR unknown command ''\r\n".len() + 64);
    }
}
