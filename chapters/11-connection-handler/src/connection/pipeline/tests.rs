//! Batches, without a socket.

use super::*;

/// Replies with each request's name.
fn pipeline(limits: Limits) -> Pipeline<impl FnMut(&Request, &mut Reply<'_>)> {
    Pipeline::new(limits, |request, reply| reply.bulk(request.name()))
}

#[test]
fn all_complete_requests_are_answered_together() {
    let (mut pipeline, mut out) = (pipeline(Limits::default()), Vec::new());
    pipeline.input().extend_from_slice(b"A\r\n*1\r\n$1\r\nB\r\n*1\r\n$1\r\n");
    assert_eq!(pipeline.run(&mut out), Progress::NeedInput);
    assert_eq!(out, b"$1\r\nA\r\n$1\r\nB\r\n");
    pipeline.input().extend_from_slice(b"C\r\n");
    assert_eq!(pipeline.run(&mut out), Progress::NeedInput);
    assert_eq!(out, b"$1\r\nA\r\n$1\r\nB\r\n$1\r\nC\r\n");
}

#[test]
fn a_large_batch_leaves_others_their_turn() {
    let limits = Limits { batch: 2, ..Limits::default() };
    let (mut pipeline, mut out) = (pipeline(limits), Vec::new());
    pipeline.input().extend_from_slice(b"A\nB\nC\n");
    assert_eq!(pipeline.run(&mut out), Progress::More);
    assert_eq!(out, b"$1\r\nA\r\n$1\r\nB\r\n");
    assert_eq!(pipeline.run(&mut out), Progress::NeedInput);
    assert_eq!(out, b"$1\r\nA\r\n$1\r\nB\r\n$1\r\nC\r\n");
}

#[test]
fn nothing_is_run_while_too_many_replies_wait() {
    let limits = Limits { output_pause: 10, ..Limits::default() };
    let (mut pipeline, mut out) = (pipeline(limits), Vec::new());
    pipeline.input().extend_from_slice(b"A\nB\nC\n");
    assert_eq!(pipeline.run(&mut out), Progress::More);
    assert_eq!(out, b"$1\r\nA\r\n$1\r\nB\r\n");
    assert_eq!(pipeline.run(&mut out), Progress::More);
    assert_eq!(out.len(), 14);
}

#[test]
fn what_cannot_be_followed_is_answered_once_and_forgotten() {
    let (mut pipeline, mut out) = (pipeline(Limits::default()), Vec::new());
    pipeline.input().extend_from_slice(b"A\n*1\r\n:1\r\nB\n");
    assert_eq!(pipeline.run(&mut out), Progress::Refuse);
    assert_eq!(out, b"$1\r\nA\r\n-ERR Protocol error: expected '$', got ':'\r\n");
    assert!(pipeline.input().is_empty());
}
