//! Every transcript of the chapter over a real socket: each reply must be that of the finished server, which is Redis's.

#![allow(clippy::unwrap_used, reason = "in a test, an error is a failure")]

use std::sync::Arc;

use chapter_07::service::Service;
use chapter_07::store::{MutexStore, RwLockStore, ShardedStore, Store};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use transcripts::Error;
use transcripts::check::check_chapter;
use transcripts::tcp::{Fresh, Remote};

#[test]
fn all_transcripts_of_the_chapter_pass_with_every_store() {
    let stores: [fn() -> Box<dyn Store>; 3] = [
        || Box::new(MutexStore::default()),
        || Box::new(RwLockStore::default()),
        || Box::new(ShardedStore::default()),
    ];
    for store in stores {
        let report = check_chapter(7, &mut Fresh::new(move || start(store()))).unwrap();
        assert!(report.passed(), "{report}");
    }
}

/// A server of its own for each transcript. Dropping the runtime ends it.
fn start(store: Box<dyn Store>) -> Result<(Remote, Runtime), Error> {
    let service = Arc::new(Service::new(store));
    let runtime = Runtime::new()?;
    let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
    let address = listener.local_addr()?;
    runtime.spawn(chapter_06::serve(listener, move |request, reply| service.run(request, reply)));
    Ok((Remote::with_clock(address, |_| {}), runtime))
}
