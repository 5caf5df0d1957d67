//! The naive parser: from the first byte, each time, and into memory as large as the client says. It is what
//! `examples/before.rs` serves with.

// ANCHOR: naive
/// The arguments of the request at the start of `input`, and its length; `None` if it is not all there.
pub fn parse(input: &[u8]) -> Option<(Vec<Vec<u8>>, usize)> {
    let (count, mut at) = number(input, 0)?;
    let mut args = Vec::with_capacity(count);
    for _ in 0..count {
        let (len, start) = number(input, at)?;
        args.push(input.get(start..start + len)?.to_vec());
        at = start + len + 2;
    }
    (at <= input.len()).then_some((args, at))
}
// ANCHOR_END: naive

/// The number in the line at `at`, after its first byte, and where the next line starts.
fn number(input: &[u8], at: usize) -> Option<(usize, usize)> {
    let line = input.get(at..)?;
    let end = line.iter().position(|byte| *byte == b'\n')?;
    let digits = str::from_utf8(line.get(1..end)?).ok()?;
    Some((digits.trim().parse().ok()?, at + end + 1))
}
