//! Asks all at once, and takes the answers as they come.

use std::future::Future;

use tokio::task::JoinSet;

/// The answers to all questions, in the order of the questions.
pub async fn ask_all<F>(questions: Vec<F>) -> Vec<String>
where
    F: Future<Output = String> + Send + 'static,
{
    let mut tasks: JoinSet<String> = questions.into_iter().collect();
    let mut answers = Vec::new();
    while let Some(answer) = tasks.join_next().await {
        answers.push(answer.unwrap_or_default());
    }
    answers
}
