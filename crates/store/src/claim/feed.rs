//! A feed in hand, as it is claimed.

use jiff::Timestamp;
use rusqlite::Row;

use crate::FeedId;
use crate::feed_poll::Validators;
use crate::time::from_millis;

/// A feed in hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedFeed {
    /// Its number.
    pub feed: FeedId,
    /// Where to poll it.
    pub url: String,
    /// Its host.
    pub host: String,
    /// What to ask with.
    pub validators: Validators,
    /// What the schedule remembers.
    pub schedule: Option<String>,
    /// The user's settings for it, as JSON.
    pub settings: Option<String>,
    /// The last poll, if any.
    pub polled_at: Option<Timestamp>,
    /// The last poll that brought something new.
    pub changed_at: Option<Timestamp>,
    /// Failures since the last good poll.
    pub failures: u32,
    /// As [`ClaimedEntry::is_alone`](crate::ClaimedEntry::is_alone).
    pub is_alone: bool,
}

/// What a claim returns of it; [`read`] reads it.
pub(super) const COLUMNS: &str =
    "feed, url, host, etag, last_modified, schedule, settings, polled_at,
    changed_at, failures, alone, due_at";

/// When it fell due, and the feed.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<(i64, ClaimedFeed)> {
    let time = |n| row.get::<_, Option<i64>>(n).map(|t| t.map(from_millis));
    let claimed = ClaimedFeed {
        feed: FeedId(row.get(0)?),
        url: row.get(1)?,
        host: row.get(2)?,
        validators: Validators { etag: row.get(3)?, last_modified: row.get(4)? },
        schedule: row.get(5)?,
        settings: row.get(6)?,
        polled_at: time(7)?,
        changed_at: time(8)?,
        failures: row.get(9)?,
        is_alone: row.get(10)?,
    };
    Ok((row.get(11)?, claimed))
}
