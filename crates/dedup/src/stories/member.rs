//! What goes into the finding of stories.

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
    /// The bytes of [`Membership::sketch`](record::story::Membership::sketch).
    pub sketch: &'a [u8],
    /// The story that it belongs to now.
    pub story: StoryId,
    /// The sequence of the record that the story is named after.
    pub born: u64,
}
