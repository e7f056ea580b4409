//! The frontier: what was found in feeds and lists waits here to be claimed.

use jiff::Timestamp;
use record::ContentHash;
use rusqlite::{Connection, OptionalExtension, named_params, params};

use crate::FeedId;
use crate::error::Sql;
use crate::time::millis;

/// An item of a feed, or of any other list of pages, as the frontier keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundEntry {
    /// The item's id within its list.
    pub guid: String,
    /// What names the task: the identity of the URL, or what else is unique where there is
    /// none. Two lists that carry the same page share one task.
    pub name: String,
    /// What to fetch, as it was published; `None` where the payload is all there is.
    pub url: Option<String>,
    /// The host that it is fetched from: a name and a port.
    pub host: String,
    /// A hash of what would make it worth fetching again.
    pub fingerprint: ContentHash,
    /// The item itself, as JSON that only its writer reads; kept until the task is done.
    pub payload: Option<String>,
    /// On another site than its list.
    pub is_foreign: bool,
    /// When it may be claimed.
    pub due_at: Timestamp,
}

/// How a listed item compares with what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Item {
    New,
    Changed,
    Known,
}

/// Puts an item to the frontier: new ones wait, changed ones wait again.
pub(crate) fn put_item(c: &Connection, feed: FeedId, entry: &FoundEntry, at: i64) -> Sql<Item> {
    const KNOWN: &str = "SELECT fingerprint, entry FROM feed_items WHERE feed = ?1 AND guid = ?2";
    const LIST: &str = "INSERT INTO feed_items (feed, guid, entry, fingerprint, found_at,
            changed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5)
        ON CONFLICT (feed, guid) DO UPDATE SET fingerprint = ?4, entry = ?3, changed_at = ?5";
    let known: Option<(Vec<u8>, i64)> = c
        .prepare_cached(KNOWN)?
        .query_row(params![feed.0, entry.guid], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let is_known = known.is_some();
    if known.is_some_and(|(fingerprint, _)| fingerprint == *entry.fingerprint.as_bytes()) {
        return Ok(Item::Known);
    }
    let (number, is_new) = put_entry(c, Some(feed), entry, at)?;
    let fingerprint = entry.fingerprint.as_bytes();
    c.prepare_cached(LIST)?.execute(params![feed.0, entry.guid, number, fingerprint, at])?;
    if !is_known {
        return Ok(if is_new { Item::New } else { Item::Known });
    }
    if !is_new {
        wake(c, number, entry)?;
    }
    Ok(Item::Changed)
}

/// Puts pages that no feed listed to the frontier. Returns how many are new.
pub(crate) fn put_pages(c: &Connection, found: &[FoundEntry], at: i64) -> Sql<usize> {
    let mut new = 0;
    for entry in found {
        let (_, is_new) = put_entry(c, None, entry, at)?;
        new += usize::from(is_new);
    }
    Ok(new)
}

/// Did the feed list this item before?
pub(crate) fn is_listed(c: &Connection, feed: FeedId, guid: &str) -> Sql<bool> {
    const IS_LISTED: &str =
        "SELECT EXISTS (SELECT 1 FROM feed_items WHERE feed = ?1 AND guid = ?2)";
    Ok(c.prepare_cached(IS_LISTED)?.query_row(params![feed.0, guid], |row| row.get(0))?)
}

/// The row of this name, and whether it was made now.
pub(crate) fn put_entry(
    c: &Connection,
    feed: Option<FeedId>,
    entry: &FoundEntry,
    at: i64,
) -> Sql<(i64, bool)> {
    const ADD: &str = "INSERT INTO entries (name, url, host, feed, state, due_at, is_foreign,
            payload, found_at)
        VALUES (:name, :url, :host, :feed, 'waiting', :due, :foreign, :payload, :at)
        ON CONFLICT (name) DO NOTHING RETURNING entry";
    const FIND: &str = "SELECT entry FROM entries WHERE name = ?1";
    let added = c
        .prepare_cached(ADD)?
        .query_row(
            named_params! {
                ":name": entry.name, ":url": entry.url, ":host": entry.host,
                ":feed": feed.map(|f| f.0), ":due": millis(entry.due_at),
                ":foreign": entry.is_foreign, ":payload": entry.payload, ":at": at,
            },
            |row| row.get(0),
        )
        .optional()?;
    match added {
        Some(number) => Ok((number, true)),
        None => Ok((c.prepare_cached(FIND)?.query_row([&entry.name], |row| row.get(0))?, false)),
    }
}

/// A changed item: its page is wanted again, with the new payload, whatever vouched for it.
fn wake(c: &Connection, number: i64, entry: &FoundEntry) -> Sql<()> {
    const WAKE: &str = "UPDATE entries SET
            url = coalesce(:url, url), payload = :payload, attempts = 0,
            etag = NULL, last_modified = NULL,
            again = (state = 'claimed'),
            state = CASE state WHEN 'done' THEN 'waiting' WHEN 'dead' THEN 'waiting'
                ELSE state END,
            due_at = CASE state WHEN 'claimed' THEN due_at WHEN 'suspect' THEN due_at
                WHEN 'waiting' THEN min(due_at, :due) ELSE :due END
        WHERE entry = :entry";
    c.prepare_cached(WAKE)?.execute(named_params! {
        ":entry": number, ":url": entry.url, ":payload": entry.payload,
        ":due": millis(entry.due_at),
    })?;
    Ok(())
}
