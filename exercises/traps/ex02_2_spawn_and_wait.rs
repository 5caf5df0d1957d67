//! Makes tasks, each one when the one before it has ended.

use std::future::Future;

/// The answers to all questions, in the order of the questions.
pub async fn ask_all<F>(questions: Vec<F>) -> Vec<String>
where
    F: Future<Output = String> + Send + 'static,
{
    let mut answers = Vec::new();
    for question in questions {
        answers.push(tokio::spawn(question).await.unwrap_or_default());
    }
    answers
}
