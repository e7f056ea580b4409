//! A text as the few terms that tell what it is about.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};

use xxhash_rust::xxh3::xxh3_64;

use super::frequencies::Frequencies;
use super::settings::Weights;
use super::words::{Kind, Word, normalise, words};

/// A term by its hash.
pub(crate) type Term = u32;

/// A map by term; the terms are hashes already.
pub(crate) type TermMap<T> = HashMap<Term, T, BuildHasherDefault<TermHasher>>;

/// Spreads a hash over the table without hashing it again.
#[derive(Default)]
pub(crate) struct TermHasher(u64);

impl Hasher for TermHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64(bytes);
    }

    fn write_u32(&mut self, term: u32) {
        self.0 = u64::from(term).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// Length of a vector in the whole numbers that its weights are kept in.
pub(crate) const SCALE: f64 = 255.0;

/// A text's heaviest terms, as a vector of length [`SCALE`] in whole numbers, by term.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Vector(pub(crate) Box<[(Term, u8)]>);

/// What a text was read as.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) vector: Vector,
    /// The terms of the vector as people read them, heaviest first.
    pub(crate) names: Vec<(Term, String)>,
}

struct Seen<'a> {
    tf: f64,
    word: Word<'a>,
    names: u32,
    plain: u32,
}

/// Reads a title and a body.
pub(crate) fn read(
    title: &str,
    body: &str,
    frequencies: &Frequencies,
    lang: u16,
    weights: &Weights,
) -> Reading {
    let mut seen: TermMap<Seen<'_>> = TermMap::default();
    let mut folded = String::new();
    let shouting = is_title_case(title);
    let title_words = words(title).map(|w| (w, weights.title, shouting));
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
    xxh3_64(folded.as_bytes()) as u32
}

fn add<'a>(seen: &mut TermMap<Seen<'a>>, term: Term, word: Word<'a>, count: f64, shouting: bool) {
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

fn weigh(
    seen: &TermMap<Seen<'_>>,
    frequencies: &Frequencies,
    lang: u16,
    weights: &Weights,
) -> Reading {
    let mut heavy: Vec<(f64, Term, &Seen<'_>)> = seen
        .iter()
        .map(|(&term, s)| (weight(term, s, frequencies, lang, weights), term, s))
        .filter(|(w, ..)| *w > 0.0)
        .collect();
    heavy.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    heavy.truncate(weights.terms);
    let length = heavy.iter().map(|(w, ..)| w * w).sum::<f64>().sqrt();
    let mut vector: Vec<(Term, u8)> = heavy
        .iter()
        .map(|&(w, term, _)| (term, (w / length * SCALE).round() as u8))
        .filter(|&(_, w)| w > 0)
        .collect();
    vector.sort_unstable();
    let names = heavy.iter().map(|(_, term, s)| (*term, s.word.text.to_owned())).collect();
    Reading { vector: Vector(vector.into()), names }
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
    tf * kind * frequencies.idf(term, lang).powf(weights.idf_power)
}

impl Vector {
    /// The product with another vector, in whole numbers.
    pub(crate) fn dot(&self, other: &Self) -> u64 {
        let mut sum = 0;
        let mut others = other.0.iter().peekable();
        for &(term, w) in &self.0 {
            while others.next_if(|(t, _)| *t < term).is_some() {}
            if let Some(&(_, v)) = others.next_if(|(t, _)| *t == term) {
                sum += u64::from(w) * u64::from(v);
            }
        }
        sum
    }

    /// The square of its length.
    pub(crate) fn norm2(&self) -> u64 {
        self.0.iter().map(|&(_, w)| u64::from(w) * u64::from(w)).sum()
    }
}
