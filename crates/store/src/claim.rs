//! Claims: which waiting tasks a run takes in hand, and what becomes of those of dead runs.
//!
//! A claim is one statement. Hosts take turns: first those claimed from longest ago, one task
//! of each before the second of any. A task whose claim died three times with its run is
//! suspect: it is claimed only when nothing else is, and a crash then is held against it.

use std::sync::LazyLock;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use record::RecordId;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

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

impl FeedId {
    /// As people and scripts see it.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0.unsigned_abs()
    }

    /// The feed that is shown with this number.
    #[must_use]
    pub const fn from_number(number: u32) -> Self {
        Self(number as i64)
    }
}

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

/// `{tasks}` is the table, `{task}` its key, `{due}` the column of `hosts` that follows from it,
/// `{turn}` the index by which hosts take turns: walking along it costs least when much is due,
/// and never more than all hosts that have something waiting.
///
/// `place` is the rank of a task at its host, those in hand counted: the first of every host
/// goes before the second of any.
const CLAIM: &str = "
    UPDATE {tasks} SET state = 'claimed', run = :run, claimed_at = :now, lease_until = :lease,
        alone = 0
    WHERE {task} IN (
        SELECT {task} FROM (
            SELECT t.{task}, t.due_at, h.claimed_at AS turn, h.in_flight + row_number()
                OVER (PARTITION BY t.host ORDER BY t.due_at, t.{task}) AS place
            FROM (SELECT host, claimed_at, in_flight FROM hosts INDEXED BY {turn}
                  WHERE {due} <= :now AND hold_until <= :now AND in_flight < :per_host
                  ORDER BY claimed_at, {due}, host LIMIT :count) h
            JOIN {tasks} t ON t.{task} IN (
                SELECT x.{task} FROM {tasks} x
                WHERE x.host = h.host AND x.state = 'waiting' AND x.due_at <= :now
                ORDER BY x.due_at, x.{task} LIMIT :per_host))
        WHERE place <= :per_host ORDER BY place, turn, due_at, {task} LIMIT :count)
    RETURNING ";

const CLAIM_ALONE: &str = "
    UPDATE {tasks} SET state = 'claimed', run = :run, claimed_at = :now, lease_until = :lease,
        alone = 1
    WHERE {task} = (SELECT {task} FROM {tasks} WHERE state = 'suspect' AND due_at <= :now
        ORDER BY due_at, {task} LIMIT 1)
    RETURNING ";

const ENTRY_COLUMNS: &str = "entry, name, url, host,
    (SELECT f.url FROM feeds f WHERE f.feed = entries.feed), payload, attempts, alone, due_at,
    (SELECT f.settings FROM feeds f WHERE f.feed = entries.feed), record, etag, last_modified";

const FEED_COLUMNS: &str = "feed, url, host, etag, last_modified, schedule, settings, polled_at,
    changed_at, failures, alone, due_at";

/// Is there anything to claim? Asked before the write lock is taken.
const PEEK: &str = "
    SELECT EXISTS (SELECT 1 FROM hosts
        WHERE {due} <= :now AND hold_until <= :now AND in_flight < :per_host)
    OR EXISTS (SELECT 1 FROM {tasks} WHERE state = 'suspect' AND due_at <= :now)";

/// The statements for one kind of task.
pub(crate) struct Statements {
    of: Of,
    pub(crate) peek: String,
    pub(crate) claim: String,
    pub(crate) claim_alone: String,
}

impl Statements {
    fn new(of: Of, names: [(&str, &str); 4], columns: &str) -> Self {
        let filled = |template: &str| {
            let fill = |sql: String, (hole, name): &(&str, &str)| sql.replace(hole, name);
            names.iter().fold(template.to_owned(), fill)
        };
        Self {
            of,
            peek: filled(PEEK),
            claim: filled(CLAIM) + columns,
            claim_alone: filled(CLAIM_ALONE) + columns,
        }
    }
}

