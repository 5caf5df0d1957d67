//! Read, parse all, run all, write once.
