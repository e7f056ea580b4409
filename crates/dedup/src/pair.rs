//! Two texts side by side.

use crate::text::Text;
use crate::words::Word;

/// Matched runs at least this many words long are surely copied, not said alike by chance.
const LONG_RUN: usize = 10;

/// Words on either side of a local edit, at most.
const LOCAL: usize = 12;

/// How much of one text is in the other, and how they differ where they meet.
#[derive(Debug, Default)]
pub(crate) struct Pair {
    /// Runs of the shorter text that the longer one has too.
    pub(crate) runs: Vec<Run>,
    /// Which words of the shorter text are in a shingle of the longer one.
    pub(crate) covered: Vec<bool>,
    /// How many words of the longer text are in a shingle of the shorter one.
    pub(crate) covered_longer: usize,
    /// Local edits between neighbouring runs that put a number or a name in the place of another.
    pub(crate) exchanged: usize,
}

/// A run of words in both texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    /// First word in the shorter text.
    pub(crate) shorter: usize,
    /// First word in the longer text.
    pub(crate) longer: usize,
    /// How many words.
    pub(crate) len: usize,
}

impl Pair {
    /// Aligns `shorter` with `longer` by their shingles. Linear.
    pub(crate) fn of(shorter: &Text, longer: &Text) -> Self {
        let runs = runs(shorter, longer);
        let mut pair = Self {
            covered: covered(shorter, longer),
            covered_longer: covered(longer, shorter).iter().filter(|c| **c).count(),
            ..Self::default()
        };
        for (before, after) in runs.iter().zip(runs.iter().skip(1)) {
            pair.edit(shorter, longer, *before, *after);
        }
        pair.runs = runs;
        pair
    }

    /// Words of the shorter text in runs that chance does not explain.
    pub(crate) fn in_long_runs(&self) -> usize {
        self.runs.iter().map(|run| run.len).filter(|len| *len >= LONG_RUN).sum()
    }

    /// The longest stretch of the shorter text that the longer one has not.
    pub(crate) fn longest_gap(&self) -> usize {
        self.covered.split(|c| *c).map(<[bool]>::len).max().unwrap_or(0)
    }

    fn edit(&mut self, shorter: &Text, longer: &Text, before: Run, after: Run) {
        let out = (before.shorter + before.len)..after.shorter;
        let new = (before.longer + before.len)..after.longer;
        if after.longer <= before.longer || out.len() > LOCAL || new.len() > LOCAL {
            return;
        }
        let out = shorter.words.get(out).unwrap_or_default();
        let new = longer.words.get(new).unwrap_or_default();
        self.exchanged += usize::from(has_own(out, new) && has_own(new, out));
    }
}

/// Is there a number or a name that the other side has not?
fn has_own(words: &[Word], others: &[Word]) -> bool {
    words.iter().any(|w| w.class.is_particular() && others.iter().all(|other| other.hash != w.hash))
}

/// Which words of `text` are in a shingle that `other` has.
fn covered(text: &Text, other: &Text) -> Vec<bool> {
    let mut covered = Vec::with_capacity(text.words.len());
    let mut until = 0;
    for at in 0..text.words.len() {
        let is_shared = text.shingles.get(at).is_some_and(|s| other.place(*s).is_some());
        if is_shared {
            until = until.max(at + text.width(at));
        }
        covered.push(at < until);
    }
    covered
}

/// The runs of shared shingles in the order of `shorter`; of several places in `longer` the
/// one that continues the run, else the first.
fn runs(shorter: &Text, longer: &Text) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut next = None;
    for (at, shingle) in shorter.shingles.iter().enumerate() {
        let continues = next.filter(|place| longer.shingles.get(*place) == Some(shingle));
        let place = continues.or_else(|| longer.place(*shingle));
        let end = (at + shorter.width(at)).min(shorter.words.len());
        match (place, continues, runs.last_mut()) {
            (Some(_), Some(_), Some(run)) => run.len = end - run.shorter,
            (Some(place), _, _) => runs.push(Run { shorter: at, longer: place, len: end - at }),
            (None, ..) => {}
        }
        next = place.map(|place| place + 1);
    }
    runs
}
