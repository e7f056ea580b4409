//! Stories: the reports of one event, and why each is there.

use jiff::Timestamp;

use crate::{RecordId, StoryId};

/// A record's place in a story, as it was found when the record was first stored. A revision
/// keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct Membership {
    /// The story.
    pub story: StoryId,
    /// Why the record is there.
    pub basis: Basis,
    /// The record's own time: the instant or day of publication, else when it was captured.
    pub time: Timestamp,
    /// What is to be kept with the record, from which the memory of stories is rebuilt.
    pub sketch: Vec<u8>,
    /// Stories that became one before the record found its own, in that order.
    pub merged: Vec<Merge>,
    /// Stories whose headline was chosen anew, and the record whose title it is.
    pub headlines: Vec<(StoryId, RecordId)>,
}

/// Why a record is in its story.
#[derive(Debug, Clone, PartialEq)]
pub enum Basis {
    /// Nothing was near enough: it starts a story.
    First {
        /// The nearest story, where one came near at all.
        nearest: Option<Near>,
    },
    /// It is like the story.
    Alike(Near),
    /// A user decided so: it is together with that record.
    Decided(RecordId),
}

impl Basis {
    /// The code that the database and the JSON form show.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::First { .. } => "first",
            Self::Alike(_) => "alike",
            Self::Decided(_) => "decided",
        }
    }

    /// The story that came nearest, joined or not.
    #[must_use]
    pub const fn near(&self) -> Option<&Near> {
        match self {
            Self::First { nearest } => nearest.as_ref(),
            Self::Alike(near) => Some(near),
            Self::Decided(_) => None,
        }
    }
}

/// A story near a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Near {
    /// The story.
    pub story: StoryId,
    /// How near: 0 to 1.
    pub score: f64,
    /// What the score had to reach.
    pub threshold: f64,
    /// The terms that both have, weightiest first: at most eight.
    pub shared: Vec<SharedTerm>,
}

/// A term that joined a record to its story.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedTerm {
    /// As the record writes it.
    pub term: String,
    /// Its share of the likeness: 0 to 1.
    pub share: f64,
}

/// Two stories that became one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Merge {
    /// The younger one, whose name is an alias from now on.
    pub gone: StoryId,
    /// The older one.
    pub kept: StoryId,
    /// How near they were; 1 where a user decided.
    pub score: f64,
}

/// A user's word on two records, which no likeness overrules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Both tell the same story.
    Together(RecordId, RecordId),
    /// They tell different stories.
    Apart(RecordId, RecordId),
}

impl Decision {
    /// The code that the database shows, and the two records.
    #[must_use]
    pub const fn parts(self) -> (&'static str, RecordId, RecordId) {
        match self {
            Self::Together(a, b) => ("together", a, b),
            Self::Apart(a, b) => ("apart", a, b),
        }
    }

    /// The decision with this code.
    #[must_use]
    pub fn from_parts(code: &str, a: RecordId, b: RecordId) -> Option<Self> {
        match code {
            "together" => Some(Self::Together(a, b)),
            "apart" => Some(Self::Apart(a, b)),
            _ => None,
        }
    }
}

/// The decisions that make a story of its own out of some of a story's records: they part from
/// the record that the story is named after and stay together. That record itself cannot leave
/// its story (part the others from it instead) and is passed over.
///
/// ```
/// use record::story::{Decision, split};
/// use record::{RecordId, StoryId};
///
/// let decisions = split(StoryId(1), &[RecordId(5), RecordId(7)]);
/// assert_eq!(decisions.len(), 3);
/// assert_eq!(decisions[0], Decision::Apart(RecordId(1), RecordId(5)));
/// assert_eq!(split(StoryId(1), &[RecordId(1)]), []);
/// ```
#[must_use]
pub fn split(story: StoryId, records: &[RecordId]) -> Vec<Decision> {
    let name = RecordId(story.0);
    let mut leaving = records.iter().copied().filter(|id| *id != name);
    let Some(first) = leaving.next() else { return Vec::new() };
    let mut decisions = vec![Decision::Apart(name, first)];
    for other in leaving {
        decisions.extend([Decision::Together(first, other), Decision::Apart(name, other)]);
    }
    decisions
}
