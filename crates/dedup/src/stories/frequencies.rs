//! How many texts have a term: the shipped background and what the stream showed.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::background::Common;
use super::term_table::TermTable;
use super::vector::{Term, Vector};

/// Document frequencies. What the stream adds is counted over the remembered records only, so
/// that it is a function of them.
#[derive(Debug, Default)]
pub(crate) struct Frequencies {
    by_lang: HashMap<u16, Counts>,
}

/// The remembered texts of one language.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    texts: u32,
    /// How many of them have a term.
    with: TermTable,
}

/// A language in two bytes: the primary subtag's first two letters, 0 for unknown.
pub(crate) fn lang_code(lang: Option<&str>) -> u16 {
    let Some([a, b, ..]) = lang.map(str::as_bytes) else { return 0 };
    u16::from_be_bytes([a.to_ascii_lowercase(), b.to_ascii_lowercase()])
}

impl Frequencies {
    /// What the stream showed of a language; `None` for nothing.
    pub(crate) fn of(&self, lang: u16) -> Option<&Counts> {
        self.by_lang.get(&lang)
    }

    /// Counts a remembered text.
    pub(crate) fn add(&mut self, lang: u16, vector: &Vector) {
        let counts = self.by_lang.entry(lang).or_default();
        counts.texts += 1;
        for (term, _) in vector.entries() {
            counts.with.add(term, 1);
        }
    }

    /// Takes a text that is no longer remembered out of the counts.
    pub(crate) fn remove(&mut self, lang: u16, vector: &Vector) {
        let Entry::Occupied(mut entry) = self.by_lang.entry(lang) else { return };
        let counts = entry.get_mut();
        counts.texts = counts.texts.saturating_sub(1);
        for (term, _) in vector.entries() {
            counts.with.take(term, 1);
        }
        if counts.texts == 0 {
            entry.remove();
        }
    }
}

impl Counts {
    /// How many texts have the term.
    pub(crate) fn with(&self, term: Term) -> u32 {
        self.with.get(term)
    }

    /// ln(1 / share of texts that have a term which `count` have), 0 for a term that most texts
    /// have. The stream raises a term's share once it outweighs the background, which counts as
    /// `prior` texts: so it is at most what the background alone says, which is `known`.
    pub(crate) fn idf(&self, count: u32, known: Common, prior: f64) -> f64 {
        let (count, texts) = (f64::from(count), f64::from(self.texts));
        if count <= known.share * texts {
            return known.idf;
        }
        -((count + known.share * prior) / (texts + prior)).min(1.0).ln()
    }
}
