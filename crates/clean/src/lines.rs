//! The judgement of lines: article or furniture?
//!
//! One judgement for both inputs, raw text and the paragraphs of a page.

mod cues;
mod features;
mod hashed;
mod model;
mod shape;

use std::ops::Range;

pub(crate) use cues::{Cues, Kind};
pub(crate) use shape::{Class, Shape};

/// A line with everything that was counted in it.
#[derive(Debug, Clone)]
pub(crate) struct Scanned {
    /// Counts and looks.
    pub(crate) shape: Shape,
    /// The phrases that tell what a line is for.
    pub(crate) cues: Cues,
    /// Where its words are in [`Lines::words`].
    words: Range<usize>,
}

impl Scanned {
    /// Words, with a character of an unspaced script as half a word.
    pub(crate) fn length(&self) -> f32 {
        self.shape.words as f32 - 0.5 * self.shape.unspaced as f32
    }

    /// Does it read as prose: eight words or more with the end of a sentence, or many?
    pub(crate) fn is_prose(&self) -> bool {
        let length = self.length();
        length >= 25.0 || (length >= 8.0 && self.shape.sentence_ends > 0)
    }
}

/// The lines of one page, counted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lines {
    /// Each line.
    pub(crate) all: Vec<Scanned>,
    /// The hashes of all words of all lines.
    words: Vec<u32>,
}

impl Lines {
    /// Counts every line. Linear in the text.
    pub(crate) fn scan<'a>(lines: impl Iterator<Item = &'a str>) -> Self {
        let mut words = Vec::new();
        let all = lines
            .map(|line| {
                let start = words.len();
                let shape = shape::scan(line, &mut words);
                let cues = cues::find(words.get(start..).unwrap_or_default());
                Scanned { shape, cues, words: start..words.len() }
            })
            .collect();
        Self { all, words }
    }

    /// Keeps the lines that `kept` says, in order.
    pub(crate) fn retain(&mut self, kept: &[bool]) {
        let mut kept = kept.iter();
        self.all.retain(|_| kept.next().copied().unwrap_or_default());
    }

    /// Counts `line` in place of the first.
    pub(crate) fn replace_first(&mut self, line: &str) {
        let start = self.words.len();
        let shape = shape::scan(line, &mut self.words);
        let cues = cues::find(self.words.get(start..).unwrap_or_default());
        if let Some(first) = self.all.first_mut() {
            *first = Scanned { shape, cues, words: start..self.words.len() };
        }
    }

    /// The word hashes of one line.
    pub(crate) fn words(&self, at: usize) -> &[u32] {
        self.all.get(at).and_then(|line| self.words.get(line.words.clone())).unwrap_or_default()
    }
}

/// A page whose best line scores between this and 0 may still be an article: the judgement is
/// in doubt, and the lines within [`IN_DOUBT`] of the best are kept.
const HOPELESS: f32 = -3.0;
const IN_DOUBT: f32 = 1.5;

/// The score of each line: above 0 it is kept. Scores are log-odds of being of the article,
/// but on pages where no line is more likely than not they count from the best line's.
/// `headline` is the index of the line that stands above the article. Linear in the text.
pub(crate) fn judge(lines: &Lines, headline: usize) -> Vec<f32> {
    let mut scores = model::scores(&features::Features::of(lines, headline));
    let best = scores.iter().skip(1).copied().fold(f32::MIN, f32::max);
    if best <= 0.0 && best > HOPELESS {
        for score in &mut scores {
            *score += IN_DOUBT - best;
        }
    }
    scores
}
