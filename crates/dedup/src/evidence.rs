//! What speaks for and against two texts being one: the features of the decision.

use crate::pair::Pair;
use crate::text::Text;
use crate::words::{Class, Word};

/// How many features there are.
pub(crate) const FEATURES: usize = 15;

/// What each feature is called, in their order.
pub(crate) const NAMES: [&str; FEATURES] = [
    "one",
    "covered_longer",
    "in_long_runs",
    "longest_gap",
    "ln_longest_run",
    "ln_exchanged",
    "title_inside",
    "number_density",
    "same_publisher",
    "days",
    "numbers_loose",
    "names_loose",
    "ln_own",
    "foreign_frame",
    "same_publisher_days",
];

/// What is known of a pair beside its texts.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Circumstances {
    /// Are both of one publisher?
    pub(crate) is_same_publisher: bool,
    /// Days between them.
    pub(crate) days: u32,
    /// The values that both have, each counted as one over the groups that have it.
    pub(crate) own: f64,
}

/// The features of a pair, in the order of [`NAMES`].
pub(crate) fn features(a: &Text, b: &Text, pair: &Pair, around: Circumstances) -> [f64; FEATURES] {
    let (shorter, longer) = in_order(a, b);
    let len = shorter.words.len().max(1) as f64;
    let long_len = longer.words.len().max(1) as f64;
    let covered_longer = pair.covered_longer as f64 / long_len;
    let longest_run = pair.runs.iter().map(|r| r.len).max().unwrap_or(0) as f64;
    let numbers = shorter.words.iter().filter(|w| w.class.is_number()).count() as f64;
    let (ours, theirs) = (title_inside(a, b), title_inside(b, a));
    let same_publisher = f64::from(u8::from(around.is_same_publisher));
    let days = f64::from(around.days.min(MAX_DAYS)) / f64::from(MAX_DAYS);
    [
        1.0,
        covered_longer,
        pair.in_long_runs() as f64 / len,
        pair.longest_gap() as f64 / len,
        longest_run.ln_1p(),
        (100.0 * pair.exchanged as f64 / len).ln_1p(),
        ours.max(theirs),
        numbers / len,
        same_publisher,
        days,
        loose_share(shorter, pair, Class::is_number),
        loose_share(shorter, pair, Class::is_name),
        around.own.ln_1p(),
        (1.0 - covered_longer) * (1.0 - ours.min(theirs)),
        same_publisher * days,
    ]
}

/// Words of a text that could be the furniture of a page and nothing else.
const MAX_FURNITURE: usize = 120;

/// Telling words of a title, at least, before it says anything that they are not in a text.
const MIN_TELLING: usize = 2;

/// Share of a title's telling words that chance puts into a text, and into another title.
const BY_CHANCE: (f64, f64) = (0.25, 0.5);

/// Is what the two have in common short and about neither title? A headline takes its words from
/// the report below it, whoever writes it anew. A prompt for consent, a wall before the text or
/// a player's error says the same under every title.
pub(crate) fn is_furniture(a: &Text, b: &Text) -> bool {
    let (shorter, _) = in_order(a, b);
    let says_nothing = |title: &Text| {
        telling(&title.title).count() >= MIN_TELLING
            && [a, b].iter().all(|t| telling_share(&title.title, |w| t.has(w)) < BY_CHANCE.0)
    };
    let is_other = |one: &Text, other: &Text| {
        telling_share(&one.title, |word| in_title(word, other)) < BY_CHANCE.1
    };
    shorter.words.len() <= MAX_FURNITURE
        && says_nothing(a)
        && says_nothing(b)
        && is_other(a, b)
        && is_other(b, a)
}

/// Share of the shorter text in long runs that every copy has: of 1,742 pairs that were found in
/// wire copy the least had 0.14, without their titles and numbers 0.10.
const LEAST_IN_RUNS: f64 = 0.1;

/// Have they so little in common that chance gave it? What the decision says of such pairs means
/// nothing: a title that both have, and no figures or names, made copies of unlike texts.
pub(crate) fn is_chance(shorter: &Text, pair: &Pair) -> bool {
    let len = shorter.words.len();
    let longest = pair.runs.iter().map(|run| run.len).max().unwrap_or(0);
    (pair.in_long_runs() as f64) < LEAST_IN_RUNS * len as f64 && longest * 2 < len
}

/// The shorter text first; of two of one length, the first.
pub(crate) fn in_order<'a>(a: &'a Text, b: &'a Text) -> (&'a Text, &'a Text) {
    if a.words.len() <= b.words.len() { (a, b) } else { (b, a) }
}

/// Which share of these words of the shorter text stands where the texts differ.
fn loose_share(shorter: &Text, pair: &Pair, is_meant: impl Fn(Class) -> bool) -> f64 {
    let (mut all, mut loose) = (0_u32, 0_u32);
    for (word, covered) in shorter.words.iter().zip(&pair.covered) {
        if is_meant(word.class) {
            all += 1;
            loose += u32::from(!*covered);
        }
    }
    f64::from(loose) / f64::from(all + 1)
}

/// Which share of `a`'s title's telling words stands in `b`, title or body.
fn title_inside(a: &Text, b: &Text) -> f64 {
    telling_share(&a.title, |word| b.has(word) || in_title(word, b))
}

fn in_title(word: &Word, text: &Text) -> bool {
    text.title.iter().take(MAX_TITLE).any(|w| w.hash == word.hash)
}

/// Days beyond which later is no later.
const MAX_DAYS: u32 = 5;

/// Words of a title that are looked at.
const MAX_TITLE: usize = 64;

/// A half where nothing in the title tells anything.
fn telling_share(title: &[Word], is_in: impl Fn(&Word) -> bool) -> f64 {
    let (all, shared) = (telling(title).count(), telling(title).filter(|w| is_in(w)).count());
    if all == 0 { 0.5 } else { shared as f64 / all as f64 }
}

/// The words of a title that tell something.
fn telling(title: &[Word]) -> impl Iterator<Item = &Word> {
    title.iter().take(MAX_TITLE).filter(|w| w.class.is_weighty())
}