pub(crate) static ENTRIES: LazyLock<Statements> = LazyLock::new(|| {
    let names = [
        ("{tasks}", "entries"),
        ("{task}", "entry"),
        ("{due}", "entry_due"),
        ("{turn}", "hosts_entry_turn"),
    ];
    Statements::new(Of::Entry, names, ENTRY_COLUMNS)
});

pub(crate) static FEEDS: LazyLock<Statements> = LazyLock::new(|| {
    let names = [
        ("{tasks}", "feeds"),
        ("{task}", "feed"),
        ("{due}", "feed_due"),
        ("{turn}", "hosts_feed_turn"),
    ];
    Statements::new(Of::Feed, names, FEED_COLUMNS)
});

/// Is there an entry to claim? A look that takes no lock.
pub(crate) fn any_entry(c: &Connection, of: ClaimOptions) -> Sql<bool> {
    any(c, &ENTRIES, of)
}

/// Is there a feed to claim? A look that takes no lock.
pub(crate) fn any_feed(c: &Connection, of: ClaimOptions) -> Sql<bool> {
    any(c, &FEEDS, of)
}

fn any(c: &Connection, statements: &Statements, of: ClaimOptions) -> Sql<bool> {
    let mut peek = c.prepare_cached(&statements.peek)?;
    let named = named_params! { ":now": millis(of.now), ":per_host": row::bound(of.per_host) };
    Ok(of.count > 0 && peek.query_row(named, |row| row.get(0))?)
}

/// Claims entries, in the order in which they fell due.
pub(crate) fn entries(c: &Connection, run: RunId, of: ClaimOptions) -> Sql<Vec<ClaimedEntry>> {
    claim(c, run, of, &ENTRIES, |row| {
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
    })
}

