//! An incremental, zero-copy request parser.
