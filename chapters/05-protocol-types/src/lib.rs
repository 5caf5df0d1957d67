//! RESP values, and replies written straight into the buffer.
