//! The background table: how common words are, before the stream has shown anything.

use std::sync::LazyLock;

use super::vector::Term;

/// Keys (the 24 bits of the term, big endian, rising), then for each key its idf in
/// twentieths.
static TABLE: &[u8] = include_bytes!("background.bin");

/// idf of a word that the table does not know.
const UNKNOWN: f64 = 10.5;

/// Where the keys with each first twelve bits start: 4,096 places and the end.
static STARTS: LazyLock<Vec<usize>> = LazyLock::new(|| {
    let (keys, _) = halves();
    (0..=4_096_u32).map(|first| keys.partition_point(|key| number(*key) >> 12 < first)).collect()
});

fn halves() -> (&'static [[u8; 3]], &'static [u8]) {
    let (keys, codes) = TABLE.split_at(TABLE.len() / 4 * 3);
    (keys.as_chunks::<3>().0, codes)
}

fn number([a, b, c]: [u8; 3]) -> Term {
    Term::from_be_bytes([0, a, b, c])
}

/// The idf that the table gives `term`.
fn code(term: Term) -> Option<u8> {
    let (keys, codes) = halves();
    let first = (term >> 12) as usize;
    let (start, end) = (*STARTS.get(first)?, *STARTS.get(first + 1)?);
    let found = keys.get(start..end)?.binary_search_by_key(&term, |key| number(*key)).ok()?;
    codes.get(start + found).copied()
}

/// The share of texts that have `term`.
pub(crate) fn share(term: Term) -> f64 {
    (-code(term).map_or(UNKNOWN, |code| f64::from(code) / 20.0)).exp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stories::terms::term_of;

    #[test]
    fn the_table_is_sorted_and_small() {
        let (keys, codes) = halves();
        assert_eq!(keys.len(), codes.len());
        assert!(keys.is_sorted_by(|a, b| a < b));
        assert!(TABLE.len() <= 300_000);
    }

    #[test]
    fn common_words_are_common() {
        let common = ["the", "and", "und", "de"].map(|word| share(term_of(word)));
        assert!(common.iter().all(|share| *share > 0.5), "{common:?}");
        assert!(share(term_of("earthquake")) < 0.01);
        assert!(share(term_of("zzqxv")) < 0.000_1);
    }
}
