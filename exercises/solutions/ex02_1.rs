//! 02.1, solved: tokio keeps threads for what blocks, and a handle to wait for it without blocking.

use tokio::task::JoinError;

/// Runs a job that blocks, and gives its result; an error if the job panicked.
pub async fn run_job<F>(job: F) -> Result<u64, JoinError>
where
    F: FnOnce() -> u64 + Send + 'static,
{
    tokio::task::spawn_blocking(job).await
}
