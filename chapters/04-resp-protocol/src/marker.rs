//! The types of RESP, each known by the first byte of its first line.
//!
//! After <https://redis.io/docs/latest/develop/reference/protocol-spec/>. Knows nothing of lengths or contents.

/// A type of RESP.
#[derive(Debug, Clone, Copy)]
pub struct Type {
    /// The byte that a value of this type starts with.
    pub marker: u8,
    /// What it is called.
    pub name: &'static str,
    /// What follows the marker.
    pub shape: Shape,
}

/// What follows a marker.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// The rest of the line, if it passes this test.
    Text(fn(&str) -> bool),
    /// A number of bytes, and after the line so many bytes and a line end.
    Payload,
    /// A number of values, and after the line so many values.
    Values,
    /// A number of pairs, and after the line twice as many values.
    Pairs,
    /// The same, but it only says something about the value that comes after it.
    Attribute,
}

// ANCHOR: types
const fn row(marker: u8, name: &'static str, shape: Shape) -> Type {
    Type { marker, name, shape }
}

/// All types: five of RESP2, then ten that RESP3 adds.
pub const TYPES: [Type; 15] = [
    row(b'+', "simple string", Shape::Text(|_| true)),
    row(b'-', "simple error", Shape::Text(|_| true)),
    row(b':', "integer", Shape::Text(|text| text.parse::<i64>().is_ok())),
    row(b'$', "bulk string", Shape::Payload),
    row(b'*', "array", Shape::Values),
    row(b'_', "null", Shape::Text(str::is_empty)),
    row(b'#', "boolean", Shape::Text(|text| matches!(text, "t" | "f"))),
    row(b',', "double", Shape::Text(|text| text.parse::<f64>().is_ok())),
    row(b'(', "big number", Shape::Text(is_big_number)),
    row(b'!', "bulk error", Shape::Payload),
    row(b'=', "verbatim string", Shape::Payload),
    row(b'%', "map", Shape::Pairs),
    row(b'~', "set", Shape::Values),
    row(b'>', "push", Shape::Values),
    row(b'|', "attribute", Shape::Attribute),
];
// ANCHOR_END: types

impl Type {
    /// The type whose values start with `marker`.
    pub fn of(marker: u8) -> Option<Type> {
        TYPES.into_iter().find(|row| row.marker == marker)
    }
}

fn is_big_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_types_share_a_marker() {
        for row in TYPES {
            assert_eq!(Type::of(row.marker).unwrap().name, row.name);
        }
        assert!(Type::of(b'P').is_none());
    }

    #[test]
    fn texts_are_checked() {
        for (marker, good, bad) in [
            (b':', "-9223372036854775808", "9223372036854775808"),
            (b'(', "-9223372036854775808000", "12a"),
            (b',', "-inf", "1.2.3"),
            (b'#', "t", "true"),
            (b'_', "", "x"),
        ] {
            let Shape::Text(allows) = Type::of(marker).unwrap().shape else { panic!("not a text") };
            assert!(allows(good), "{good}");
            assert!(!allows(bad), "{bad}");
        }
    }
}
