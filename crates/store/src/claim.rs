//! Claims: which waiting tasks a run takes in hand, and what becomes of those of dead runs.
//!
//! A claim is one statement. Hosts take turns: first those claimed from longest ago, one task
//! of each before the second of any. A task whose claim died three times with its run is
//! suspect: it is claimed only when nothing else is, and a crash then is held against it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use crate::error::Sql;
use crate::feed_poll::Validators;
use crate::run::{Of, Tally};
use crate::time::{from_millis, millis};
use crate::{RunId, row};

/// An entry's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub(crate) i64);

/// A feed's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeedId(pub(crate) i64);

/// What to claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimOptions {
    /// At most so many tasks.
    pub count: usize,
    /// At most so many of one host, those in hand already counted.
    pub per_host: usize,
    /// The time.
    pub now: Timestamp,
    /// How long the claim is meant to hold: shown to people, the rule is the run's death.
    pub lease: Duration,
}

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
    /// The item, as its finder wrote it.
    pub payload: Option<String>,
    /// Failures since the last success.
    pub attempts: u32,
    /// It may have crashed the program: nothing else is in hand, nor will be before it is done.
    pub is_alone: bool,
}

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
    /// As [`ClaimedEntry::is_alone`].
    pub is_alone: bool,
}

/// Claims that may die with their run before a task is suspect.
const PATIENCE: i64 = 3;

/// How long a feed is left alone after it crashed the program by itself.
const FEED_PENALTY: SignedDuration = SignedDuration::from_hours(24);

macro_rules! claim_sql {
    ($table:literal, $key:literal, $due:literal, $returning:literal) => {
        concat!(
            "UPDATE ",
            $table,
            " SET state = 'claimed', run = :run, claimed_at = :now,
                lease_until = :lease, alone = 0
            WHERE ",
            $key,
            " IN (
                SELECT t.",
            $key,
            " FROM (
                    SELECT host, claimed_at, in_flight FROM hosts
                    WHERE ",
            $due,
            " <= :now AND hold_until <= :now AND in_flight < :per_host
                    ORDER BY claimed_at, ",
            $due,
            ", host LIMIT :count) h
                JOIN ",
            $table,
            " t ON t.",
            $key,
            " IN (
                    SELECT ",
            $key,
            " FROM ",
            $table,
            " x
                    WHERE x.host = h.host AND x.state = 'waiting' AND x.due_at <= :now
                    ORDER BY x.due_at, x.",
            $key,
            " LIMIT :per_host)
                ORDER BY h.in_flight
                    + row_number() OVER (PARTITION BY h.host ORDER BY t.due_at, t.",
            $key,
            "),
                    h.claimed_at, t.due_at, t.",
            $key,
            "
                LIMIT :count)
            RETURNING ",
            $returning
        )
    };
}

macro_rules! alone_sql {
    ($table:literal, $key:literal, $returning:literal) => {
        concat!(
            "UPDATE ",
            $table,
            " SET state = 'claimed', run = :run, claimed_at = :now,
                lease_until = :lease, alone = 1
            WHERE ",
            $key,
            " = (SELECT ",
            $key,
            " FROM ",
            $table,
            "
                WHERE state = 'suspect' AND due_at <= :now ORDER BY due_at LIMIT 1)
            RETURNING ",
            $returning
        )
    };
}

const CLAIM_ENTRIES: &str = claim_sql!(
    "entries",
    "entry",
    "entry_due",
    "entry, name, url, host, (SELECT f.url FROM feeds f WHERE f.feed = entries.feed), payload,
     attempts, alone, due_at"
);
const CLAIM_ENTRY_ALONE: &str = alone_sql!(
    "entries",
    "entry",
    "entry, name, url, host, (SELECT f.url FROM feeds f WHERE f.feed = entries.feed), payload,
     attempts, alone, due_at"
);
const CLAIM_FEEDS: &str = claim_sql!(
    "feeds",
    "feed",
    "feed_due",
    "feed, url, host, etag, last_modified, schedule, settings, polled_at, changed_at, failures,
     alone, due_at"
);
const CLAIM_FEED_ALONE: &str = alone_sql!(
    "feeds",
    "feed",
    "feed, url, host, etag, last_modified, schedule, settings, polled_at, changed_at, failures,
     alone, due_at"
);

/// Claims entries, in the order in which they fell due.
pub(crate) fn entries(c: &Connection, run: RunId, of: ClaimOptions) -> Sql<Vec<ClaimedEntry>> {
    claim(c, run, of, Of::Entry, CLAIM_ENTRIES, CLAIM_ENTRY_ALONE, |row| {
        let claimed = ClaimedEntry {
            entry: EntryId(row.get(0)?),
            name: row.get(1)?,
            url: row.get(2)?,
            host: row.get(3)?,
            feed: row.get(4)?,
            payload: row.get(5)?,
            attempts: row.get(6)?,
            is_alone: row.get(7)?,
        };
        Ok((row.get(8)?, claimed))
    })
}

