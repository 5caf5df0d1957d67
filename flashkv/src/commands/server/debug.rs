//! DEBUG: what helps in testing a client, or this server.
//!
//! Tells its subcommands apart itself, since in Redis they are no commands of the table. Much of what Redis has here
//! looks into Redis' own insides and is unknown to this server.

use std::time::Duration;

use crate::commands::call::{Outcome, ServerCall, is};
use crate::commands::spec::*;
use crate::config::DebugAccess;
use crate::number::parse_i64;
use crate::protocol::error::Text;
use crate::protocol::value::{Annotated, BigNumber};
use crate::protocol::{ErrorReply, RespValue, Version};
use crate::storage::Encoding;

pub(super) const ROWS: &[Command] = &[Command {
    name: "debug",
    arity: -2,
    flags: Flags::ADMIN.with(Flags::NOSCRIPT).with(Flags::LOADING).with(Flags::STALE),
    group: Group::Server,
    since: "1.0.0",
    summary: "A container for debugging commands",
    complexity: "Depends on subcommand.",
    system: true,
    run: Run::Server(debug),
    ..Command::EMPTY
}];

fn debug(call: &mut ServerCall<'_>) -> Outcome {
    let is_allowed = match call.shared.settings.startup.enable_debug_command {
        DebugAccess::No => false,
        DebugAccess::Local => call.session.client.is_local(),
        DebugAccess::Yes => true,
    };
    if !is_allowed {
        return Err(ErrorReply::DebugNotAllowed);
    }
    let name = call.args.at(1);
    match (call.args.get(2), call.args.len()) {
        (None, 2) if is(name, "HELP") => help(call),
        (Some(seconds), 3) if is(name, "SLEEP") => sleep(call, seconds),
        (Some(key), 3) if is(name, "OBJECT") => object(call, key),
        (Some(on), 3) if is(name, "SET-ACTIVE-EXPIRE") => set_active_expire(call, on),
        (Some(kind), 3) if is(name, "PROTOCOL") => protocol(call, kind),
        (Some(text), 3) if is(name, "ERROR") => Err(ErrorReply::Verbatim(Text(text.to_vec()))),
        _ => {
            let name = Text::cut(name, 128);
            Err(ErrorReply::SubcommandSyntax { name, container: "DEBUG" })
        }
    }
}

/// Holds up the thread that serves this connection, and so all connections of that thread: what is to be seen is how
/// clients fare with a server that is busy. A server that is told to stop does not sleep on.
fn sleep(call: &mut ServerCall<'_>, seconds: &[u8]) -> Outcome {
    const NAP: Duration = Duration::from_millis(50);
    let seconds = std::str::from_utf8(seconds).ok().and_then(|text| text.parse::<f64>().ok());
    // Like Redis, no time at all for what is no time.
    let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let mut left = time.unwrap_or_default();
    while !left.is_zero() && !call.shared.is_stopping() && !call.session.client.is_killed() {
        let nap = left.min(NAP);
        std::thread::sleep(nap);
        left -= nap;
    }
    call.reply.ok();
    Ok(())
}

/// Where and how a value is stored. There is no clock of its uses, so `lru` is 0. The length is what Redis' dump of the
/// value would take, before compression, a list being written element by element.
fn object(call: &mut ServerCall<'_>, key: &[u8]) -> Outcome {
    let mut keys = [call.engine().key(call.session.database, key)];
    let view = call.engine().read(&mut keys, call.now);
    let [key] = &keys;
    let encoding = view.encoding(key).ok_or(ErrorReply::NoSuchKey)?;
    let (address, length) = match view.string(key) {
        Ok(Some(string)) => (string.bytes.as_ptr().addr(), dumped_string(string.bytes, encoding)),
        _ => match view.list(key)? {
            Some(list) => {
                let elements = list.iter().map(|element| dumped_text(element.len()));
                let address = std::ptr::from_ref(list).addr();
                (address, length_prefix(list.len()) + elements.sum::<usize>())
            }
            None => return Err(ErrorReply::NoSuchKey),
        },
    };
    let references = view.reference_count(key).ok_or(ErrorReply::NoSuchKey)?;
    let encoding = encoding.name();
    call.reply.simple(&format!(
        "Value at:{address:#x} refcount:{references} encoding:{encoding} serializedlength:{length} \
         lru:0 lru_seconds_idle:0"
    ));
    Ok(())
}

