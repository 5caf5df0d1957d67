//! The decoder of values: bytes mean the same values, or the same error, however they are cut; and what was decoded
//! survives encoding.
//!
//! Input: a byte of options, the number of cuts, so many lengths of pieces (used in turn), and then the stream.

#![no_main]

use flashkv::protocol::decode::{DecodeError, Decoder, Limits};
use flashkv::protocol::{RespValue, Version};
use libfuzzer_sys::fuzz_target;

/// What a stream came to. Values are compared as the RESP3 they encode to, since a NaN equals nothing.
#[derive(Debug, Default, PartialEq)]
struct Outcome {
    values: Vec<Vec<u8>>,
    taken: Vec<usize>,
    error: Option<DecodeError>,
}

struct Reader {
    decoder: Decoder,
    pending: Vec<u8>,
    outcome: Outcome,
}

impl Reader {
    fn new(options: u8) -> Reader {
        let limits = match options & 1 {
            0 => Limits::default(),
            _ => Limits { bulk: 12, elements: 4, line: 6, depth: 3 },
        };
        Reader { decoder: Decoder::new(limits), pending: Vec::new(), outcome: Outcome::default() }
    }

    /// Takes in a piece; returns whether more may follow.
    fn feed(&mut self, piece: &[u8]) -> bool {
        self.pending.extend_from_slice(piece);
        loop {
            match self.decoder.decode(&self.pending) {
                Ok(Some((value, taken))) => {
                    assert!(taken > 0 && taken <= self.pending.len(), "takes what is there");
                    self.outcome.values.push(survives(&value));
                    self.outcome.taken.push(taken);
                    self.pending.drain(..taken);
                }
                Ok(None) => return true,
                Err(error) => {
                    self.outcome.error = Some(error);
                    return false;
                }
            }
        }
    }
}

/// Encodes a value in both versions, and makes sure that what is read back encodes alike; returns the RESP3.
fn survives(value: &RespValue) -> Vec<u8> {
    for version in [Version::Resp2, Version::Resp3] {
        let bytes = encoded(value, version);
        let (again, taken) = Decoder::new(Limits::default())
            .decode(&bytes)
            .expect("what we write can be read")
            .expect("what we write is whole");
        assert_eq!(taken, bytes.len(), "one value");
        assert_eq!(encoded(&again, version), bytes);
    }
    encoded(value, Version::Resp3)
}

fn encoded(value: &RespValue, version: Version) -> Vec<u8> {
    let mut bytes = Vec::new();
    value.encode(version, &mut bytes);
    bytes
}

fuzz_target!(|data: &[u8]| {
    let [options, cuts, rest @ ..] = data else { return };
    let Some((cuts, mut stream)) = rest.split_at_checked(usize::from(*cuts)) else { return };

    let mut whole = Reader::new(*options);
    whole.feed(stream);

    let mut cut = Reader::new(*options);
    for length in cuts.iter().chain([&0]).cycle() {
        let (piece, after) = stream.split_at(stream.len().min(usize::from(*length) + 1));
        stream = after;
        if !cut.feed(piece) || stream.is_empty() {
            break;
        }
    }
    assert_eq!(cut.outcome, whole.outcome, "in pieces, and in one");
});
