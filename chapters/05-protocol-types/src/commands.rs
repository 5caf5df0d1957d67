//! PING, ECHO, and errors for the rest. Knows arguments and replies, not how either looks on the wire.

use crate::protocol::{ErrorReply, Reply};

// ANCHOR: answer
/// Answers a request, whose first argument is the command's name.
pub fn answer<T: AsRef<[u8]>>(request: &[T], reply: &mut Reply<'_>) {
    if let Err(error) = run(request, reply) {
        reply.error(&error);
    }
}

fn run<T: AsRef<[u8]>>(request: &[T], reply: &mut Reply<'_>) -> Result<(), ErrorReply> {
    let Some((name, args)) = request.split_first() else { return Ok(()) };
    match (name.as_ref().to_ascii_lowercase().as_slice(), args) {
        (b"ping", []) => reply.simple("PONG"),
        (b"ping" | b"echo", [text]) => reply.bulk(text.as_ref()),
        (b"ping", _) => return Err(ErrorReply::Arity("ping".into())),
        (b"echo", _) => return Err(ErrorReply::Arity("echo".into())),
        _ => return Err(ErrorReply::unknown_command(request)),
    }
    Ok(())
}
// ANCHOR_END: answer
