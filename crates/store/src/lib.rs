//! The database, and the only owner of SQL: the frontier, records and their revisions, search.
//!
//! Callers see claims, commits and reads as values; nothing of SQLite leaks out. Times are
//! arguments: no clock is read here.
//!
//! - [`Store`] is the write connection of the one process that judges. [`Store::commit`] takes a
//!   batch of [`Commit`]s, each with everything that is to be stored because of one capture, and
//!   stores them in one transaction that is durable when it returns.
//! - [`Claims`] claims what is due, beside it.
//! - [`Reader`] reads beside both: one record, its history, a search, an export, counts, a digest.
//! - [`Past`] is what the judging stage asks: stored and pending verdicts as one.
//!
//! The schema is `migrations/*.sql`; it says its own conventions and has views for people.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("news.db");
//! use jiff::Timestamp;
//! use record::{Novelty, RecordId, Verdict};
//! use store::{Commit, Effect, Judged, OpenOptions, Outcome, Reader, Store};
//!
//! let record = record::text::parse("Rain\n20240502\nhttps://example.org/rain\nIt rained.\n")?;
//! let id = RecordId::of(&record);
//! let aliases = vec!["https://example.org/rain".to_owned()];
//! let verdict =
//!     Verdict { id, novelty: Novelty::New, duplicate: None, story: None, sketch: Vec::new() };
//! let judged = Judged { record, verdict, aliases, sequence: 1, sketch_day: None };
//!
//! let now = Timestamp::from_second(1_714_640_000)?;
//! let mut store = Store::open(&path, OpenOptions::default())?;
//! let run = store.begin_run("replay", "seeds", now)?;
//! let commit = Commit::new(run.started_at, Effect::Record(Box::new(judged)));
//! let done = store.commit(run.id, &[commit])?;
//! assert_eq!(done[0].outcome, Outcome::Stored);
//! store.end_run(run.id, now)?;
//!
//! let reader = Reader::open(&path)?;
//! assert_eq!(reader.find("http://example.org/rain")?, Some(id));
//! assert_eq!(reader.counts()?.records, 1);
//! store.close()?;
//! # Ok(())
//! # }
//! ```

mod apply;
mod article;
mod backup;
mod captured;
mod check;
mod checkup;
mod claim;
mod clock_jump;
mod commit;
mod connection;
mod digest;
mod edits;
mod error;
mod export;
mod feed_days;
mod feed_poll;
mod frontier;
mod gauges;
mod growth;
mod host;
mod id;
mod known;
mod listed;
mod lists;
mod meta_json;
mod past;
#[cfg(test)]
mod plans;
mod reader;
mod recorded;
mod release;
mod retention;
mod retry;
mod row;
mod run;
mod schema;
mod search;
mod source_edits;
mod sources;
mod standing;
mod status;
mod stories;
mod story_edit;
mod story_read;
#[cfg(test)]
mod test_support;
mod texts;
mod time;
mod timeline;
mod trails;
mod writer;

pub use article::StoredRecord;
pub use backup::restore;
pub use captured::{CaptureOutcome, Captured};
pub use checkup::{CopiedFrom, Refused};
pub use claim::{ClaimOptions, ClaimedEntry, ClaimedFeed};
pub use commit::{CaptureKey, Commit, Committed, Cost, Effect, Judged, Outcome};
pub use connection::OpenOptions;
pub use digest::Digest;
pub use edits::Edits;
pub(crate) use error::Fault;
pub use error::{ErrorKind, StoreError};
pub use export::Selection;
pub use feed_days::FeedDay;
pub use feed_poll::{Poll, PollResult, ReadFeed, Validators};
pub use frontier::FoundEntry;
pub use gauges::Gauges;
pub use growth::Growth;
pub use host::HostState;
pub use id::{EntryId, FeedId};
pub use known::StoredText;
pub use listed::Listed;
pub use lists::List;
pub use past::{Past, Stands};
pub use reader::Reader;
pub use recorded::{RecordedEntry, RecordedPoll};
pub use retention::{Retention, Shed};
pub use retry::{DeadLetter, DeadLetters};
pub use run::{Run, RunId};
pub use search::{Hit, SearchOptions};
pub use source_edits::SourceEdit;
pub use sources::{FeedInfo, ListedItem, NewFeed, Waiting};
pub use standing::{Standing, fingerprint};
pub use status::{Balance, Counts};
pub use story_edit::StoryEditor;
pub use story_read::{RememberedMember, Story, StoryList, StoryMember, StoryOrder};
pub use time::stored_time;
pub use trails::{EntryInfo, MAX_TRAIL, Trail};
pub use writer::{Claims, Store};