/// Claims feeds, in the order in which they fell due.
pub(crate) fn feeds(c: &Connection, run: RunId, of: ClaimOptions) -> Sql<Vec<ClaimedFeed>> {
    claim(c, run, of, &FEEDS, |row| {
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
    statements: &Statements,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<(i64, T)>,
) -> Sql<Vec<T>> {
    let open = open_claims(c)?;
    if open.alone || of.count == 0 {
        return Ok(Vec::new());
    }
    let lease = SignedDuration::try_from(of.lease).unwrap_or(SignedDuration::MAX);
    let lease = millis(of.now.saturating_add(lease).unwrap_or(Timestamp::MAX));
    let now = millis(of.now);
    let mut found: Vec<(i64, T)> = c
        .prepare_cached(&statements.claim)?
        .query_map(
            named_params! {
                ":run": run.0, ":now": now, ":lease": lease,
                ":count": row::bound(of.count), ":per_host": row::bound(of.per_host),
            },
            &read,
        )?
        .collect::<Result<_, _>>()?;
    if found.is_empty() && open.count == 0 {
        let named = named_params! { ":run": run.0, ":now": now, ":lease": lease };
        found
            .extend(c.prepare_cached(&statements.claim_alone)?.query_row(named, &read).optional()?);
    }
    let mut tally = Tally::default();
    tally.add(statements.of, "claimed", row::bound(found.len()));
    tally.store(c, run.0)?;
    found.sort_by_key(|(due, _)| *due);
    Ok(found.into_iter().map(|(_, task)| task).collect())
}

pub(crate) const OPEN: &str = "SELECT count(*), coalesce(max(alone), 0) FROM (
    SELECT alone FROM entries WHERE state = 'claimed'
    UNION ALL SELECT alone FROM feeds WHERE state = 'claimed')";

struct OpenClaims {
    count: i64,
    alone: bool,
}

fn open_claims(c: &Connection) -> Sql<OpenClaims> {
    let read = |row: &Row<'_>| Ok(OpenClaims { count: row.get(0)?, alone: row.get(1)? });
    Ok(c.prepare_cached(OPEN)?.query_row([], read)?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use record::{Reason, ReasonKind};

    use super::*;
    use crate::test_support::{World, at, found};
    use crate::{Commit, Effect, HostState, NewFeed, Outcome};

    fn options(count: usize, per_host: usize, now: i64) -> ClaimOptions {
        ClaimOptions { count, per_host, now: at(now), lease: Duration::from_mins(1) }
    }

    fn fill(world: &mut World, hosts: &[(&str, i64)]) {
        let all: Vec<_> = hosts
            .iter()
            .flat_map(|(host, n)| (0..*n).map(move |i| found(host, &format!("p{i}"), i)))
            .collect();
        world.store.add_entries(&all, at(0)).unwrap();
    }

    fn claim(world: &World, options: ClaimOptions) -> Vec<ClaimedEntry> {
        world.store.claims().unwrap().entries(world.run, options).unwrap()
    }

    fn by_host(claimed: &[ClaimedEntry]) -> BTreeMap<&str, usize> {
        claimed.iter().fold(BTreeMap::new(), |mut counts, entry| {
            *counts.entry(entry.host.as_str()).or_default() += 1;
            counts
        })
    }

    fn end(entry: &ClaimedEntry, effect: Effect) -> Commit {
        Commit { entry: Some(entry.entry), ..Commit::new(at(5_000), effect) }
    }

    fn gone() -> Effect {
        Effect::Failed(Reason::of(ReasonKind::NotFound))
    }

    #[track_caller]
    fn assert_balanced(world: &World) {
        for balance in world.reader().balances().unwrap() {
            assert!(balance.holds(), "{balance:?}");
        }
        let wrong = "SELECT count(*) FROM hosts h WHERE in_flight <>
            (SELECT count(*) FROM entries e WHERE e.host = h.host AND e.state = 'claimed')
            + (SELECT count(*) FROM feeds f WHERE f.host = h.host AND f.state = 'claimed')
            OR entry_due IS NOT (SELECT min(due_at) FROM entries e
                WHERE e.host = h.host AND e.state = 'waiting')
            OR feed_due IS NOT (SELECT min(due_at) FROM feeds f
                WHERE f.host = h.host AND f.state = 'waiting')";
        assert_eq!(world.count(wrong), 0, "hosts follow from their tasks");
    }

    #[test]
    fn a_big_host_does_not_starve_small_ones() {
        let mut world = World::new();
        fill(&mut world, &[("big", 500), ("small", 3), ("tiny", 1)]);
        let first = claim(&world, options(4, 2, 1_000));
        assert_eq!(by_host(&first), BTreeMap::from([("big", 2), ("small", 1), ("tiny", 1)]));
        let second = claim(&world, options(4, 2, 1_001));
        assert_eq!(by_host(&second), BTreeMap::from([("small", 1)]), "no more than two in hand");
        assert_eq!(claim(&world, options(4, 2, 1_002)), []);
        assert_balanced(&world);
    }

    #[test]
    fn hosts_take_turns() {
        let mut world = World::new();
        fill(&mut world, &[("a", 9), ("b", 9), ("c", 9)]);
        let mut order = String::new();
        for now in 0..6 {
            let claimed = claim(&world, options(1, 1, 1_000 + now));
            order.push_str(&claimed[0].host);
            world.commit(end(&claimed[0], gone()));
        }
        assert_eq!(order, "abcabc");
        assert_balanced(&world);
    }

    #[test]
    fn nothing_is_claimed_before_it_is_due_or_while_its_host_is_on_hold() {
        let mut world = World::new();
        world.store.add_entries(&[found("a", "x", 2_000), found("b", "y", 500)], at(0)).unwrap();
        let hold = HostState { host: "b".into(), hold_until: Some(at(1_500)), state: None };
        let mut commit = world.text("https://b/first", "One.", 900);
        commit.host = Some(hold.clone());
        world.commit(commit);
        assert_eq!(world.reader().host("b").unwrap(), Some(hold));
        assert_eq!(claim(&world, options(9, 2, 1_000)), []);
        let waiting = world.reader().waiting().unwrap();
        assert_eq!((waiting.entry_due, waiting.feed_due), (Some(at(1_500)), None));
        assert_eq!(by_host(&claim(&world, options(9, 2, 1_500))), BTreeMap::from([("b", 1)]));
        assert_eq!(by_host(&claim(&world, options(9, 2, 2_000))), BTreeMap::from([("a", 1)]));
        assert_balanced(&world);
    }

    #[test]
    fn every_claim_ends_in_one_outcome() {
        let mut world = World::new();
        fill(&mut world, &[("a", 4)]);
        let claimed = claim(&world, options(4, 4, 1_000));
        let stored = world.text("https://a/p0", "One.", 1_100);
        let stored = Commit { entry: Some(claimed[0].entry), ..stored };
        assert_eq!(world.commit(stored.clone()).outcome, Outcome::Stored);
        world.commit(stored); // again: not counted twice
        assert_eq!(world.commit(end(&claimed[1], gone())).outcome, Outcome::Failed);
        let retried = Commit { again_at: Some(at(9_000)), ..end(&claimed[2], gone()) };
        assert_eq!(world.commit(retried).outcome, Outcome::Retried);
        assert_balanced(&world);
        let books = world.reader().balances().unwrap();
        let ended: Vec<_> = books[0].ended.iter().map(|(o, n)| (o.as_str(), *n)).collect();
        assert_eq!(ended, [("failed", 1), ("retried", 1), ("stored", 1)]);
        assert_eq!((books[0].claimed, books[0].open), (4, 1));
        let again = claim(&world, options(9, 9, 9_000));
        assert_eq!((again.len(), again[0].attempts), (1, 1));
        world.store.end_run(world.run, at(9_500)).unwrap();
        assert_balanced(&world);
        assert_eq!(world.reader().waiting().unwrap().open_claims, 0);
        assert_eq!(world.reader().failures().unwrap(), [("not-found".to_owned(), 1)]);
    }

    #[test]
    fn a_page_that_crashes_the_program_is_tried_alone_and_then_given_up() {
        let mut world = World::new();
        fill(&mut world, &[("a", 1), ("b", 1)]);
        for _ in 0..3 {
            assert_eq!(claim(&world, options(9, 2, 1_000)).len(), 2);
            world = world.crash();
            assert_balanced(&world);
        }
        let suspect = claim(&world, options(9, 2, 1_000));
        assert!(suspect.len() == 1 && suspect[0].is_alone);
        assert_eq!(claim(&world, options(9, 2, 1_000)), [], "alone means alone");
        world.commit(end(&suspect[0], gone()));
        // Whoever kills the program hits it too: each time alone it gets a longer pause.
        for now in [1_000, 1_500, 2_000, 3_000, 5_000, 9_000] {
            let is_first = now == 1_000;
            assert!(is_first || claim(&world, options(9, 2, now - 1)).is_empty(), "before {now}");
            let other = claim(&world, options(9, 2, now));
            assert!(other.len() == 1 && other[0].is_alone, "{now}: {other:?}");
            world = world.crash();
            assert_balanced(&world);
        }
        assert_eq!(claim(&world, options(9, 2, 100_000)), []);
        let failures = world.reader().failures().unwrap();
        assert_eq!(failures, [("crash".to_owned(), 1), ("not-found".to_owned(), 1)]);
        assert_balanced(&world);
    }

    #[test]
    fn feeds_are_claimed_as_entries_are() {
        let mut world = World::new();
        let feed = |host: &str, n: usize| NewFeed {
            url: format!("https://{host}/{n}"),
            host: host.into(),
            settings: None,
        };
        let list = [feed("a", 1), feed("a", 2), feed("a", 3), feed("b", 1)];
        assert_eq!(world.store.add_feeds(&list, at(10)).unwrap(), 4);
        assert_eq!(world.store.add_feeds(&list, at(20)).unwrap(), 0);
        let mut claims = world.store.claims().unwrap();
        let claimed = claims.feeds(world.run, options(9, 1, 1_000)).unwrap();
        assert_eq!(
            claimed.iter().map(|f| &*f.url).collect::<Vec<_>>(),
            ["https://a/1", "https://b/1"]
        );
        assert_balanced(&world);
        for _ in 0..3 {
            world = world.crash();
            let claimed = world.store.claims().unwrap().feeds(world.run, options(1, 1, 1_000));
            assert_eq!(claimed.unwrap().len(), 1);
        }
        assert_balanced(&world);
    }
}
