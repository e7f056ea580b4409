//! How rare a term is: the shipped background and what the stream showed.

use super::background::Common;
use super::lexicon::Lexicon;
use super::vector::Term;

/// What the remembered texts of one language say of its terms. They are counted alone, so that
/// it is a function of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counts<'a> {
    lexicon: &'a Lexicon,
    pub(crate) lang: u16,
    texts: u32,
}

/// A language in two bytes: the primary subtag's first two letters, 0 for unknown.
pub(crate) fn lang_code(lang: Option<&str>) -> u16 {
    let Some([a, b, ..]) = lang.map(str::as_bytes) else { return 0 };
    u16::from_be_bytes([a.to_ascii_lowercase(), b.to_ascii_lowercase()])
}

impl<'a> Counts<'a> {
    /// Of the remembered texts of a language.
    pub(crate) fn of(lexicon: &'a Lexicon, lang: u16) -> Self {
        Self { lexicon, lang, texts: lexicon.texts(lang) }
    }

    /// How many texts have the term.
    pub(crate) fn with(&self, term: Term) -> u32 {
        if self.texts == 0 { 0 } else { self.lexicon.with(term, self.lang) }
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
