//! Comparing short byte strings, as keys and names are.
//!
//! `==` on slices calls the C library for every length; for a few bytes, the call is most of the work.

/// Whether two byte strings are equal. Of 8 to 16 bytes, as most keys are, they are compared as two numbers each, which may
/// overlap.
#[inline(always)]
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    match (ends(a), ends(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

/// The first and the last eight of 8 to 16 bytes.
#[inline(always)]
fn ends(bytes: &[u8]) -> Option<(u64, u64)> {
    let (first, last) = (bytes.first_chunk()?, bytes.last_chunk()?);
    (bytes.len() <= 16).then(|| (u64::from_le_bytes(*first), u64::from_le_bytes(*last)))
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn byte_strings_of_every_short_length_differ_in_every_byte() {
        let bytes: Vec<u8> = (0..40).collect();
        for len in 0..bytes.len() {
            let whole = &bytes[..len];
            assert!(same(whole, whole));
            assert!(!same(whole, &bytes[..len + 1]) && !same(&bytes[..len + 1], whole));
            for at in 0..len {
                let mut other = whole.to_vec();
                other[at] ^= 0x80;
                assert!(!same(whole, &other), "byte {at} of {len}");
            }
        }
    }
}
