use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use proptest::prelude::*;

use super::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut out = ZlibEncoder::new(Vec::new(), Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn raw(bytes: &[u8]) -> Vec<u8> {
    let mut out = DeflateEncoder::new(Vec::new(), Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ::zstd::encode_all(bytes, 1).unwrap()
}

/// `hello hello hello …`, 1,000 bytes, by the brotli command.
const BROTLI: &[u8] = include_bytes!("hello.br");

fn text() -> Vec<u8> {
    b"hello ".iter().copied().cycle().take(1000).collect()
}

fn decode(coding: &str, bytes: &[u8], step: usize, cap: usize) -> Result<Vec<u8>, DecodeError> {
    let mut decoder = Decoder::new(Some(coding), cap)?;
    for piece in bytes.chunks(step) {
        decoder.push(piece)?;
    }
    decoder.finish()
}

fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let text = text();
    let (start, end) = text.split_at(300);
    vec![
        ("identity", text.clone()),
        ("gzip", gzip(&text)),
        ("gzip", [gzip(start), gzip(b""), gzip(end)].concat()),
        ("deflate", zlib(&text)),
        ("deflate", raw(&text)),
        ("br", BROTLI.to_vec()),
        ("zstd", zstd(&text)),
        ("zstd", [zstd(start), zstd(end)].concat()),
    ]
}

#[test]
fn every_coding_is_read_in_pieces_of_any_size() {
    for (coding, bytes) in samples() {
        for step in [1, 2, 7, 10_000] {
            let got = decode(coding, &bytes, step, 1000).unwrap();
            assert!(got == text(), "{coding} in pieces of {step}");
        }
    }
}

#[test]
fn the_cap_counts_decoded_bytes() {
    for (coding, bytes) in samples() {
        let result = decode(coding, &bytes, 10_000, 999);
        assert!(matches!(result, Err(DecodeError::TooLarge(999))), "{coding}");
    }
}

#[test]
fn a_cut_body_is_no_body() {
    for (coding, bytes) in samples().into_iter().filter(|(coding, _)| *coding != "identity") {
        let last = if coding == "deflate" { 5 } else { 1 };
        for cut in [1, bytes.len() / 2 - 1, bytes.len() - last] {
            assert!(decode(coding, &bytes[..cut], 7, 1000).is_err(), "{coding} cut at {cut}");
        }
    }
}

#[test]
fn an_empty_body_needs_no_coding() {
    for coding in ["gzip", "deflate", "br", "zstd", "identity", ""] {
        assert_eq!(decode(coding, b"", 1, 10).unwrap(), b"", "{coding}");
    }
}

#[test]
fn padding_after_gzip_is_ignored() {
    let padded = [gzip(&text()), vec![0; 100]].concat();
    assert!(decode("gzip", &padded, 13, 1000).unwrap() == text());
}

#[test]
fn what_was_not_offered_is_refused() {
    assert!(matches!(Decoder::new(Some("compress"), 9), Err(DecodeError::Unknown(_))));
    assert!(matches!(Decoder::new(Some("gzip, br"), 9), Err(DecodeError::Unknown(_))));
}

#[test]
fn a_zstd_window_beyond_8_mib_is_refused() {
    let mut out = ::zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    out.window_log(27).unwrap();
    out.include_contentsize(false).unwrap();
    out.write_all(&text()).unwrap();
    let bytes = out.finish().unwrap();
    assert!(decode("zstd", &bytes, 100, 1000).is_err());
}

proptest! {
    #[test]
    fn junk_neither_panics_nor_exceeds_the_cap(
        coding in prop::sample::select(vec!["gzip", "deflate", "br", "zstd"]),
        at: u16,
        junk in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        for (name, mut bytes) in samples() {
            if name == coding {
                let at = usize::from(at) % bytes.len();
                bytes.splice(at.., junk.iter().copied());
                if let Ok(out) = decode(coding, &bytes, 11, 1000) {
                    prop_assert!(out.len() <= 1000);
                }
            }
        }
    }
}
