//! The background table: how common words are, before the stream has shown anything.

use std::sync::LazyLock;

use super::vector::{TERM_BITS, Term};

/// Keys (the 24 bits of the term, big endian, rising), then for each key its idf in
/// twentieths.
static TABLE: &[u8] = include_bytes!("background.bin");

/// idf of a word that the table does not know.
const UNKNOWN: f64 = 10.5;
/// The language whose entries are everybody's.
const ENGLISH: u16 = u16::from_be_bytes(*b"en");
/// e to the power of -[`UNKNOWN`].
const UNKNOWN_SHARE: f64 = 2.753_644_934_974_716e-5;

/// Where to find a term: a table that is about half full.
struct Places {
    /// Key and idf in one number, each as near as there is room behind the place that the key's
    /// first bits name; [`EMPTY`] elsewhere.
    slots: Vec<u32>,
    /// By idf in twentieths: how common that is.
    by_code: Vec<Common>,
}

/// No term: the last key of all has no idf this high.
const EMPTY: u32 = u32::MAX;

/// Bits of a term that name its place.
const HOME_BITS: u32 = 18;

/// Places behind the last home, so that no search wraps around.
const TAIL: usize = 64;

static PLACES: LazyLock<Places> = LazyLock::new(|| {
    let mut slots = vec![EMPTY; (1 << HOME_BITS) + TAIL];
    let (keys, codes) = halves();
    for (key, code) in keys.iter().zip(codes) {
        let term = number(*key);
        if let Some(free) = slots.iter_mut().skip(home(term)).find(|slot| **slot == EMPTY) {
            *free = term << 8 | u32::from(*code);
        }
    }
    let by_code = (0..=u8::MAX).map(|code| Common::of(f64::from(code) / 20.0)).collect();
    Places { slots, by_code }
});

fn home(term: Term) -> usize {
    (term >> (TERM_BITS - HOME_BITS)) as usize
}

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

/// How common `term` is in texts of a language, before the stream has shown anything. Where
/// languages share a spelling ("war", "men") each may have its own entry.
pub(crate) fn common(term: Term, lang: u16) -> Common {
    let own = if lang == ENGLISH || lang == 0 { None } else { find(term ^ salt(lang)) };
    own.or_else(|| find(term)).unwrap_or(Common { idf: UNKNOWN, share: UNKNOWN_SHARE })
}

/// What a language's own entry of a term is found by, beside the term.
fn salt(lang: u16) -> Term {
    u32::from(lang).wrapping_mul(0x9e37_79b1) >> (u32::BITS - TERM_BITS)
}

fn find(term: Term) -> Option<Common> {
    let places = &*PLACES;
    let run = places.slots.iter().skip(home(term)).take_while(|slot| **slot != EMPTY);
    let found = run.into_iter().find(|slot| **slot >> 8 == term);
    found.and_then(|slot| places.by_code.get((slot & 0xff) as usize).copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stories::frequencies::lang_code;
    use crate::stories::terms::term_of;
    use crate::stories::words::without_accents;

    #[test]
    fn the_table_is_sorted_and_small() {
        let (keys, codes) = halves();
        assert_eq!(keys.len(), codes.len());
        assert!(keys.is_sorted_by(|a, b| a < b));
        assert!(TABLE.len() <= 450_000);
        for (key, code) in keys.iter().zip(codes) {
            assert_eq!(common(number(*key), 0).idf, f64::from(*code) / 20.0);
        }
    }

    #[test]
    fn common_words_are_common() {
        let share =
            |word: &str, lang| common(term_of(&without_accents(word)), lang_code(lang)).share;
        let often = [("the", "en"), ("and", "en"), ("und", "de"), ("war", "de"), ("de", "fr")];
        let shares = often.map(|(word, lang)| share(word, Some(lang)));
        assert!(shares.iter().all(|share| *share > 0.4), "{shares:?}");
        let often =
            [("не", "ru"), ("في", "ar"), ("και", "el"), ("och", "sv"), ("że", "pl"), ("men", "nb")];
        let shares = often.map(|(word, lang)| share(word, Some(lang)));
        assert!(shares.iter().all(|share| *share > 0.09), "{shares:?}");
        assert!(share("war", Some("en")) < 0.1);
        assert!(share("earthquake", None) < 0.01);
        assert!((share("zzqxv", Some("de")) - (-UNKNOWN).exp()).abs() < 1e-15);
    }
}
