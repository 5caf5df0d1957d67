//! Makes a task of the job: another task, but on the same threads as all of them.

use tokio::task::JoinError;

/// Runs a job that blocks, and gives its result; an error if the job panicked.
pub async fn run_job<F>(job: F) -> Result<u64, JoinError>
where
    F: FnOnce() -> u64 + Send + 'static,
{
    tokio::spawn(async move { job() }).await
}
