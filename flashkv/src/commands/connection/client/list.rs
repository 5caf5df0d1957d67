//! CLIENT LIST and CLIENT INFO: one line of `name=value` for each connection.
//!
//! Knows a connection only by what its registry entry shows; figures of others are those of their last batch.

use std::fmt::{Display, Write};
use std::sync::atomic::Ordering;

use super::ClientType;
use crate::clients::Client;
use crate::commands::call::{Outcome, ServerCall, is};
use crate::commands::table::table;
use crate::number::parse_i64;
use crate::protocol::ErrorReply;
use crate::storage::Millis;

/// Which clients are asked for.
enum Wanted {
    All,
    Of(ClientType),
    Ids(Vec<i64>),
}

pub(super) fn client_info(call: &mut ServerCall<'_>) -> Outcome {
    call.session.client.last_active.store(call.now, Ordering::Relaxed);
    let mut text = String::new();
    Lines::new(call.now).push(&call.session.client, &mut text);
    call.reply.verbatim("txt", text.as_bytes());
    Ok(())
}

pub(super) fn client_list(call: &mut ServerCall<'_>) -> Outcome {
    let wanted = wanted(call)?;
    call.session.client.last_active.store(call.now, Ordering::Relaxed);
    let clients = &call.shared.clients;
    let found = match wanted {
        Wanted::All | Wanted::Of(ClientType::Normal) => clients.all(),
        Wanted::Of(ClientType::Master | ClientType::Replica | ClientType::Pubsub) => Vec::new(),
        Wanted::Ids(ids) => {
            let known = ids.into_iter().filter_map(|id| u64::try_from(id).ok());
            known.filter_map(|id| clients.by_id(id)).collect()
        }
    };
    let lines = Lines::new(call.now);
    let mut text = String::new();
    found.iter().for_each(|client| lines.push(client, &mut text));
    call.reply.verbatim("txt", text.as_bytes());
    Ok(())
}

fn wanted(call: &ServerCall<'_>) -> Result<Wanted, ErrorReply> {
    match (call.args.get(2), call.args.len()) {
        (None, _) => Ok(Wanted::All),
        (Some(option), 4) if is(option, "TYPE") => {
            Ok(Wanted::Of(ClientType::parse(call.args.at(3))?))
        }
        (Some(option), 4..) if is(option, "ID") => {
            let ids = call.args.from(3).map(parse_i64);
            Ok(Wanted::Ids(ids.collect::<Option<_>>().ok_or(ErrorReply::InvalidClientId)?))
        }
        _ => Err(ErrorReply::Syntax),
    }
}

/// Writes lines, all as of one moment.
struct Lines {
    now: Millis,
    /// Full names of the commands, by their number.
    commands: Vec<&'static str>,
}

impl Lines {
    fn new(now: Millis) -> Lines {
        let mut commands = vec![""; table().count()];
        for entry in table().all() {
            if let Some(name) = commands.get_mut(entry.id) {
                *name = &entry.full_name;
            }
        }
        Lines { now, commands }
    }

    /// The fields of Redis 7.0 in its order, then those that 7.2 added for CLIENT SETINFO.
    ///
    /// Fields about what does not exist here are what they are in Redis for a client that does not use it. An idle
    /// connection holds no buffers, so the room in them (`qbuf-free`, `rbs`, `rbp`) is 0.
    fn push(&self, client: &Client, out: &mut String) {
        let labels = client.labels();
        let seconds_since = |at: Millis| self.now.saturating_sub(at) / 1000;
        let query = client.query_buffer.load(Ordering::Relaxed);
        let output = client.output.load(Ordering::Relaxed);
        let names = labels.name.len() + labels.library.len() + labels.library_version.len();
        let addresses = client.address.len() + client.local_address.len();
        let memory = size_of::<Client>() + names + addresses + query + output;
        let command = client.last_command().and_then(|id| self.commands.get(id).copied());
        let fields: [(&str, &dyn Display); 30] = [
            ("id", &client.id),
            ("addr", &client.address),
            ("laddr", &client.local_address),
            ("fd", &client.descriptor),
            ("name", &String::from_utf8_lossy(&labels.name)),
            ("age", &seconds_since(client.connected_at)),
            ("idle", &seconds_since(client.last_active.load(Ordering::Relaxed))),
            ("flags", &flags(client)),
            ("db", &client.database.load(Ordering::Relaxed)),
            ("sub", &0),
            ("psub", &0),
            ("ssub", &0),
            ("multi", &-1),
            ("qbuf", &query),
            ("qbuf-free", &0),
            ("argv-mem", &0),
            ("multi-mem", &0),
            ("rbs", &0),
            ("rbp", &0),
            ("obl", &0),
            ("oll", &u8::from(output > 0)),
            ("omem", &output),
            ("tot-mem", &memory),
            ("events", if output > 0 { &"rw" } else { &"r" }),
            ("cmd", &command.unwrap_or("NULL")),
            ("user", &"default"),
            ("redir", &-1),
            ("resp", &client.resp.load(Ordering::Relaxed)),
            ("lib-name", &String::from_utf8_lossy(&labels.library)),
            ("lib-ver", &String::from_utf8_lossy(&labels.library_version)),
        ];
        for (index, (name, value)) in fields.iter().enumerate() {
            let space = if index > 0 { " " } else { "" };
            write!(out, "{space}{name}={value}").expect("a string takes everything");
        }
        out.push('\n');
    }
}

/// A letter for each thing that is special about a client, in Redis's order.
fn flags(client: &Client) -> String {
    let letters = [
        ('U', client.is_unix),
        ('e', client.no_evict.load(Ordering::Relaxed)),
        ('T', client.no_touch.load(Ordering::Relaxed)),
    ];
    let set: String = letters.iter().filter(|(_, is)| *is).map(|(letter, _)| letter).collect();
    if set.is_empty() { "N".into() } else { set }
}
