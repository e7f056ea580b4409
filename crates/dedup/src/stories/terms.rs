//! A text as the few terms that tell what it is about.

use std::collections::hash_map::Entry;

use xxhash_rust::xxh3::xxh3_64;

use super::frequencies::Frequencies;
use super::settings::Weights;
use super::term_map::TermMap;
use super::vector::{TERM_BITS, Term, Vector};
use super::words::{Kind, Word, normalise, words};

/// What a text was read as.
#[derive(Debug, Default)]
pub(crate) struct Reading<'a> {
    pub(crate) vector: Vector,
    /// The terms of the vector as people read them, heaviest first.
    pub(crate) names: Vec<(Term, &'a str)>,
}

struct Seen<'a> {
    tf: f64,
    word: Word<'a>,
    names: u32,
    plain: u32,
}

/// Reads a title and a body.
pub(crate) fn read<'a>(
    title: &'a str,
    body: &'a str,
    frequencies: &Frequencies,
    lang: u16,
    weights: &Weights,
) -> Reading<'a> {
    let mut seen: TermMap<Term, Seen<'a>> = TermMap::default();
    let mut folded = String::new();
    let shouting = is_title_case(title);
    let title_words = words(title).map(|w| (w, 1.0, shouting));
    let body_words = words(body).take(weights.words).enumerate().map(|(i, w)| {
        let lead = if i < weights.lead_words { weights.lead } else { 1.0 };
        (w, lead, false)
    });
    for (word, count, shouting) in title_words.chain(body_words) {
        folded.clear();
        normalise(word, &mut folded);
        add(&mut seen, term_of(&folded), word, count, shouting);
    }
    weigh(&seen, frequencies, lang, weights)
}

/// The term of a folded word.
pub(crate) fn term_of(folded: &str) -> Term {
    (xxh3_64(folded.as_bytes()) & ((1 << TERM_BITS) - 1)) as Term
}

fn add<'a>(
    seen: &mut TermMap<Term, Seen<'a>>,
    term: Term,
    word: Word<'a>,
    count: f64,
    shouting: bool,
) {
    let told = !word.opens && !shouting;
    let name = u32::from(told && word.kind == Kind::Capital);
    let plain = u32::from(told && word.kind == Kind::Plain);
    match seen.entry(term) {
        Entry::Occupied(mut old) => {
            let old = old.get_mut();
            old.tf += count;
            old.names += name;
            old.plain += plain;
        }
        Entry::Vacant(new) => {
            new.insert(Seen { tf: count, word, names: name, plain });
        }
    }
}

/// In a title where most words have capitals a capital says nothing.
fn is_title_case(title: &str) -> bool {
    let (mut capitals, mut all) = (0, 0);
    for word in words(title).filter(|w| w.text.len() > 3) {
        all += 1;
        capitals += usize::from(word.kind == Kind::Capital);
    }
    capitals * 2 > all
}

fn weigh<'a>(
    seen: &TermMap<Term, Seen<'a>>,
    frequencies: &Frequencies,
    lang: u16,
    weights: &Weights,
) -> Reading<'a> {
    let mut heavy: Vec<(f64, Term, &Seen<'a>)> = seen
        .iter()
        .map(|(&term, s)| (weight(term, s, frequencies, lang, weights), term, s))
        .filter(|(w, ..)| *w > 0.0)
        .collect();
    let by_weight = |a: &(f64, Term, &Seen<'a>), b: &(f64, Term, &Seen<'a>)| {
        b.0.total_cmp(&a.0).then(a.1.cmp(&b.1))
    };
    if heavy.len() > weights.terms {
        heavy.select_nth_unstable_by(weights.terms, by_weight);
        heavy.truncate(weights.terms);
    }
    heavy.sort_unstable_by(by_weight);
    let vector = Vector::new(heavy.iter().map(|&(w, term, _)| (term, w)));
    let names = heavy.iter().map(|(_, term, s)| (*term, s.word.text)).collect();
    Reading { vector, names }
}

fn weight(
    term: Term,
    seen: &Seen<'_>,
    frequencies: &Frequencies,
    lang: u16,
    weights: &Weights,
) -> f64 {
    let k = weights.saturation;
    let tf = seen.tf * (k + 1.0) / (seen.tf + k);
    let kind = match seen.word.kind {
        Kind::Figure => weights.figure,
        _ if seen.names > seen.plain => weights.name,
        _ => 1.0,
    };
    tf * kind * frequencies.idf(term, lang, weights.prior)
}
