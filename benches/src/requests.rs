//! Requests, keys and values as a typical client sends them. Knows nothing of replies.

/// A value of 32 bytes.
pub const VALUE: &[u8; 32] = b"0123456789abcdef0123456789abcdef";

/// The key of that number, of 16 bytes.
pub fn key(number: usize) -> String {
    format!("key:{number:012}")
}

/// Appends a request of these words.
pub fn append(words: &[&[u8]], out: &mut Vec<u8>) {
    out.extend_from_slice(format!("*{}\r\n", words.len()).as_bytes());
    for word in words {
        out.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
        out.extend_from_slice(word);
        out.extend_from_slice(b"\r\n");
    }
}

/// A request of these words.
pub fn request(words: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::new();
    append(words, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_an_array_of_bulk_strings() {
        assert_eq!(request(&[b"GET", b"k"]), b"*2\r\n$3\r\nGET\r\n$1\r\nk\r\n");
    }

    #[test]
    fn keys_have_16_bytes() {
        assert_eq!([key(0).len(), key(999_999_999_999).len()], [16, 16]);
    }
}
