//! What a future is, without any runtime: a value that does nothing until somebody polls it.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

// ANCHOR: future
/// Is not ready when it is asked for the first time, and ready at the second.
struct NotYet {
    asked: bool,
}

impl Future for NotYet {
    type Output = &'static str;

    fn poll(mut self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<&'static str> {
        if self.asked {
            return Poll::Ready("the bytes that came");
        }
        self.asked = true;
        Poll::Pending
    }
}

async fn client() -> usize {
    println!("  client: reading");
    let bytes = NotYet { asked: false }.await;
    println!("  client: got {bytes}");
    bytes.len()
}

fn main() {
    let mut future = pin!(client());
    println!("made, and nothing has happened");
    // A waker is how a future says "ask me again". This one does nothing: we ask again anyway.
    let mut context = Context::from_waker(Waker::noop());
    println!("first poll: {:?}", future.as_mut().poll(&mut context));
    println!("here the thread is free for something else");
    println!("second poll: {:?}", future.as_mut().poll(&mut context));
}
// ANCHOR_END: future
