//! A polled feed: its items, validators and next time, stored together.

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use record::Reason;
use rusqlite::{Connection, params};

use crate::FeedId;
use crate::commit::Outcome;
use crate::error::Sql;
use crate::frontier::{FoundEntry, Item, put_item};
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
    /// How many came and went since the last good poll, an estimate: nothing of that is listed
    /// any more.
    pub missed: Option<u64>,
    /// It shows that its last 304 was wrong.
    pub caught_lying: bool,
}

/// What storing a poll did.
pub(crate) struct Stored {
    pub(crate) outcome: Outcome,
    /// The feed was in hand of the run that polled it.
    pub(crate) was_claimed: bool,
}

/// Validators of an answer, as opaque text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Validators {
    /// The `ETag` header, quotes included.
    pub etag: Option<String>,
    /// The `Last-Modified` header.
    pub last_modified: Option<String>,
}

/// Stores a poll and ends the feed's claim. A claim that is not `run`'s is left alone. Of a
/// feed that was removed meanwhile nothing is stored.
pub(crate) fn store(c: &Connection, poll: &Poll, run: i64, at: i64) -> Sql<Stored> {
    let nothing = Outcome::Polled { new: 0, changed: 0, known: 0 };
    let outcome = match &poll.result {
        PollResult::Read(read) if is_there(c, poll.feed)? => read_feed(c, poll.feed, read, at)?,
        PollResult::Read(_) | PollResult::NotModified => nothing,
        PollResult::Failed(_) => Outcome::Retried,
        PollResult::Gone(_) => Outcome::Failed,
    };
    let was_claimed = end(c, poll, run, at)?;
    if !was_claimed && !note(c, poll, at)? {
        return Ok(Stored { outcome: nothing, was_claimed });
    }
    if let Some((url, host)) = &poll.moved_to {
        move_to(c, poll.feed, url, host)?;
    }
    Ok(Stored { outcome, was_claimed })
}

fn is_there(c: &Connection, feed: FeedId) -> Sql<bool> {
    const IS_THERE: &str = "SELECT EXISTS (SELECT 1 FROM feeds WHERE feed = ?1)";
    Ok(c.prepare_cached(IS_THERE)?.query_row([feed.0], |row| row.get(0))?)
}

fn read_feed(c: &Connection, feed: FeedId, read: &ReadFeed, at: i64) -> Sql<Outcome> {
    const READ: &str = "UPDATE feeds SET etag = ?2, last_modified = ?3,
            title = coalesce(?4, title), site = coalesce(?5, site) WHERE feed = ?1";
    const CHANGED: &str = "UPDATE feeds SET changed_at = ?2 WHERE feed = ?1";
    let (mut new, mut changed, mut known) = (0, 0, 0);
    for entry in &read.entries {
        match put_item(c, feed, entry, at)? {
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
    note_gap(c, feed, read.missed, at)?;
    Ok(Outcome::Polled { new, changed, known })
}

/// Counts the entries that were missed before this poll, if any.
pub(crate) fn note_gap(c: &Connection, feed: FeedId, missed: Option<u64>, at: i64) -> Sql<()> {
    const GAP: &str = "UPDATE feeds SET gaps = gaps + 1, missed = missed + ?2, gap_at = ?3
        WHERE feed = ?1";
    if let Some(missed) = missed {
        c.prepare_cached(GAP)?.execute(params![feed.0, missed.cast_signed(), at])?;
    }
    Ok(())
}

/// What every poll tells of its feed.
macro_rules! polled {
    ($more:literal) => {
        concat!(
            "UPDATE feeds SET polled_at = ?2, failures = iif(?3 IS NULL, 0, failures + 1),
                reason = ?3, detail = ?4, schedule = coalesce(?5, schedule)",
            $more
        )
    };
}

/// Ends the claim, if it is `run`'s: one statement, since most polls are nothing else.
fn end(c: &Connection, poll: &Poll, run: i64, at: i64) -> Sql<bool> {
    const END: &str = polled!(
        ", state = ?6, due_at = ?7, run = NULL, lease_until = NULL, alone = 0, unfinished = 0
        WHERE feed = ?1 AND state = 'claimed' AND run = ?8"
    );
    let (code, detail) = failure(poll);
    let state = if matches!(poll.result, PollResult::Gone(_)) { "gone" } else { "waiting" };
    let due = millis(poll.next_due);
    let values = params![poll.feed.0, at, code, detail, poll.schedule, state, due, run];
    Ok(c.prepare_cached(END)?.execute(values)? > 0)
}

/// The same without a claim: a feed that was paused meanwhile stays paused. False where it is
/// there no more.
fn note(c: &Connection, poll: &Poll, at: i64) -> Sql<bool> {
    const NOTE: &str = polled!(" WHERE feed = ?1");
    let (code, detail) = failure(poll);
    let values = params![poll.feed.0, at, code, detail, poll.schedule];
    Ok(c.prepare_cached(NOTE)?.execute(values)? > 0)
}

/// Code and detail of a poll that failed.
fn failure(poll: &Poll) -> (Option<&str>, Option<&str>) {
    match &poll.result {
        PollResult::Failed(reason) | PollResult::Gone(reason) => {
            (Some(reason.kind.code()), Some(reason.detail.as_str()))
        }
        PollResult::Read(_) | PollResult::NotModified => (None, None),
    }
}

/// The new URL becomes the feed's, unless another feed has it.
pub(crate) fn move_to(c: &Connection, feed: FeedId, url: &str, host: &str) -> Sql<()> {
    const KNOW: &str = "INSERT INTO feed_urls (url, feed) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    const MOVE: &str = "UPDATE feeds SET url = ?2, host = ?3 WHERE feed = ?1
        AND NOT EXISTS (SELECT 1 FROM feeds WHERE url = ?2)
        AND EXISTS (SELECT 1 FROM feed_urls WHERE url = ?2 AND feed = ?1)";
    c.prepare_cached(KNOW)?.execute(params![url, feed.0])?;
    c.prepare_cached(MOVE)?.execute(params![feed.0, url, host])?;
    Ok(())
}
