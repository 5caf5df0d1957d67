//! The connections of one thread, served in rounds: those that have something to do are all read from, then what they sent
//! is run, then they are all written to.
//!
//! So the processor does the same thing many times over instead of everything in turn for each client: its caches hold the
//! code and the data that the next client needs too, and the clients, woken one after the other, find the thread at work
//! instead of in their way.
//!
//! ```text
//!  tokio ──wakes──► bell of a connection ──► ready: 3, 17, 4 ──► round:  receive 3, 17, 4 │ run 3, 17, 4 │ send 3, 17, 4
//! ```
//!
//! Knows whose turn it is. What a turn consists of, the `driver` knows.

use std::io;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use atomic_waker::AtomicWaker;
use parking_lot::Mutex;
use slab::Slab;

use super::driver::{Driver, KEPT, Step};
use super::pipeline::Pipeline;
use super::socket::Stream;
use crate::clients::Client;
use crate::commands::shared::Shared;

/// Bytes that the connections of a round read together, before they are run.
const INPUT: usize = 128 << 10;

/// The least room that a connection is given to read into.
const ROOM: usize = 64 << 10;

/// Bytes of replies that are gathered before they are written.
const OUTPUT: usize = 64 << 10;

/// Time after which those that have been run are answered, though others of the round have not.
const LONG: Duration = Duration::from_micros(500);

/// The connections of one thread.
#[derive(Debug)]
pub(crate) struct Connections<S> {
    shared: Arc<Shared>,
    /// The thread's number.
    worker: usize,
    /// Boxed, so that nothing long is moved when there is one more.
    connections: Slab<Box<Connection<S>>>,
    ready: Arc<Ready>,
    /// Those that go on in the next round without being woken.
    again: Vec<usize>,
    /// What the connections of this round have received, up to `filled`. All use it in turn, so that an idle one holds none.
    input: Box<[u8]>,
    filled: usize,
    received: Vec<(usize, Range<usize>)>,
    /// The replies that this round has not written yet.
    output: Vec<u8>,
    replies: Vec<(usize, Range<usize>)>,
}

#[derive(Debug)]
struct Connection<S> {
    driver: Driver<S>,
    bell: Arc<Bell>,
    /// Rings the bell.
    waker: Waker,
    /// It waits to be run in this round.
    has_received: bool,
}

/// The connections that were woken since the last round.
#[derive(Debug, Default)]
struct Ready {
    list: Mutex<Vec<usize>>,
    task: AtomicWaker,
}

/// Puts one connection on the list.
#[derive(Debug)]
struct Bell {
    index: usize,
    /// It is to have its turn already.
    rung: AtomicBool,
    ready: Arc<Ready>,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.rung.swap(true, Ordering::AcqRel) {
            self.ready.list.lock().push(self.index);
            self.ready.task.wake();
        }
    }
}

impl<S: Stream> Connections<S> {
    /// None yet, for the thread of that number.
    pub(crate) fn new(shared: Arc<Shared>, worker: usize) -> Connections<S> {
        Connections {
            shared,
            worker,
            connections: Slab::new(),
            ready: Arc::default(),
            again: Vec::new(),
            input: vec![0; INPUT].into_boxed_slice(),
            filled: 0,
            received: Vec::new(),
            output: Vec::new(),
            replies: Vec::new(),
        }
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.connections.is_empty()
    }

    /// Takes over a registered client, until it leaves, is told to, or the server stops.
    pub(crate) fn add(&mut self, stream: S, client: Arc<Client>) {
        tracing::debug!(client = %client.address, "connected");
        let entry = self.connections.vacant_entry();
        let (index, ready) = (entry.key(), Arc::clone(&self.ready));
        let bell = Arc::new(Bell { index, rung: AtomicBool::new(true), ready });
        let pipeline = Pipeline::new(Arc::clone(&self.shared), self.worker, client);
        let driver = Driver::new(stream, pipeline);
        let waker = Waker::from(Arc::clone(&bell));
        entry.insert(Box::new(Connection { driver, bell, waker, has_received: false }));
        self.again.push(index);
    }

