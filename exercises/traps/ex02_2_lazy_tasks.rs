//! `map` does nothing until somebody asks it for a next one, so each task is made only when it is waited for.

use std::future::Future;

/// The answers to all questions, in the order of the questions.
pub async fn ask_all<F>(questions: Vec<F>) -> Vec<String>
where
    F: Future<Output = String> + Send + 'static,
{
    let tasks = questions.into_iter().map(tokio::spawn);
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap_or_default());
    }
    answers
}
