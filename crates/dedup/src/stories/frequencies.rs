//! How many texts have a term: the shipped background and what the stream showed.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash};

use super::background;
use super::term_map::TermMap;
use super::vector::{TERM_BITS, Term, Vector};

/// Language and term.
type Key = u64;

fn key(lang: u16, term: Term) -> Key {
    u64::from(lang) << TERM_BITS | u64::from(term)
}

/// Document frequencies. What the stream adds is counted over the remembered records only, so
/// that it is a function of them.
#[derive(Debug, Default)]
pub(crate) struct Frequencies {
    counts: TermMap<Key, u32>,
    texts: HashMap<u16, u32>,
}

/// A language in two bytes: the primary subtag's first two letters, 0 for unknown.
pub(crate) fn lang_code(lang: Option<&str>) -> u16 {
    let Some([a, b, ..]) = lang.map(str::as_bytes) else { return 0 };
    u16::from_be_bytes([a.to_ascii_lowercase(), b.to_ascii_lowercase()])
}

impl Frequencies {
    /// ln(1 / share of texts that have the term), 0 for a term that most texts have. The stream
    /// raises a term's share once it outweighs the background, which counts as `prior` texts.
    pub(crate) fn idf(&self, term: Term, lang: u16, prior: f64) -> f64 {
        let known = background::common(term);
        let count = f64::from(self.counts.get(&key(lang, term)).copied().unwrap_or(0));
        let texts = f64::from(self.texts.get(&lang).copied().unwrap_or(0));
        if count <= known.share * texts {
            return known.idf;
        }
        -((count + known.share * prior) / (texts + prior)).min(1.0).ln()
    }

    /// Counts a remembered text.
    pub(crate) fn add(&mut self, lang: u16, vector: &Vector) {
        *self.texts.entry(lang).or_default() += 1;
        for (term, _) in vector.entries() {
            *self.counts.entry(key(lang, term)).or_default() += 1;
        }
    }

    /// Takes a text that is no longer remembered out of the counts.
    pub(crate) fn remove(&mut self, lang: u16, vector: &Vector) {
        drop_one(&mut self.texts, lang);
        for (term, _) in vector.entries() {
            drop_one(&mut self.counts, key(lang, term));
        }
    }
}

fn drop_one<K: Hash + Eq, S: BuildHasher>(counts: &mut HashMap<K, u32, S>, key: K) {
    if let std::collections::hash_map::Entry::Occupied(mut entry) = counts.entry(key) {
        if *entry.get() <= 1 {
            entry.remove();
        } else {
            *entry.get_mut() -= 1;
        }
    }
}
