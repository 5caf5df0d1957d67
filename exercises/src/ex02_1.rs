//! 02.1 The task that keeps its thread (easy, about 10 minutes)
//!
//! `job` takes long and blocks its thread while it does: it computes, or reads a slow disk, or calls a library that
//! knows nothing of async. Run like this it stops every other task of that thread, as in the chapter's last row of
//! numbers.
//!
//! Give it a thread where nobody else is waiting, and wait for its result without keeping this one. The
//! chapter names the function at the end of "The number"; <https://docs.rs/tokio> says more, under "CPU-bound tasks and
//! blocking code".
//! Delete the `todo!` when you begin.

use tokio::task::JoinError;

/// Runs a job that blocks, and gives its result; an error if the job panicked.
pub async fn run_job<F>(job: F) -> Result<u64, JoinError>
where
    F: FnOnce() -> u64 + Send + 'static,
{
    todo!("give the job another thread");

    Ok(job())
}
