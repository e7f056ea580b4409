//! The background table: how common words are, before the stream has shown anything.

use std::sync::LazyLock;

use super::vector::Term;

/// Keys (the 24 bits of the term, big endian, rising), then for each key its idf in
/// twentieths.
static TABLE: &[u8] = include_bytes!("background.bin");

/// idf of a word that the table does not know.
const UNKNOWN: f64 = 10.5;
/// e to the power of -[`UNKNOWN`].
const UNKNOWN_SHARE: f64 = 2.753_644_934_974_716e-5;

/// Where to find a term: by its first 16 bits, of which each stands for one key or two.
struct Places {
    /// Where the keys with each first 16 bits start: 65,536 places and the end.
    starts: Vec<u32>,
    /// Key and idf in one number, rising.
    keys: Vec<u32>,
    /// By idf in twentieths: how common that is.
    by_code: Vec<Common>,
}

static PLACES: LazyLock<Places> = LazyLock::new(|| {
    let (keys, codes) = halves();
    let keys: Vec<u32> =
        keys.iter().zip(codes).map(|(k, c)| number(*k) << 8 | u32::from(*c)).collect();
    let place = |first: u32| keys.partition_point(|key| key >> 16 < first) as u32;
    let starts = (0..=1 << 16).map(place).collect();
    let by_code = (0..=u8::MAX).map(|code| Common::of(f64::from(code) / 20.0)).collect();
    Places { starts, keys, by_code }
});

/// How common a term is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Common {
    /// ln(1 / share).
    pub(crate) idf: f64,
    /// The share of texts that have it.
    pub(crate) share: f64,
}

impl Common {
    fn of(idf: f64) -> Self {
        Self { idf, share: (-idf).exp() }
    }
}

fn halves() -> (&'static [[u8; 3]], &'static [u8]) {
    let (keys, codes) = TABLE.split_at(TABLE.len() / 4 * 3);
    (keys.as_chunks::<3>().0, codes)
}

fn number([a, b, c]: [u8; 3]) -> Term {
    Term::from_be_bytes([0, a, b, c])
}

/// How common `term` is, before the stream has shown anything.
pub(crate) fn common(term: Term) -> Common {
    let places = &*PLACES;
    let found = || {
        let first = (term >> 8) as usize;
        let (start, end) = (*places.starts.get(first)?, *places.starts.get(first + 1)?);
        let keys = places.keys.get(start as usize..end as usize)?;
        let key = keys.iter().find(|key| *key >> 8 == term)?;
        places.by_code.get((key & 0xff) as usize).copied()
    };
    found().unwrap_or(Common { idf: UNKNOWN, share: UNKNOWN_SHARE })
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
        let share = |word| common(term_of(word)).share;
        let shares = ["the", "and", "und", "de"].map(share);
        assert!(shares.iter().all(|share| *share > 0.5), "{shares:?}");
        assert!(share("earthquake") < 0.01);
        assert!((share("zzqxv") - (-UNKNOWN).exp()).abs() < 1e-15);
    }
}
