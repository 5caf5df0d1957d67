//! The answer: one `+PONG` for each line, whatever it says.
//!
//! Knows nothing of sockets, threads or tasks.

// ANCHOR: pong
/// The answers to the lines that end in `bytes`. A line that goes on is answered when its end arrives.
pub fn answer(bytes: &[u8]) -> Vec<u8> {
    let lines = bytes.iter().filter(|&&byte| byte == b'\n').count();
    b"+PONG\r\n".repeat(lines)
}
// ANCHOR_END: pong

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_end_is_answered_once() {
        assert_eq!(answer(b""), b"");
        assert_eq!(answer(b"PI"), b"");
        assert_eq!(answer(b"NG\r\n"), b"+PONG\r\n");
        assert_eq!(answer(b"a\n\nb"), b"+PONG\r\n+PONG\r\n");
    }
}
