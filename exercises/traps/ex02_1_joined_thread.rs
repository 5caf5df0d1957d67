//! Starts a thread for the job, and keeps this one to wait for it.

use tokio::task::JoinError;

/// Runs a job that blocks, and gives its result; an error if the job panicked.
pub async fn run_job<F>(job: F) -> Result<u64, JoinError>
where
    F: FnOnce() -> u64 + Send + 'static,
{
    match std::thread::spawn(job).join() {
        Ok(result) => Ok(result),
        Err(panicked) => std::panic::resume_unwind(panicked),
    }
}
