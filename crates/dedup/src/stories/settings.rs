//! The numbers that decide, in one place.

/// How stories are told apart. The defaults were fitted on news streams with hand-made story
/// labels (see `docs` of [`crate::stories`]); a changed setting holds from then on, it never
/// re-judges the past.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// A story takes in a record at most so many days before its first or after its last.
    pub window_days: f64,
    /// Likeness falls by 1/e over a gap of so many days.
    pub decay_days: f64,
    /// So many newest records are remembered; older ones leave memory and their story's centre.
    pub horizon: u64,
    /// Stories that grew together are joined after every so many records; 0 is never.
    pub merge_every: u64,
    /// Likeness that a record of plenty of text must reach.
    pub threshold: f64,
    /// Likeness that two stories must reach to be joined, as a multiple of `threshold`.
    pub merge_factor: f64,
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
    /// Terms of the title.
    pub title: f64,
    /// Terms of the first `lead_words` words of the body.
    pub lead: f64,
    /// Words that make up the lead.
    pub lead_words: usize,
    /// How fast repeating a term stops to count: tf * (k + 1) / (tf + k).
    pub saturation: f64,
    /// The share of the best member's likeness in the likeness to a story.
    pub best: f64,
    /// Threshold of a headline alone, as a share of the full threshold.
    pub short: f64,
    /// Terms from which on a text counts as full.
    pub full_terms: f64,
    /// Exponent of idf.
    pub idf_power: f64,
    /// Pseudo-members in the centre's length (pulls small stories' likeness up or down).
    pub smooth: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            window_days: 3.0,
            decay_days: 3.5,
            horizon: 100_000,
            merge_every: 256,
            threshold: 0.19,
            merge_factor: 1.5,
            weights: Weights::default(),
        }
    }
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            words: 500,
            terms: 48,
            name: 1.5,
            figure: 1.0,
            title: 1.5,
            lead: 1.0,
            lead_words: 60,
            saturation: 3.0,
            best: 0.0,
            short: 0.3,
            full_terms: 24.0,
            idf_power: 1.0,
            smooth: 0.0,
        }
    }
}
