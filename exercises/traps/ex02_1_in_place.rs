//! Blocks in place, which only a runtime of several threads can bear.

use tokio::task::JoinError;

/// Runs a job that blocks, and gives its result; an error if the job panicked.
pub async fn run_job<F>(job: F) -> Result<u64, JoinError>
where
    F: FnOnce() -> u64 + Send + 'static,
{
    Ok(tokio::task::block_in_place(job))
}
