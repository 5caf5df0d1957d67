//! CLIENT KILL: ends the connections that match a filter.
//!
//! Only says which are to end; each ends itself, when whoever runs it sees that it was told to.

use super::ClientType;
use crate::clients::Client;
use crate::commands::call::{Outcome, ServerCall, is};
use crate::number::parse_i64;
use crate::protocol::error::Text;
use crate::protocol::{Args, ErrorReply};

/// Whether the client that asks may be among those that end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Oneself {
    Spared,
    Included,
}

/// What a connection must be like to be ended. What is not given does not matter.
#[derive(Debug)]
struct Filter<'a> {
    id: Option<u64>,
    kind: Option<ClientType>,
    address: Option<&'a [u8]>,
    local_address: Option<&'a [u8]>,
    oneself: Oneself,
}

pub(super) fn client_kill(call: &mut ServerCall<'_>) -> Outcome {
    // The old form names an address, and fails if nobody is there; the new one counts.
    if call.args.len() == 3 {
        let filter =
            Filter { address: call.args.get(2), oneself: Oneself::Included, ..Filter::everyone() };
        if kill(call, &filter) == 0 {
            return Err(ErrorReply::NoSuchClient);
        }
        call.reply.ok();
    } else {
        let filter = Filter::parse(&call.args)?;
        let killed = kill(call, &filter);
        call.reply.count(killed);
    }
    Ok(())
}

fn kill(call: &mut ServerCall<'_>, filter: &Filter<'_>) -> usize {
    let mut killed = 0;
    for client in call.shared.clients.all() {
        let own = client.id == call.session.client.id;
        if !filter.matches(&client) || (own && filter.oneself == Oneself::Spared) {
            continue;
        }
        if own {
            // The answer still goes out.
            call.session.closing = true;
        } else {
            client.kill();
        }
        killed += 1;
    }
    killed
}

impl<'a> Filter<'a> {
    fn everyone() -> Filter<'a> {
        Filter {
            id: None,
            kind: None,
            address: None,
            local_address: None,
            oneself: Oneself::Spared,
        }
    }

    fn parse(args: &Args<'a>) -> Result<Filter<'a>, ErrorReply> {
        let mut filter = Filter::everyone();
        let mut rest = args.from(2);
        while let Some(option) = rest.next() {
            let value = rest.next().ok_or(ErrorReply::Syntax)?;
            match option {
                _ if is(option, "ID") => {
                    let id = parse_i64(value).and_then(|id| u64::try_from(id).ok());
                    let id = id.filter(|id| *id > 0);
                    filter.id = Some(id.ok_or(ErrorReply::NotAboveZero("client-id"))?);
                }
                _ if is(option, "TYPE") => filter.kind = Some(ClientType::parse(value)?),
                _ if is(option, "ADDR") => filter.address = Some(value),
                _ if is(option, "LADDR") => filter.local_address = Some(value),
                // Everybody is that user.
                _ if is(option, "USER") && value == b"default" => {}
                _ if is(option, "USER") => {
                    return Err(ErrorReply::NoSuchUser(Text::until_nul(value)));
                }
                _ if is(option, "SKIPME") && is(value, "YES") => filter.oneself = Oneself::Spared,
                _ if is(option, "SKIPME") && is(value, "NO") => filter.oneself = Oneself::Included,
                _ => return Err(ErrorReply::Syntax),
            }
        }
        Ok(filter)
    }

    fn matches(&self, client: &Client) -> bool {
        self.id.is_none_or(|id| id == client.id)
            && self.kind.is_none_or(|kind| kind == ClientType::Normal)
            && self.address.is_none_or(|address| address == client.address.as_bytes())
            && self.local_address.is_none_or(|address| address == client.local_address.as_bytes())
    }
}
