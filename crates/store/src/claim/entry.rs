//! An entry in hand, as it is claimed.

use record::RecordId;
use rusqlite::Row;

use crate::EntryId;
use crate::feed_poll::Validators;

/// An entry in hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedEntry {
    /// Its number.
    pub entry: EntryId,
    /// What names it.
    pub name: String,
    /// What to fetch; `None` where the payload is all there is.
    pub url: Option<String>,
    /// The host that it is fetched from.
    pub host: String,
    /// The feed that brought it, by its present URL.
    pub feed: Option<String>,
    /// The user's settings for that feed, as JSON.
    pub settings: Option<String>,
    /// The item, as its finder wrote it.
    pub payload: Option<String>,
    /// The record that it became before, where it did.
    pub record: Option<RecordId>,
    /// Those of the page that the record's text was made of: what a repeated fetch asks with.
    pub validators: Validators,
    /// Failures since the last success.
    pub attempts: u32,
    /// It may have crashed the program: nothing else is in hand, nor will be before it is done.
    pub is_alone: bool,
}

/// What a claim returns of it; [`read`] reads it.
pub(super) const COLUMNS: &str = "entry, name, url, host,
    (SELECT f.url FROM feeds f WHERE f.feed = entries.feed), payload, attempts, alone, due_at,
    (SELECT f.settings FROM feeds f WHERE f.feed = entries.feed), record, etag, last_modified";

/// When it fell due, and the entry.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<(i64, ClaimedEntry)> {
    let record: Option<String> = row.get(10)?;
    let claimed = ClaimedEntry {
        entry: EntryId(row.get(0)?),
        name: row.get(1)?,
        url: row.get(2)?,
        host: row.get(3)?,
        feed: row.get(4)?,
        payload: row.get(5)?,
        attempts: row.get(6)?,
        is_alone: row.get(7)?,
        settings: row.get(9)?,
        record: record.and_then(|id| id.parse().ok()),
        validators: Validators { etag: row.get(11)?, last_modified: row.get(12)? },
    };
    Ok((row.get(8)?, claimed))
}
