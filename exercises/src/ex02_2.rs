//! 02.2 Ask them all at once (medium, about 20 minutes)
//!
//! A client asks several servers the same thing. Each question is a future that ends with the server's answer, some
//! sooner, some later. Write the function that asks them all at once, so that it takes as long as the slowest and not as
//! long as all together.
//!
//! The answers come back in the order of the questions, whichever came first. A question that panics is not checked:
//! do with its error what you like.

use std::future::Future;

/// The answers to all questions, in the order of the questions.
pub async fn ask_all<F>(questions: Vec<F>) -> Vec<String>
where
    F: Future<Output = String> + Send + 'static,
{
    todo!()
}
