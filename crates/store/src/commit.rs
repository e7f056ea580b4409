//! What a stage hands in to be stored, and what it gets back.

use std::time::Duration;

use jiff::Timestamp;
use record::{ContentHash, Reason, Record, RecordId, Verdict};

use crate::{EntryId, HostState, Poll, RecordedEntry, RecordedPoll, Validators};

/// What became of one capture or task: everything that is to be stored because of it.
#[derive(Debug, Clone)]
pub struct Commit {
    /// Where the capture was read from, for input without a network.
    pub capture: Option<CaptureKey>,
    /// The claimed entry that this ends. A feed's claim is ended by [`Effect::Polled`].
    pub entry: Option<EntryId>,
    /// The entry that this ended when it was recorded: ended without a claim.
    pub recorded: Option<Box<RecordedEntry>>,
    /// When the entry is to be tried (after a failure) or fetched (after a success) again;
    /// without it a failed entry is a dead letter and any other one is done.
    pub again_at: Option<Timestamp>,
    /// A page is fetched again after a success at twice its age, an hour after it was found at
    /// first, until it is so old; 0: never.
    pub hot_for: Duration,
    /// Those of the page that the entry's record is made of now; `None`: as before. Kept while
    /// the page is hot.
    pub validators: Option<Validators>,
    /// When the answer was complete: the `now` of every decision about it.
    pub at: Timestamp,
    /// What was learned of the host that answered.
    pub host: Option<HostState>,
    /// What it took to get.
    pub cost: Cost,
    /// Which version of the program made the text.
    pub cleaner: Option<String>,
    /// How far the run has come in an input whose captures were committed before.
    pub passed: Option<CaptureKey>,
    /// How it came about, as JSON of at most [`crate::MAX_TRAIL`] bytes, for `explain`.
    pub trail: Option<String>,
    /// What became of it.
    pub effect: Effect,
}

impl Commit {
    /// A commit of this effect at this time, with nothing else.
    #[must_use]
    pub const fn new(at: Timestamp, effect: Effect) -> Self {
        Self {
            capture: None,
            entry: None,
            recorded: None,
            again_at: None,
            hot_for: Duration::ZERO,
            validators: None,
            at,
            host: None,
            cost: Cost { requests: 0, bytes: 0 },
            cleaner: None,
            passed: None,
            trail: None,
            effect,
        }
    }
}

/// What an answer took to get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    /// Requests sent, redirects included.
    pub requests: u32,
    /// Bytes of the body, decoded.
    pub bytes: u64,
}

/// A place in an input without a network, and what stood there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureKey {
    /// The file, folder or archive.
    pub source: String,
    /// The offset or line in it: 0 for a file that is one capture.
    pub position: u64,
    /// The hash of the bytes; `None` where they could not be read.
    pub hash: Option<ContentHash>,
}

/// What became of a capture.
#[derive(Debug, Clone)]
pub enum Effect {
    /// It became a record, or a revision of one; or it is known, where the verdict says
    /// [`record::Novelty::Unchanged`].
    Record(Box<Judged>),
    /// A capture that gave a record before gave another text of it when it was cleaned anew:
    /// that stands from then on, as a revision of ours. Its link is that of the verdict; it
    /// stays in its story.
    Again(Box<Judged>),
    /// It is known, and no text was made of it: the page answered 304, or it was cleaned anew
    /// and nothing came of it. Commits of captures that were committed before need no effect at
    /// all: they are left out.
    Unchanged(RecordId),
    /// It did not become a record.
    Failed(Reason),
    /// A feed was polled.
    Polled(Box<Poll>),
    /// A feed was polled when this was recorded.
    Listed(Box<RecordedPoll>),
}

/// A record with the judgement of it.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The text and what is known of it.
    pub record: Record,
    /// The judgement.
    pub verdict: Verdict,
    /// The names that are to lead to the record; those that lead elsewhere already stay.
    pub aliases: Vec<String>,
    /// The commit sequence number, larger than all before: see [`crate::Reader::next_sequence`].
    pub sequence: u64,
    /// The day under which the sketch is found again, in days since 1970-01-01. A sketch
    /// without a day is not kept.
    pub sketch_day: Option<i32>,
}

/// What a commit did.
#[derive(Debug, Clone, PartialEq)]
pub struct Committed {
    /// What it was counted as.
    pub outcome: Outcome,
    /// The record.
    pub id: Option<RecordId>,
    /// The URL of the text, as exported.
    pub url: Option<String>,
    /// Which revision the text is, from 1; 0 where there is no text.
    pub revision: u32,
}

/// The outcomes: each commit has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// A new record.
    Stored,
    /// A new record that copies another.
    Duplicate,
    /// A new text of a known record.
    Revision,
    /// Known already.
    Unchanged,
    /// A filter of the user's took it.
    Filtered,
    /// Failed for good.
    Failed,
    /// Failed, to be tried again.
    Retried,
    /// A feed was polled.
    Polled {
        /// Items that were not known.
        new: u32,
        /// Items whose content changed.
        changed: u32,
        /// Items known as they are.
        known: u32,
    },
}

impl Outcome {
    /// The code that the database shows.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Duplicate => "duplicate",
            Self::Revision => "revision",
            Self::Unchanged => "unchanged",
            Self::Filtered => "filtered",
            Self::Failed => "failed",
            Self::Retried => "retried",
            Self::Polled { .. } => "polled",
        }
    }
}
