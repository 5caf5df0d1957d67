//! Framing a byte stream into lines.
