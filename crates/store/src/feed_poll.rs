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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use record::ReasonKind;

    use super::*;
    use crate::test_support::{World, at, found};
    use crate::{ClaimOptions, ClaimedFeed, Commit, Effect, NewFeed};

    const URL: &str = "https://a.example/feed";

    fn world() -> World {
        let mut world = World::new();
        let feed = NewFeed { url: URL.into(), host: "a.example".into(), settings: None };
        world.store.add_feeds(&[feed], at(10)).unwrap();
        world
    }

    fn claim(world: &World, now: i64) -> Vec<ClaimedFeed> {
        let lease = Duration::from_mins(1);
        let options = ClaimOptions { count: 9, per_host: 2, now: at(now), lease };
        world.store.claims().unwrap().feeds(world.run, options).unwrap()
    }

    fn poll(world: &mut World, now: i64, result: PollResult) -> Outcome {
        let feed = claim(world, now)[0].feed;
        let next_due = at(now + 1_000);
        let poll = Poll { feed, result, next_due, moved_to: None, schedule: None };
        world.commit(Commit::new(at(now), Effect::Polled(Box::new(poll)))).outcome
    }

    fn read(entries: Vec<FoundEntry>) -> PollResult {
        let etag = Some("W/\"7\"".to_owned());
        let validators = Validators { etag, last_modified: None };
        PollResult::Read(Box::new(ReadFeed { validators, entries, ..ReadFeed::default() }))
    }

    #[test]
    fn items_are_new_once_and_changed_ones_wait_again() {
        let mut world = world();
        let mut items = vec![found("a.example", "1", 100), found("a.example", "2", 100)];
        let outcome = poll(&mut world, 1_000, read(items.clone()));
        assert_eq!(outcome, Outcome::Polled { new: 2, changed: 0, known: 0 });
        assert_eq!(claim(&world, 1_500), [], "not due");
        assert_eq!(claim(&world, 2_000)[0].validators.etag.as_deref(), Some("W/\"7\""));
        world.store.end_run(world.run, at(2_100)).unwrap();
        items[0].fingerprint = ContentHash::of_bytes(b"changed");
        world.store.connection().execute("UPDATE entries SET state = 'done'", []).unwrap();
        let outcome = poll(&mut world, 2_200, read(items));
        assert_eq!(outcome, Outcome::Polled { new: 0, changed: 1, known: 1 });
        assert_eq!(world.count("SELECT count(*) FROM entries WHERE state = 'waiting'"), 1);
        assert_eq!(world.reader().feed(URL).unwrap().unwrap().items, 2);
    }

    #[test]
    fn an_entry_that_changes_in_hand_waits_again_when_it_is_done() {
        let mut world = world();
        let mut item = found("a.example", "1", 100);
        poll(&mut world, 1_000, read(vec![item.clone()]));
        let options =
            ClaimOptions { count: 9, per_host: 2, now: at(1_100), lease: Duration::from_mins(1) };
        let claimed = world.store.claims().unwrap().entries(world.run, options).unwrap();
        item.fingerprint = ContentHash::of_bytes(b"changed");
        poll(&mut world, 2_000, read(vec![item]));
        let commit = world.text("https://a.example/1", "One.", 2_100);
        world.commit(Commit { entry: Some(claimed[0].entry), ..commit });
        assert_eq!(world.count("SELECT count(*) FROM entries WHERE state = 'waiting'"), 1);
    }

    #[test]
    fn a_failed_poll_keeps_the_validators_and_a_gone_feed_is_never_due() {
        let mut world = world();
        poll(&mut world, 1_000, read(Vec::new()));
        let failed = PollResult::Failed(Reason::new(ReasonKind::Timeout, "4 s"));
        assert_eq!(poll(&mut world, 2_000, failed), Outcome::Retried);
        let info = world.reader().feed(URL).unwrap().unwrap();
        assert_eq!((info.failures, info.problem), (1, Some(("timeout".into(), "4 s".into()))));
        assert_eq!(claim(&world, 3_000)[0].validators.etag.as_deref(), Some("W/\"7\""));
        world.store.end_run(world.run, at(3_100)).unwrap();
        let gone = PollResult::Gone(Reason::of(ReasonKind::Gone));
        assert_eq!(poll(&mut world, 3_200, gone), Outcome::Failed);
        assert_eq!(claim(&world, 1_000_000), []);
    }

    #[test]
    fn a_poll_of_a_feed_that_was_paused_or_removed_meanwhile_ends_well() {
        let mut world = world();
        let feed = claim(&world, 1_000)[0].feed;
        let edit = |world: &World, sql| world.store.connection().execute(sql, []).unwrap();
        edit(&world, "UPDATE feeds SET state = 'paused'");
        let of = |result| {
            let (moved_to, schedule) = (None, Some("{\"a\":1}".to_owned()));
            let poll = Poll { feed, result, next_due: at(5_000), moved_to, schedule };
            Commit::new(at(2_000), Effect::Polled(Box::new(poll)))
        };
        world.commit(of(PollResult::NotModified));
        let noted = "SELECT count(*) FROM feeds WHERE state = 'paused' AND polled_at = 2000
            AND due_at = 10 AND schedule = '{\"a\":1}'";
        assert_eq!(world.count(noted), 1);
        edit(&world, "DELETE FROM feeds");
        let read = PollResult::Read(Box::new(ReadFeed {
            entries: vec![found("a.example", "1", 100)],
            ..ReadFeed::default()
        }));
        let nothing = Outcome::Polled { new: 0, changed: 0, known: 0 };
        for result in [PollResult::NotModified, read, failed()] {
            assert_eq!(world.commit(of(result)).outcome, nothing);
        }
        assert_eq!(
            world.count("SELECT (SELECT count(*) FROM entries) + count(*) FROM feed_days"),
            0
        );
    }

    fn failed() -> PollResult {
        PollResult::Failed(Reason::new(ReasonKind::Timeout, "4 s"))
    }

    #[test]
    fn a_feed_that_moved_is_known_by_both_urls_and_not_added_again() {
        let mut world = world();
        let feed = claim(&world, 1_000)[0].feed;
        let moved_to = Some(("https://b.example/new".to_owned(), "b.example".to_owned()));
        let result = PollResult::NotModified;
        let poll = Poll { feed, result, next_due: at(2_000), moved_to, schedule: None };
        world.commit(Commit::new(at(1_000), Effect::Polled(Box::new(poll))));
        let claimed = claim(&world, 2_000);
        assert_eq!((&*claimed[0].url, &*claimed[0].host), ("https://b.example/new", "b.example"));
        let feed = NewFeed { url: URL.into(), host: "a.example".into(), settings: None };
        assert_eq!(world.store.add_feeds(&[feed], at(3_000)).unwrap(), 0);
        assert!(world.reader().feed(URL).unwrap().is_some());
        for balance in world.reader().balances().unwrap() {
            assert!(balance.holds(), "{balance:?}");
        }
    }
}
