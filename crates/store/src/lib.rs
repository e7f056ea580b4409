//! The database, and the only owner of SQL.

mod article;
mod captured;
mod claim;
mod commit;
mod connection;
mod digest;
mod error;
mod export;
mod feed_poll;
mod host;
mod known;
mod meta_json;
mod past;
mod reader;
mod row;
mod run;
mod schema;
mod search;
mod sources;
mod status;
#[cfg(test)]
mod test_support;
mod texts;
mod time;
mod timeline;
mod writer;

pub use article::StoredRecord;
pub use captured::{CaptureOutcome, Captured};
pub use claim::{ClaimOptions, ClaimedEntry, ClaimedFeed, EntryId, FeedId};
pub use commit::{CaptureKey, Commit, Committed, Effect, Judged, Outcome};
pub use connection::OpenOptions;
pub use digest::Digest;
pub use error::{ErrorKind, StoreError};
pub use export::Selection;
pub use feed_poll::{FoundEntry, Poll, PollResult, ReadFeed, Validators};
pub use host::HostState;
pub use known::StoredText;
pub use past::Past;
pub use reader::Reader;
pub use run::{Run, RunId};
pub use search::{Hit, SearchOptions};
pub use sources::{FeedInfo, NewFeed, Waiting};
pub use status::{Balance, Counts};
pub use time::stored_time;
pub use writer::{Claims, Store};
