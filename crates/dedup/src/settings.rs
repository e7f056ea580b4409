//! What a user may set.

/// How sure the judgement must be before it calls a near copy a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strictness {
    /// A false merge hurts more than a miss: archives.
    Strict,
    /// Both hurt.
    #[default]
    Balanced,
    /// A miss hurts more: alerts.
    Eager,
}

/// The settings of an [`Index`](crate::Index). They are part of every verdict: the same
/// stream judged with other settings gives other links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How many days before and after a record's own day near copies are looked for. Equal
    /// texts are found over all times.
    pub window_days: u16,
    /// How sure a link must be.
    pub strictness: Strictness,
}

impl Default for Settings {
    fn default() -> Self {
        Self { window_days: 45, strictness: Strictness::default() }
    }
}
