//! What holds for every value and for any bytes.

use super::*;
use proptest::prelude::*;

/// Text that may stand in a simple string.
fn line() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>().prop_filter("a line break", |b| !b"\r\n".contains(b)), 0..12)
}

/// Values that RESP3 writes and reads back alike: no NaN, which equals nothing, no null array, which
/// RESP3 has no form for, and no line break at the end of an error.
fn resp3_value() -> impl Strategy<Value = RespValue> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..12);
    let leaf = prop_oneof![
        line().prop_map(RespValue::SimpleString),
        line().prop_map(RespValue::Error),
        any::<i64>().prop_map(RespValue::Integer),
        bytes().prop_map(RespValue::Bulk),
        Just(RespValue::Null),
        any::<f64>().prop_filter("NaN", |n| !n.is_nan()).prop_map(RespValue::Double),
        any::<bool>().prop_map(RespValue::Boolean),
        "[+-]?[0-9]{1,30}"
            .prop_map(|text| { RespValue::BigNumber(BigNumber::parse(text.as_bytes()).unwrap()) }),
        (any::<[u8; 3]>(), bytes()).prop_map(|(format, text)| RespValue::Verbatim { format, text }),
        bytes().prop_map(RespValue::BlobError),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let items = || prop::collection::vec(inner.clone(), 0..4);
        let pairs = || prop::collection::vec((inner.clone(), inner.clone()), 0..3);
        prop_oneof![
            items().prop_map(RespValue::Array),
            items().prop_map(RespValue::Set),
            items().prop_map(RespValue::Push),
            pairs().prop_map(RespValue::Map),
            (pairs(), inner.clone()).prop_map(|(attributes, value)| annotated(attributes, value)),
        ]
    })
}

/// Bytes that look enough like the protocol to get past the first one.
fn nearly_resp() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => prop::sample::select(&b"+-:_#,($!=;*~>%|."[..]).prop_map(|byte| vec![byte]),
        4 => Just(b"\r\n".to_vec()),
        3 => prop::sample::select(&b"0123?-tf"[..]).prop_map(|byte| vec![byte]),
        1 => any::<u8>().prop_map(|byte| vec![byte]),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn what_resp3_encodes_is_decoded_alike_wherever_it_is_cut(value in resp3_value()) {
        let mut bytes = Vec::new();
        value.encode(Version::Resp3, &mut bytes);
        let length = bytes.len();
        bytes.extend_from_slice(b"+next\r\n");
        for cut in 0..length {
            let mut decoder = Decoder::new(Limits::default());
            prop_assert_eq!(decoder.decode(&bytes[..cut]), Ok(None));
            let (decoded, used) = decoder.decode(&bytes).unwrap().unwrap();
            prop_assert_eq!(&decoded, &value);
            prop_assert_eq!(used, length);
        }
    }

    #[test]
    fn what_resp2_encodes_is_one_value_that_encodes_alike(value in resp3_value()) {
        let mut bytes = Vec::new();
        value.encode(Version::Resp2, &mut bytes);
        let (decoded, used) = decode(&bytes).unwrap().unwrap();
        prop_assert_eq!(used, bytes.len());
        let mut again = Vec::new();
        decoded.encode(Version::Resp2, &mut again);
        prop_assert_eq!(again, bytes);
    }

    #[test]
    fn arbitrary_bytes_get_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = decode(&bytes);
        let _ = decode_dribbled(&bytes, Limits::default());
    }

    #[test]
    fn the_answer_to_nearly_resp_does_not_depend_on_the_cut(bytes in nearly_resp()) {
        let limits = Limits { bulk: 3, elements: 3, line: 3, depth: 3 };
        let whole = Decoder::new(limits).decode(&bytes);
        let dribbled = decode_dribbled(&bytes, limits);
        // Compared as text: a NaN equals nothing.
        prop_assert_eq!(format!("{whole:?}"), format!("{dribbled:?}"));
    }

    #[test]
    fn a_buffer_that_breaks_the_contract_gets_an_answer(
        buffers in prop::collection::vec(nearly_resp(), 0..8)
    ) {
        let mut decoder = Decoder::new(Limits::default());
        for buffer in buffers {
            let _ = decoder.decode(&buffer);
        }
    }
}
