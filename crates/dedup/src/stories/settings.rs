//! The numbers that decide, in one place.

/// How stories are told apart. Where the defaults come from: [`crate::stories`]. A changed
/// setting holds from then on; it never judges the past anew.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// A story takes in a record at most so many days before its first or after its last.
    pub window_days: f64,
    /// Likeness falls by 1/e over a gap of so many days.
    pub decay_days: f64,
    /// So many newest records are remembered, at most 2²⁴; older ones leave memory and their
    /// story's centre.
    pub horizon: u64,
    /// Stories that grew together are joined after every so many records; 0 is never.
    pub merge_every: u64,
    /// Likeness that a record of plenty of text must reach.
    pub threshold: f64,
    /// Likeness that two stories of full texts must reach to be joined.
    pub merge_threshold: f64,
    /// How terms are weighed.
    pub weights: Weights,
}

/// How much each kind of term counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// Words read of a text.
    pub words: usize,
    /// Terms kept of a text, the heaviest first.
    pub terms: usize,
    /// Names (capitals inside a sentence).
    pub name: f64,
    /// Figures.
    pub figure: f64,
    /// Terms of the first `lead_words` words of the body.
    pub lead: f64,
    /// Words that make up the lead.
    pub lead_words: usize,
    /// How fast repeating a term stops to count: tf * (k + 1) / (tf + k).
    pub saturation: f64,
    /// How the threshold grows with the terms of the text, as an exponent.
    pub text_power: f64,
    /// How the threshold between stories grows with the terms of each one's texts, as an
    /// exponent.
    pub merge_text: f64,
    /// How the threshold between stories grows with the smaller one's members, as an exponent.
    pub merge_members: f64,
    /// How a day of a story's whole length counts against a day between it and a text.
    pub span: f64,
    /// What a text must reach with a story that has none in its language, as a share of what it
    /// must reach with others: they share but names and figures.
    pub foreign: f64,
    /// Texts that the background table counts as, beside those of the stream.
    pub prior: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            window_days: 3.0,
            decay_days: 2.5,
            horizon: 100_000,
            merge_every: 256,
            threshold: 0.174,
            merge_threshold: 0.4,
            weights: Weights::default(),
        }
    }
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            words: 500,
            terms: 40,
            name: 1.75,
            figure: 1.25,
            lead: 2.0,
            lead_words: 60,
            saturation: 6.0,
            text_power: 0.2,
            merge_text: 0.5,
            merge_members: 0.1,
            span: 0.1,
            foreign: 0.8,
            prior: 1_000.0,
        }
    }
}