    /// Serves a round of those that have something to do. Wakes the task of `cx` for the next.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) {
        // Before the list is looked at, so that nobody who comes meanwhile is missed.
        self.ready.task.register(cx.waker());
        let mut round = std::mem::take(&mut self.again);
        round.append(&mut self.ready.list.lock());
        for index in round.drain(..) {
            if !self.has_room() {
                self.run_and_send();
            }
            self.receive(index);
        }
        self.run_and_send();
        round.append(&mut self.again);
        self.again = round;
        if !self.again.is_empty() || !self.received.is_empty() {
            yield_turn(cx);
        }
    }

    fn has_room(&self) -> bool {
        self.input.len() - self.filled >= ROOM
    }

    /// Begins a connection's turn, unless it has begun one already.
    fn receive(&mut self, index: usize) {
        let has_room = self.has_room();
        let Some(connection) = self.connections.get_mut(index) else { return };
        connection.bell.rung.store(false, Ordering::Release);
        if !has_room {
            return self.put_off(index);
        }
        let Some(input) = self.input.get_mut(self.filled..).filter(|_| !connection.has_received)
        else {
            return;
        };
        match connection.guarded(|driver, cx| driver.receive(cx, input)) {
            Some(Step::Wait) => {}
            Some(Step::Yield) => self.put_off(index),
            Some(Step::Run(count)) => {
                connection.has_received = true;
                self.received.push((index, self.filled..self.filled + count));
                self.filled += count;
            }
            Some(Step::End(end)) => self.remove(index, end),
            None => self.remove(index, Ok(())),
        }
    }

    /// Gives a connection its turn in the next round.
    fn put_off(&mut self, index: usize) {
        let Some(connection) = self.connections.get(index) else { return };
        if !connection.bell.rung.swap(true, Ordering::AcqRel) {
            self.again.push(index);
        }
    }

    /// Ends the turns of those that have received something.
    fn run_and_send(&mut self) {
        let mut round = std::mem::take(&mut self.received);
        let mut spent = Duration::ZERO;
        for (index, input) in &round {
            spent += self.run(*index, input.clone());
            if self.output.len() >= OUTPUT || spent >= LONG {
                self.send();
                spent = Duration::ZERO;
            }
        }
        self.send();
        self.filled = 0;
        for (index, _) in round.drain(..) {
            match self.connections.get(index) {
                Some(connection) if connection.driver.yields() => self.put_off(index),
                Some(_) => self.receive(index),
                None => {}
            }
        }
        round.append(&mut self.received);
        self.received = round;
    }

    /// Runs what a connection has received; returns how long that took.
    fn run(&mut self, index: usize, input: Range<usize>) -> Duration {
        let Some(connection) = self.connections.get_mut(index) else { return Duration::ZERO };
        connection.has_received = false;
        let (start, output) = (self.output.len(), &mut self.output);
        let input = self.input.get(input).unwrap_or_default();
        let Some(spent) = connection.guarded(|driver, _| driver.run(input, output)) else {
            // What a handler that panicked wrote is nobody's.
            output.truncate(start);
            self.remove(index, Ok(()));
            return Duration::ZERO;
        };
        if output.len() - start <= KEPT {
            self.replies.push((index, start..output.len()));
        } else {
            self.hand_over(index, start);
        }
        spent
    }

    /// Leaves the buffer to the connection whose huge replies begin at `start`: they are not copied to another.
    fn hand_over(&mut self, index: usize, start: usize) {
        self.write_replies();
        let mut replies = std::mem::take(&mut self.output);
        replies.drain(..start);
        if let Some(connection) = self.connections.get_mut(index) {
            connection.driver.keep(replies);
        }
    }

    /// Writes the replies that have been gathered, and forgets them.
    fn send(&mut self) {
        self.write_replies();
        self.output.clear();
        self.output.shrink_to(KEPT);
    }

    fn write_replies(&mut self) {
        let mut replies = std::mem::take(&mut self.replies);
        for (index, replies) in replies.drain(..) {
            let Some(connection) = self.connections.get_mut(index) else { continue };
            let replies = self.output.get(replies).unwrap_or_default();
            if connection.guarded(|driver, cx| driver.send(cx, replies)).is_none() {
                self.remove(index, Ok(()));
            }
        }
        self.replies = replies;
    }

    fn remove(&mut self, index: usize, end: io::Result<()>) {
        let Some(connection) = self.connections.try_remove(index) else { return };
        let client = &connection.driver.pipeline.client().address;
        match end {
            Ok(()) => tracing::debug!(%client, "gone"),
            Err(error) => tracing::debug!(%client, %error, "connection failed"),
        }
    }
}

impl<S: Stream> Connection<S> {
    /// Does a part of its turn. A handler that panics, which is a mistake of ours, ends this connection and no other.
    fn guarded<R>(
        &mut self,
        work: impl FnOnce(&mut Driver<S>, &mut Context<'_>) -> R,
    ) -> Option<R> {
        let Connection { driver, waker, .. } = self;
        // Nothing of a connection that panicked is used again, and what is shared is behind locks that handlers leave whole.
        catch_unwind(AssertUnwindSafe(|| work(driver, &mut Context::from_waker(waker)))).ok()
    }
}

/// Lets others go on first, also those whose sockets have become ready meanwhile. A task that merely woke itself would be
/// run again and again before tokio looks at the sockets.
fn yield_turn(cx: &mut Context<'_>) {
    let yielded = std::pin::pin!(tokio::task::yield_now()).poll(cx);
    debug_assert!(yielded.is_pending(), "to yield takes a turn");
}

#[cfg(test)]
mod tests;
