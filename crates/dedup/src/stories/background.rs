//! The background table: how common words are, before the stream has shown anything.

use super::vector::Term;

/// Keys (the 24 bits of the term, big endian, rising), then for each key its idf in
/// twentieths.
static TABLE: &[u8] = include_bytes!("background.bin");

/// idf of a word that the table does not know.
const UNKNOWN: f64 = 10.5;

/// The share of texts that have `term`.
pub(crate) fn share(term: Term) -> f64 {
    let entries = TABLE.len() / 4;
    let (keys, codes) = TABLE.split_at(entries * 3);
    let (keys, _) = keys.as_chunks::<3>();
    let [_, a, b, c] = term.to_be_bytes();
    let idf = match keys.binary_search(&[a, b, c]) {
        Ok(at) => codes.get(at).map_or(UNKNOWN, |&code| f64::from(code) / 20.0),
        Err(_) => UNKNOWN,
    };
    (-idf).exp()
}