/// Bytes of a string in a dump: integers up to 32 bits are written as such.
fn dumped_string(bytes: &[u8], encoding: Encoding) -> usize {
    let number = parse_i64(bytes).filter(|_| encoding == Encoding::Int);
    match number {
        Some(number) if i8::try_from(number).is_ok() => 2,
        Some(number) if i16::try_from(number).is_ok() => 3,
        Some(number) if i32::try_from(number).is_ok() => 5,
        _ => dumped_text(bytes.len()),
    }
}

fn dumped_text(len: usize) -> usize {
    length_prefix(len) + len
}

/// Bytes of a length in a dump: 6 bits fit in one byte, 14 in two, 32 in five.
fn length_prefix(len: usize) -> usize {
    match len {
        0..64 => 1,
        64..16_384 => 2,
        _ => 5,
    }
}

/// Any number but 0 switches it on; what is no number switches it off.
fn set_active_expire(call: &mut ServerCall<'_>, on: &[u8]) -> Outcome {
    call.shared.set_active_expiry(parse_i64(on).unwrap_or(0) != 0);
    call.reply.ok();
    Ok(())
}

fn protocol(call: &mut ServerCall<'_>, kind: &[u8]) -> Outcome {
    #[expect(clippy::approx_constant, reason = "the digits are what clients are to see")]
    const DOUBLE: f64 = 3.141;
    let name = kind.to_ascii_lowercase();
    let numbers = || (0..3).map(RespValue::Integer).collect();
    let value = match name.as_slice() {
        b"string" => RespValue::bulk("Hello World"),
        b"integer" => RespValue::Integer(12345),
        b"double" => RespValue::Double(DOUBLE),
        b"null" => RespValue::Null,
        b"array" => RespValue::Array(numbers()),
        b"set" => RespValue::Set(numbers()),
        b"map" => RespValue::Map(
            (0..3).map(|n| (RespValue::Integer(n), RespValue::Boolean(n == 1))).collect(),
        ),
        b"attrib" => RespValue::Attribute(Box::new(Annotated {
            attributes: vec![(
                RespValue::bulk("key-popularity"),
                RespValue::Array(vec![RespValue::bulk("key:123"), RespValue::Integer(90)]),
            )],
            value: RespValue::bulk("Some real reply following the attribute"),
        })),
        b"push" => {
            if call.session.version == Version::Resp2 {
                return Err(ErrorReply::NotInResp2);
            }
            let news = vec![RespValue::bulk("server-cpu-usage"), RespValue::Integer(42)];
            call.reply.value(&RespValue::Push(news));
            RespValue::bulk("Some real reply following the push reply")
        }
        b"verbatim" => {
            RespValue::Verbatim { format: *b"txt", text: b"This is a verbatim\nstring".to_vec() }
        }
        b"true" => RespValue::Boolean(true),
        b"false" => RespValue::Boolean(false),
        b"bignum" => {
            let number = BigNumber::parse(b"1234567999999999999999999999999999999");
            RespValue::BigNumber(number.expect("these are digits"))
        }
        _ => return Err(ErrorReply::ProtocolTypeName),
    };
    call.reply.value(&value);
    Ok(())
}

fn help(call: &mut ServerCall<'_>) -> Outcome {
    call.reply.lines(&[
        "DEBUG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "ERROR <string>",
        "    Return a Redis protocol error with <string> as message. Useful for clients",
        "    unit tests to simulate Redis errors.",
        "OBJECT <key>",
        "    Show low level info about `key` and associated value.",
        "PROTOCOL <type>",
        "    Reply with a test value of the specified type. <type> can be: string,",
        "    integer, double, bignum, null, array, set, map, attrib, push, verbatim,",
        "    true, false.",
        "SET-ACTIVE-EXPIRE <0|1>",
        "    Setting it to 0 disables expiring keys in background when they are not",
        "    accessed. Setting it to 1 reenables back the default.",
        "SLEEP <seconds>",
        "    Stop the thread that serves this connection for <seconds>. Decimals allowed.",
        "HELP",
        "    Prints this help.",
    ]);
    Ok(())
}
