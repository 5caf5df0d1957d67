//! What the command line says.

use criterion::Criterion;

/// `criterion` as the command line wants it. A quick run draws nothing: the plots would take most of its time.
pub(crate) fn configured(criterion: Criterion) -> Criterion {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let criterion = if quick { criterion.without_plots() } else { criterion };
    criterion.configure_from_args()
}
