//! What goes into the finding of stories, and what comes out.

use jiff::Timestamp;
use record::{RecordId, StoryId};

/// A record to find the story of.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// Its id.
    pub id: RecordId,
    /// Its title.
    pub title: &'a str,
    /// Its paragraphs joined by LF; empty for a headline alone.
    pub body: &'a str,
    /// Its language (BCP 47), where known.
    pub lang: Option<&'a str>,
    /// Its own time: the instant or day of publication, else when it was captured.
    pub time: Timestamp,
    /// Its place in the order of commits: greater than that of every record before.
    pub sequence: u64,
}

/// A record that was assigned before, as the database holds it.
#[derive(Debug, Clone, Copy)]
pub struct Stored<'a> {
    /// Its id.
    pub id: RecordId,
    /// Its language, as given when it was assigned.
    pub lang: Option<&'a str>,
    /// Its time, as given when it was assigned.
    pub time: Timestamp,
    /// Its sequence, as given when it was assigned.
    pub sequence: u64,
    /// The bytes that [`Assignment::sketch`] gave.
    pub sketch: &'a [u8],
    /// The story that it belongs to now.
    pub story: StoryId,
    /// The sequence of the record that the story is named after.
    pub born: u64,
}

/// Where a record belongs.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// Its story.
    pub story: StoryId,
    /// Why it is there.
    pub basis: Basis,
    /// What to keep with the record, to [restore](super::Stories::restore) from.
    pub sketch: Vec<u8>,
    /// Stories that became one by this record, in that order.
    pub merged: Vec<Merge>,
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
    /// It was assigned before.
    Known,
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

/// A record that a user's decision moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// The record.
    pub record: RecordId,
    /// The story that it is in now.
    pub to: StoryId,
}