/// Claims feeds, in the order in which they fell due.
pub(crate) fn feeds(c: &Connection, run: RunId, of: ClaimOptions) -> Sql<Vec<ClaimedFeed>> {
    claim(c, run, of, Of::Feed, CLAIM_FEEDS, CLAIM_FEED_ALONE, |row| {
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
    })
}

fn claim<T>(
    c: &Connection,
    run: RunId,
    of: ClaimOptions,
    what: Of,
    usual: &'static str,
    alone: &'static str,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<(i64, T)>,
) -> Sql<Vec<T>> {
    let open = open_claims(c)?;
    if open.alone {
        return Ok(Vec::new());
    }
    let lease = SignedDuration::try_from(of.lease).unwrap_or(SignedDuration::MAX);
    let lease = millis(of.now.saturating_add(lease).unwrap_or(Timestamp::MAX));
    let now = millis(of.now);
    let mut found: Vec<(i64, T)> = c
        .prepare_cached(usual)?
        .query_map(
            named_params! {
                ":run": run.0, ":now": now, ":lease": lease,
                ":count": row::bound(of.count), ":per_host": row::bound(of.per_host),
            },
            &read,
        )?
        .collect::<Result<_, _>>()?;
    if found.is_empty() && open.count == 0 && of.count > 0 {
        let named = named_params! { ":run": run.0, ":now": now, ":lease": lease };
        found.extend(c.prepare_cached(alone)?.query_row(named, &read).optional()?);
    }
    let mut tally = Tally::default();
    tally.add(what, "claimed", row::bound(found.len()));
    tally.store(c, run.0)?;
    found.sort_by_key(|(due, _)| *due);
    Ok(found.into_iter().map(|(_, task)| task).collect())
}

struct OpenClaims {
    count: i64,
    alone: bool,
}

fn open_claims(c: &Connection) -> Sql<OpenClaims> {
    const OPEN: &str = "SELECT count(*), coalesce(max(alone), 0) FROM (
        SELECT alone FROM entries WHERE state = 'claimed'
        UNION ALL SELECT alone FROM feeds WHERE state = 'claimed')";
    let read = |row: &Row<'_>| Ok(OpenClaims { count: row.get(0)?, alone: row.get(1)? });
    Ok(c.prepare_cached(OPEN)?.query_row([], read)?)
}

/// Lets go of everything claimed: called when a run begins, when no other can be alive.
pub(crate) fn release_dead(c: &Connection, now: Timestamp) -> Sql<()> {
    const CRASHED_ENTRIES: &str = "UPDATE entries SET state = 'dead', reason = 'crash',
            detail = 'the program ended while this page alone was in hand', alone = 0,
            finished_at = ?1
        WHERE state = 'claimed' AND alone";
    const CRASHED_FEEDS: &str = "UPDATE feeds SET state = 'waiting', reason = 'crash',
            detail = 'the program ended while this feed alone was in hand', alone = 0,
            failures = failures + 1, unfinished = 0, due_at = ?1
        WHERE state = 'claimed' AND alone";
    const ENTRIES: &str = "UPDATE entries SET unfinished = unfinished + 1,
            state = iif(unfinished + 1 >= ?1, 'suspect', 'waiting')
        WHERE state = 'claimed'";
    const FEEDS: &str = "UPDATE feeds SET unfinished = unfinished + 1,
            state = iif(unfinished + 1 >= ?1, 'suspect', 'waiting')
        WHERE state = 'claimed'";
    tally_open(c, "state = 'claimed' AND alone", "failed")?;
    let later = millis(now.saturating_add(FEED_PENALTY).unwrap_or(Timestamp::MAX));
    c.execute(CRASHED_ENTRIES, [millis(now)])?;
    c.execute(CRASHED_FEEDS, [later])?;
    tally_open(c, "state = 'claimed'", "released")?;
    c.execute(ENTRIES, [PATIENCE])?;
    c.execute(FEEDS, [PATIENCE])?;
    Ok(())
}

/// Gives back what `run` has claimed and not finished, with nothing held against it.
pub(crate) fn release(c: &Connection, run: RunId) -> Sql<()> {
    const ENTRIES: &str = "UPDATE entries SET alone = 0, state = iif(alone, 'suspect', 'waiting')
        WHERE state = 'claimed' AND run = ?1";
    const FEEDS: &str = "UPDATE feeds SET alone = 0, state = iif(alone, 'suspect', 'waiting')
        WHERE state = 'claimed' AND run = ?1";
    tally_open(c, &format!("state = 'claimed' AND run = {}", run.0), "released")?;
    c.execute(ENTRIES, [run.0])?;
    c.execute(FEEDS, [run.0])?;
    Ok(())
}

/// Adds the open claims that fulfil `condition` to the tallies of their runs.
fn tally_open(c: &Connection, condition: &str, outcome: &str) -> Sql<()> {
    for (table, of) in [("entries", "entry"), ("feeds", "feed")] {
        let sql = format!(
            "INSERT INTO tallies (run, of, outcome, count)
             SELECT run, '{of}', ?1, count(*) FROM {table} WHERE {condition} GROUP BY run
             ON CONFLICT (run, of, outcome) DO UPDATE SET count = count + excluded.count"
        );
        c.execute(&sql, params![outcome])?;
    }
    Ok(())
}
