//! What is remembered of a feed from one poll to the next.

use fetch::schedule::FeedState;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is remembered about polling a feed.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Memory {
    #[serde(flatten)]
    pub(super) state: FeedState,
    #[serde(flatten)]
    pub(super) content: Content,
}

/// What is remembered of a feed's content.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Content {
    /// A hash of what it listed when it was last read.
    pub(super) content: Option<String>,
    /// The last 304 since then.
    pub(super) not_modified_at: Option<Timestamp>,
}

impl Memory {
    /// As it was written. Read twice: to read what is flattened at once takes twice as long.
    pub(super) fn read(text: &str) -> Option<Self> {
        let state = serde_json::from_str(text).ok()?;
        Some(Self { state, content: serde_json::from_str(text).ok()? })
    }
}
