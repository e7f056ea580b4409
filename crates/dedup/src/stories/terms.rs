//! A text as the few terms that tell what it is about.

use std::hash::BuildHasherDefault;

use xxhash_rust::xxh3::xxh3_64;

use super::background::{Common, common};
use super::frequencies::Counts;
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

/// A term of a text.
struct Seen<'a> {
    term: Term,
    tf: f64,
    word: Word<'a>,
    names: u32,
    plain: u32,
}

/// Reads a title and a body.
pub(crate) fn read<'a>(
    title: &'a str,
    body: &'a str,
    counts: Counts<'_>,
    weights: &Weights,
) -> Reading<'a> {
    let mut table = Table::with_room(weights.words.min(body.len() / 8));
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
        table.add(term_of(&folded), word, count, shouting);
    }
    weigh(&table.seen, counts, weights)
}

/// The term of a folded word.
pub(crate) fn term_of(folded: &str) -> Term {
    (xxh3_64(folded.as_bytes()) & ((1 << TERM_BITS) - 1)) as Term
}

/// The terms of a text in the order of their first coming, and where to find them.
struct Table<'a> {
    seen: Vec<Seen<'a>>,
    places: TermMap<Term, u32>,
}

impl<'a> Table<'a> {
    fn with_room(terms: usize) -> Self {
        let places = TermMap::with_capacity_and_hasher(terms, BuildHasherDefault::default());
        Self { seen: Vec::with_capacity(terms), places }
    }

    fn add(&mut self, term: Term, word: Word<'a>, count: f64, shouting: bool) {
        let told = !word.opens && !shouting;
        let names = u32::from(told && word.kind == Kind::Capital);
        let plain = u32::from(told && word.kind == Kind::Plain);
        let new = self.seen.len() as u32;
        let place = *self.places.entry(term).or_insert(new);
        match self.seen.get_mut(place as usize) {
            Some(old) => {
                old.tf += count;
                old.names += names;
                old.plain += plain;
            }
            None => self.seen.push(Seen { term, tf: count, word, names, plain }),
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

/// The heaviest terms. What the background says of a term bounds its weight, so that the stream's
/// counts need not be asked about most of them.
fn weigh<'a>(seen: &[Seen<'a>], counts: Counts<'_>, weights: &Weights) -> Reading<'a> {
    let mut bounds: Vec<Bound<'_, 'a>> =
        seen.iter().map(|s| Bound::of(s, counts.lang, weights)).filter(|b| b.most > 0.0).collect();
    if bounds.len() > weights.terms {
        bounds.select_nth_unstable_by(weights.terms, |a, b| b.most.total_cmp(&a.most));
    }
    let prior = weights.prior;
    let mut heavy: Vec<(f64, &Seen<'a>)> = Vec::with_capacity(bounds.len());
    let (first, others) = bounds.split_at(bounds.len().min(weights.terms));
    heavy.extend(weighed(first, counts, prior));
    let least = heavy.iter().map(|(w, _)| *w).fold(f64::MAX, f64::min) - ROUNDING;
    let others: Vec<Bound<'_, 'a>> = others.iter().filter(|b| b.most >= least).copied().collect();
    heavy.extend(weighed(&others, counts, prior));
    heavy.retain(|(w, _)| *w > 0.0);
    let by_weight = |a: &(f64, &Seen<'a>), b: &(f64, &Seen<'a>)| {
        b.0.total_cmp(&a.0).then(a.1.term.cmp(&b.1.term))
    };
    if heavy.len() > weights.terms {
        heavy.select_nth_unstable_by(weights.terms, by_weight);
        heavy.truncate(weights.terms);
    }
    heavy.sort_unstable_by(by_weight);
    let vector = Vector::new(heavy.iter().map(|&(w, s)| (s.term, w)));
    let names = heavy.iter().map(|(_, s)| (s.term, s.word.text)).collect();
    Reading { vector, names }
}

/// The weights of terms. Looks into a large memory wait: these wait together.
fn weighed<'s, 'a>(
    bounds: &[Bound<'s, 'a>],
    counts: Counts<'_>,
    prior: f64,
) -> impl Iterator<Item = (f64, &'s Seen<'a>)> {
    let with: Vec<u32> = bounds.iter().map(|b| counts.with(b.seen.term)).collect();
    bounds
        .iter()
        .zip(with)
        .map(move |(b, with)| (b.factor * counts.idf(with, b.known, prior), b.seen))
}

/// More than the last bits of a weight.
const ROUNDING: f64 = 1e-9;

/// A term with what is known of its weight without the stream.
#[derive(Clone, Copy)]
struct Bound<'s, 'a> {
    seen: &'s Seen<'a>,
    /// The weight for each unit of idf.
    factor: f64,
    known: Common,
    /// No weight is greater.
    most: f64,
}

impl<'s, 'a> Bound<'s, 'a> {
    fn of(seen: &'s Seen<'a>, lang: u16, weights: &Weights) -> Self {
        let k = weights.saturation;
        let tf = seen.tf * (k + 1.0) / (seen.tf + k);
        let kind = match seen.word.kind {
            Kind::Figure => weights.figure,
            _ if seen.names > seen.plain => weights.name,
            _ => 1.0,
        };
        let (factor, known) = (tf * kind, common(seen.term, lang));
        Self { seen, factor, known, most: factor * known.idf }
    }
}
