//! The request parser: a stream of bytes means the same requests, or the same error, however it is cut.
//!
//! Input: a byte of options, the number of cuts, so many lengths of pieces (used in turn), and then the stream.

#![no_main]

use flashkv::protocol::request::Parsed;
use flashkv::protocol::{Limits, Parser, ProtocolError};
use libfuzzer_sys::fuzz_target;

/// What a stream came to: its requests, how many bytes each took, and the error that ended it.
#[derive(Debug, Default, PartialEq)]
struct Outcome {
    requests: Vec<Vec<Vec<u8>>>,
    taken: Vec<usize>,
    error: Option<ProtocolError>,
}

struct Reader {
    limits: Limits,
    authenticated: bool,
    parser: Parser,
    pending: Vec<u8>,
    outcome: Outcome,
}

impl Reader {
    fn new(options: u8) -> Reader {
        let default = Limits::default();
        // Tight limits lie where short inputs reach them. The query buffer is not tightened: what one piece brings with
        // it may be larger, so that limit alone depends on how a stream is cut.
        let limits = match options & 1 {
            0 => default,
            _ => Limits { bulk: 40, arguments: 6, line: 24, unauthenticated_bulk: 8, ..default },
        };
        let authenticated = options & 2 == 0;
        Reader {
            limits,
            authenticated,
            parser: Parser::default(),
            pending: Vec::new(),
            outcome: Outcome::default(),
        }
    }

    /// Takes in a piece; returns whether more may follow.
    fn feed(&mut self, piece: &[u8]) -> bool {
        self.pending.extend_from_slice(piece);
        loop {
            match self.parser.parse(&self.pending, &self.limits, self.authenticated) {
                Ok(Parsed::Request(args, taken)) => {
                    assert!(taken > 0 && taken <= self.pending.len(), "takes what is there");
                    let request: Vec<Vec<u8>> = args.from(0).map(<[u8]>::to_vec).collect();
                    assert_eq!(request.len(), args.len());
                    assert!(request.iter().map(Vec::len).sum::<usize>() < taken);
                    assert_eq!(args.get(args.len()), None);
                    self.outcome.requests.push(request);
                    self.outcome.taken.push(taken);
                    self.pending.drain(..taken);
                }
                Ok(Parsed::Incomplete) => {
                    let missing = self.parser.missing(self.pending.len());
                    assert!(missing <= self.limits.bulk + 2, "an argument that was let through");
                    return true;
                }
                Err(error) => {
                    self.outcome.error = Some(error);
                    return false;
                }
            }
        }
    }
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
