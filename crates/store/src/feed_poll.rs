//! A polled feed: its items, validators and next time, stored together.

use jiff::Timestamp;
use record::{ContentHash, Reason};
use rusqlite::{Connection, OptionalExtension, named_params, params};

use crate::FeedId;
use crate::commit::Outcome;
use crate::error::Sql;
use crate::time::millis;

/// What a poll of a feed brought.
#[derive(Debug, Clone, PartialEq)]
pub struct Poll {
    /// The feed.
    pub feed: FeedId,
    /// How it went.
    pub result: PollResult,
    /// When it is to be polled next.
    pub next_due: Timestamp,
    /// Where it lives from now on (301, 308): the URL and its host.
    pub moved_to: Option<(String, String)>,
    /// What the schedule remembers, as JSON that only its writer reads; `None` keeps it.
    pub schedule: Option<String>,
}

/// How a poll went.
#[derive(Debug, Clone, PartialEq)]
pub enum PollResult {
    /// It was read: what it holds now, and the validators that vouch for it.
    Read(Box<ReadFeed>),
    /// It is as it was (304).
    NotModified,
    /// It could not be read.
    Failed(Reason),
    /// It is gone for good: never polled again.
    Gone(Reason),
}

/// A feed that was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReadFeed {
    /// The validators of this answer, exactly as they were sent.
    pub validators: Validators,
    /// Its title.
    pub title: Option<String>,
    /// The address of its site.
    pub site: Option<String>,
    /// Its items, in document order.
    pub entries: Vec<FoundEntry>,
}

/// Validators of an answer, as opaque text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Validators {
    /// The `ETag` header, quotes included.
    pub etag: Option<String>,
    /// The `Last-Modified` header.
    pub last_modified: Option<String>,
}

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

/// Stores a poll and ends the feed's claim. A claim that is not `run`'s is left alone; the
/// flag says whether there was one.
pub(crate) fn store(c: &Connection, poll: &Poll, run: i64, at: i64) -> Sql<(Outcome, bool)> {
    let outcome = match &poll.result {
        PollResult::Read(read) => read_feed(c, poll.feed, read, at)?,
        PollResult::NotModified => {
            good(c, poll.feed, at)?;
            Outcome::Polled { new: 0, changed: 0, known: 0 }
        }
        PollResult::Failed(reason) => {
            bad(c, poll.feed, reason, at)?;
            Outcome::Retried
        }
        PollResult::Gone(reason) => {
            bad(c, poll.feed, reason, at)?;
            Outcome::Failed
        }
    };
    if let Some((url, host)) = &poll.moved_to {
        move_to(c, poll.feed, url, host)?;
    }
    Ok((outcome, finish(c, poll, run)?))
}

fn read_feed(c: &Connection, feed: FeedId, read: &ReadFeed, at: i64) -> Sql<Outcome> {
    const READ: &str = "UPDATE feeds SET etag = ?2, last_modified = ?3,
            title = coalesce(?4, title), site = coalesce(?5, site) WHERE feed = ?1";
    const CHANGED: &str = "UPDATE feeds SET changed_at = ?2 WHERE feed = ?1";
    let (mut new, mut changed, mut known) = (0, 0, 0);
    for entry in &read.entries {
        match put_item(c, Some(feed), entry, at)? {
            Item::New => new += 1,
            Item::Changed => changed += 1,
            Item::Known => known += 1,
        }
    }
    let Validators { etag, last_modified } = &read.validators;
    c.prepare_cached(READ)?.execute(params![feed.0, etag, last_modified, read.title, read.site])?;
    if new + changed > 0 {
        c.prepare_cached(CHANGED)?.execute(params![feed.0, at])?;
    }
    good(c, feed, at)?;
    Ok(Outcome::Polled { new, changed, known })
}

fn good(c: &Connection, feed: FeedId, at: i64) -> Sql<()> {
    const GOOD: &str = "UPDATE feeds SET polled_at = ?2, failures = 0, reason = NULL,
        detail = NULL WHERE feed = ?1";
    c.prepare_cached(GOOD)?.execute(params![feed.0, at])?;
    Ok(())
}

fn bad(c: &Connection, feed: FeedId, reason: &Reason, at: i64) -> Sql<()> {
    const BAD: &str = "UPDATE feeds SET polled_at = ?2, failures = failures + 1, reason = ?3,
        detail = ?4 WHERE feed = ?1";
    c.prepare_cached(BAD)?.execute(params![feed.0, at, reason.kind.code(), reason.detail])?;
    Ok(())
}

/// Ends the claim. A feed that was paused meanwhile stays paused.
fn finish(c: &Connection, poll: &Poll, run: i64) -> Sql<bool> {
    const FINISH: &str = "UPDATE feeds SET state = :state, due_at = :due, run = NULL,
            lease_until = NULL, alone = 0, unfinished = 0
        WHERE feed = :feed AND state = 'claimed' AND run = :run";
    const SCHEDULE: &str = "UPDATE feeds SET schedule = ?2 WHERE feed = ?1";
    if poll.schedule.is_some() {
        c.prepare_cached(SCHEDULE)?.execute(params![poll.feed.0, poll.schedule])?;
    }
    let state = if matches!(poll.result, PollResult::Gone(_)) { "gone" } else { "waiting" };
    let due = millis(poll.next_due);
    let rows = c.prepare_cached(FINISH)?.execute(named_params! {
        ":feed": poll.feed.0, ":state": state, ":due": due, ":run": run,
    })?;
    Ok(rows > 0)
}

/// The new URL becomes the feed's, unless another feed has it.
fn move_to(c: &Connection, feed: FeedId, url: &str, host: &str) -> Sql<()> {
    const KNOW: &str = "INSERT INTO feed_urls (url, feed) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    const MOVE: &str = "UPDATE feeds SET url = ?2, host = ?3 WHERE feed = ?1
        AND NOT EXISTS (SELECT 1 FROM feeds WHERE url = ?2)
        AND EXISTS (SELECT 1 FROM feed_urls WHERE url = ?2 AND feed = ?1)";
    c.prepare_cached(KNOW)?.execute(params![url, feed.0])?;
    c.prepare_cached(MOVE)?.execute(params![feed.0, url, host])?;
    Ok(())
}

/// How a listed item compares with what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Item {
    New,
    Changed,
    Known,
}

/// Puts an item to the frontier: new ones wait, changed ones wait again.
pub(crate) fn put_item(
    c: &Connection,
    feed: Option<FeedId>,
    entry: &FoundEntry,
    at: i64,
) -> Sql<Item> {
    const KNOWN: &str = "SELECT fingerprint, entry FROM feed_items WHERE feed = ?1 AND guid = ?2";
    const LIST: &str = "INSERT INTO feed_items (feed, guid, entry, fingerprint, found_at,
            changed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5)
        ON CONFLICT (feed, guid) DO UPDATE SET fingerprint = ?4, entry = ?3, changed_at = ?5";
    let Some(feed) = feed else {
        let (_, is_new) = put_entry(c, None, entry, at)?;
        return Ok(if is_new { Item::New } else { Item::Known });
    };
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

/// The row of this name, and whether it was made now.
fn put_entry(
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

/// A changed item: its page is wanted again, with the new payload.
fn wake(c: &Connection, number: i64, entry: &FoundEntry) -> Sql<()> {
    const WAKE: &str = "UPDATE entries SET
            url = coalesce(:url, url), payload = :payload, attempts = 0,
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
