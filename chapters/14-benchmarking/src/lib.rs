//! A load generator, and the ladder.
