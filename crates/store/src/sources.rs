//! The feeds that are polled: adding, and reading what is known of them.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::error::{Sql, StoreError};
use crate::id::FeedId;
use crate::row::bound;
use crate::time::{from_millis, millis};
use crate::{HostState, Reader, Store, host};

/// A feed to be polled from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFeed {
    /// Its URL, as it was given.
    pub url: String,
    /// The host: a name and a port.
    pub host: String,
    /// The user's settings for it, as JSON that only its writer reads.
    pub settings: Option<String>,
}

/// What is known of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedInfo {
    /// Its number.
    pub feed: FeedId,
    /// Where it is polled.
    pub url: String,
    /// The host: a name and a port.
    pub host: String,
    /// Its title, once it was read.
    pub title: Option<String>,
    /// The address of its site.
    pub site: Option<String>,
    /// `waiting`, `claimed`, `suspect`, `paused` or `gone`.
    pub state: String,
    /// When it is polled next.
    pub due_at: Timestamp,
    /// When it was polled last.
    pub polled_at: Option<Timestamp>,
    /// When it last brought something new.
    pub changed_at: Option<Timestamp>,
    /// Failures since the last good poll.
    pub failures: u32,
    /// Code and detail of the last failure, if the last poll failed.
    pub problem: Option<(String, String)>,
    /// Items that it listed so far.
    pub items: u64,
    /// The user's settings for it.
    pub settings: Option<String>,
    /// What the schedule remembers, as JSON that only its writer reads.
    pub schedule: Option<String>,
    /// When it was added.
    pub added_at: Timestamp,
    /// Its newest item was found at.
    pub newest_at: Option<Timestamp>,
    /// Does it give validators, so that a poll can be answered 304?
    pub has_validators: bool,
    /// Polls that found nothing of the poll before them: entries came and went between.
    pub gaps: u64,
    /// Those entries, an estimate.
    pub missed: u64,
    /// The last of those polls.
    pub gap_at: Option<Timestamp>,
}

/// An item that a feed listed, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedItem {
    /// Its URL, else what names it.
    pub url: String,
    /// The item, as its finder wrote it, while it is not done.
    pub payload: Option<String>,
    /// The title of its record.
    pub title: Option<String>,
    /// The URL of its record.
    pub record_url: Option<String>,
    /// The text of its record.
    pub body: Option<String>,
    /// The filter that took it.
    pub filtered: Option<String>,
}

/// What waits in the frontier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waiting {
    /// When the first feed falls due (in the past: it waits).
    pub feed_due: Option<Timestamp>,
    /// When the first entry falls due.
    pub entry_due: Option<Timestamp>,
    /// Tasks in hand.
    pub open_claims: u64,
}

impl Store {
    /// Adds the feeds that are not known by this or an earlier URL; they are due at once.
    /// Returns how many were added. One transaction.
    pub fn add_feeds(&mut self, feeds: &[NewFeed], now: Timestamp) -> Result<usize, StoreError> {
        self.write(|c| add_all(c, feeds, now))
    }
}

/// Adds those that are not known yet; how many that were.
pub(crate) fn add_all(c: &Connection, feeds: &[NewFeed], now: Timestamp) -> Sql<usize> {
    let mut added = 0;
    for feed in feeds {
        added += usize::from(add(c, feed, millis(now))?);
    }
    Ok(added)
}

pub(crate) fn add(c: &Connection, feed: &NewFeed, now: i64) -> Sql<bool> {
    const KNOWN: &str = "SELECT EXISTS (SELECT 1 FROM feed_urls WHERE url = ?1)";
    const ADD: &str = "INSERT INTO feeds (url, host, due_at, added_at, settings)
        VALUES (?1, ?2, ?3, ?3, ?4) RETURNING feed";
    const NAME: &str = "INSERT INTO feed_urls (url, feed) VALUES (?1, ?2)";
    if c.prepare_cached(KNOWN)?.query_row([&feed.url], |row| row.get(0))? {
        return Ok(false);
    }
    let values = params![feed.url, feed.host, now, feed.settings];
    let number: i64 = c.prepare_cached(ADD)?.query_row(values, |row| row.get(0))?;
    c.prepare_cached(NAME)?.execute(params![feed.url, number])?;
    Ok(true)
}

const INFO: &str = "SELECT feed, url, title, site, state, due_at, polled_at, changed_at, failures,
        reason, detail, (SELECT count(*) FROM feed_items i WHERE i.feed = f.feed), settings,
        host, schedule, added_at,
        (SELECT max(found_at) FROM feed_items i WHERE i.feed = f.feed),
        etag IS NOT NULL OR last_modified IS NOT NULL, gaps, missed, gap_at
    FROM feeds f";

