//! stub
use chapter_05::protocol::Reply;
use chapter_06::protocol::Request;
use chapter_09::Engine;
pub(crate) fn dispatch(_: &Engine, _: &Request, reply: &mut Reply<'_>) {
    reply.ok();
}
