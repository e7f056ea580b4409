//! What deduplication found out about a record.

use crate::RecordId;
use crate::story::Membership;

/// Is the text new at its URL?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Novelty {
    /// The first text of this article.
    New,
    /// Another text of an article that is known.
    Revision,
    /// The text that is known already.
    Unchanged,
}

/// How a record copies another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DuplicateKind {
    /// The same folded text.
    Exact,
    /// One holds the other whole.
    Contained,
    /// Under half of the original, all of it from there.
    Excerpt,
    /// A few figures or words differ.
    Corrected,
    /// Any other copy.
    Near,
}

impl DuplicateKind {
    /// The code that the database and the JSON form show.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Contained => "contained",
            Self::Excerpt => "excerpt",
            Self::Corrected => "corrected",
            Self::Near => "near",
        }
    }

    /// The kind with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Exact, Self::Contained, Self::Excerpt, Self::Corrected, Self::Near]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

/// A copy's link to the record that was first.
#[derive(Debug, Clone, PartialEq)]
pub struct Duplicate {
    /// The record first seen with this text: the root of its group.
    pub of: RecordId,
    /// How it copies.
    pub kind: DuplicateKind,
    /// How sure and how much: 0 to 1.
    pub similarity: f64,
    /// The text that both share, to show why: shortened, may be empty for exact copies.
    pub shared: String,
}

/// The judgement of one record.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The id that the record has from now on.
    pub id: RecordId,
    /// New, revision or unchanged.
    pub novelty: Novelty,
    /// The record that it copies, if any.
    pub duplicate: Option<Duplicate>,
    /// Its place in a story; `None` for what is no new record: a revision stays where it is.
    pub story: Option<Membership>,
    /// The sketch to keep with the record, from which the index is rebuilt. Empty for texts
    /// too short to have one.
    pub sketch: Vec<u8>,
}