impl Reader {
    /// Every feed, in the order in which they were added.
    pub fn feeds(&self) -> Result<Vec<FeedInfo>, StoreError> {
        self.db.with(|c| {
            let mut find = c.prepare_cached(&format!("{INFO} ORDER BY feed"))?;
            let rows = find.query_map([], info)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The feed that this URL names, or named before it moved.
    pub fn feed(&self, url: &str) -> Result<Option<FeedInfo>, StoreError> {
        self.db.with(|c| {
            let sql = format!("{INFO} WHERE feed = (SELECT feed FROM feed_urls WHERE url = ?1)");
            Ok(c.prepare_cached(&sql)?.query_row([url], info).optional()?)
        })
    }

    /// On how many hosts feeds are polled; counting ends at `most`.
    pub fn feed_hosts(&self, most: usize) -> Result<usize, StoreError> {
        const HOSTS: &str = "SELECT count(*) FROM
            (SELECT DISTINCT host FROM feeds WHERE state <> 'paused' LIMIT ?1)";
        self.db.with(|c| {
            let hosts: i64 = c.prepare_cached(HOSTS)?.query_row([bound(most)], |row| row.get(0))?;
            Ok(hosts.unsigned_abs() as usize)
        })
    }

    /// Every URL that a feed is or was known by, with its feed.
    pub fn feed_names(&self) -> Result<Vec<(String, FeedId)>, StoreError> {
        const NAMES: &str = "SELECT url, feed FROM feed_urls";
        self.db.with(|c| {
            let mut find = c.prepare_cached(NAMES)?;
            let rows = find.query_map([], |row| Ok((row.get(0)?, FeedId(row.get(1)?))))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Shows what the feed listed since then to `visit`, the newest first.
    pub fn listed_since(
        &self,
        feed: FeedId,
        since: Timestamp,
        visit: &mut dyn FnMut(ListedItem),
    ) -> Result<(), StoreError> {
        const LISTED: &str = "SELECT coalesce(e.url, e.name), e.payload, r.title, r.url, r.body,
                e.reason IS 'filtered' AND e.state = 'dead', e.detail
            FROM feed_items i JOIN entries e ON e.entry = i.entry
            LEFT JOIN records r ON r.id = e.record
            WHERE i.feed = ?1 AND i.found_at >= ?2 ORDER BY i.found_at DESC, e.entry DESC";
        self.db.with(|c| {
            let mut find = c.prepare_cached(LISTED)?;
            let mut rows = find.query(params![feed.0, millis(since)])?;
            while let Some(row) = rows.next()? {
                let is_filtered: bool = row.get(5)?;
                let detail: Option<String> = row.get(6)?;
                visit(ListedItem {
                    url: row.get(0)?,
                    payload: row.get(1)?,
                    title: row.get(2)?,
                    record_url: row.get(3)?,
                    body: row.get(4)?,
                    filtered: is_filtered.then(|| detail.unwrap_or_default()),
                });
            }
            Ok(())
        })
    }

    /// What is known of a host.
    pub fn host(&self, host: &str) -> Result<Option<HostState>, StoreError> {
        self.db.with(|c| host::get(c, host))
    }

    /// When there is something to claim, and whether anything is in hand. Holds of hosts are
    /// counted in. Constant time while few hosts are on hold.
    pub fn waiting(&self) -> Result<Waiting, StoreError> {
        const OPEN: &str = "SELECT (SELECT count(*) FROM entries WHERE state = 'claimed')
            + (SELECT count(*) FROM feeds WHERE state = 'claimed')";
        self.db.with(|c| {
            let open: i64 = c.prepare_cached(OPEN)?.query_row([], |row| row.get(0))?;
            Ok(Waiting {
                feed_due: first_due(c, FIRST_FEEDS)?.map(from_millis),
                entry_due: first_due(c, FIRST_ENTRIES)?.map(from_millis),
                open_claims: open.unsigned_abs(),
            })
        })
    }
}

pub(crate) const FIRST_FEEDS: &str =
    "SELECT feed_due, hold_until FROM hosts WHERE feed_due IS NOT NULL ORDER BY feed_due";
pub(crate) const FIRST_ENTRIES: &str =
    "SELECT entry_due, hold_until FROM hosts WHERE entry_due IS NOT NULL ORDER BY entry_due";

/// The earliest time at which a task is due and its host not on hold.
fn first_due(c: &Connection, sql: &str) -> Sql<Option<i64>> {
    let mut find = c.prepare_cached(sql)?;
    let mut rows = find.query([])?;
    let mut first: Option<i64> = None;
    while let Some(row) = rows.next()? {
        let (due, hold): (i64, i64) = (row.get(0)?, row.get(1)?);
        if first.is_some_and(|first| first <= due) {
            break; // those that follow are due later still
        }
        let free = due.max(hold);
        first = Some(first.map_or(free, |first| first.min(free)));
    }
    Ok(first)
}

fn info(row: &Row<'_>) -> rusqlite::Result<FeedInfo> {
    let time = |n| row.get::<_, Option<i64>>(n).map(|t| t.map(from_millis));
    let reason: Option<String> = row.get(9)?;
    let detail: Option<String> = row.get(10)?;
    Ok(FeedInfo {
        feed: FeedId(row.get(0)?),
        url: row.get(1)?,
        title: row.get(2)?,
        site: row.get(3)?,
        state: row.get(4)?,
        due_at: from_millis(row.get(5)?),
        polled_at: time(6)?,
        changed_at: time(7)?,
        failures: row.get(8)?,
        problem: reason.map(|code| (code, detail.unwrap_or_default())),
        items: row.get(11).map(i64::unsigned_abs)?,
        settings: row.get(12)?,
        host: row.get(13)?,
        schedule: row.get(14)?,
        added_at: from_millis(row.get(15)?),
        newest_at: time(16)?,
        has_validators: row.get(17)?,
        gaps: row.get(18).map(i64::unsigned_abs)?,
        missed: row.get(19).map(i64::unsigned_abs)?,
        gap_at: time(20)?,
    })
}
