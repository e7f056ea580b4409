//! What each source brought and cost, day by day: what its health is told from.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::Timestamp;
use record::ReasonKind;
use rusqlite::{Connection, Row, params};

use crate::commit::{Commit, Cost, Effect, Outcome};
use crate::error::{Sql, StoreError};
use crate::id::FeedId;
use crate::time::millis;
use crate::{PollResult, Reader};

/// Days kept.
const KEPT: i64 = 60;

const DAY: i64 = 86_400_000;

/// What a source brought and cost in a day, or in a number of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FeedDay {
    /// Polls, all of them.
    pub polls: u64,
    /// Polls answered 304.
    pub unmodified: u64,
    /// Polls that failed.
    pub failed: u64,
    /// Items that were not known.
    pub new_items: u64,
    /// Polls in which nothing was known any more although items were before: some were missed.
    pub overruns: u64,
    /// 304s that were found to be wrong.
    pub lies: u64,
    /// New records, copies among them.
    pub stored: u64,
    /// New records that copy another.
    pub duplicates: u64,
    /// New texts of known records.
    pub revisions: u64,
    /// Texts that were known.
    pub unchanged: u64,
    /// Articles that the user's filters took.
    pub filtered: u64,
    /// Bot walls, consent pages, captchas, paywalls and logins in place of articles.
    pub walls: u64,
    /// Pages that came and gave no article.
    pub no_text: u64,
    /// Pages that did not come.
    pub broken: u64,
    /// Bytes of the bodies of new records and revisions.
    pub text_bytes: u64,
    /// Requests for the feed and its pages, redirects included.
    pub requests: u64,
    /// Bytes of the answers' bodies, decoded.
    pub bytes: u64,
}

impl FeedDay {
    const COUNTS: usize = 17;

    fn counts(&mut self) -> [&mut u64; Self::COUNTS] {
        [
            &mut self.polls,
            &mut self.unmodified,
            &mut self.failed,
            &mut self.new_items,
            &mut self.overruns,
            &mut self.lies,
            &mut self.stored,
            &mut self.duplicates,
            &mut self.revisions,
            &mut self.unchanged,
            &mut self.filtered,
            &mut self.walls,
            &mut self.no_text,
            &mut self.broken,
            &mut self.text_bytes,
            &mut self.requests,
            &mut self.bytes,
        ]
    }

    /// Adds another day.
    pub fn add(&mut self, mut other: Self) {
        for (sum, count) in self.counts().into_iter().zip(other.counts()) {
            *sum = sum.saturating_add(*count);
        }
    }

    fn read(row: &Row<'_>, first: usize) -> rusqlite::Result<Self> {
        let mut day = Self::default();
        for (n, count) in day.counts().into_iter().enumerate() {
            *count = row.get::<_, i64>(first + n)?.unsigned_abs();
        }
        Ok(day)
    }

    fn spend(&mut self, cost: Cost) {
        self.requests += u64::from(cost.requests);
        self.bytes += cost.bytes;
    }
}

/// What a batch adds to the days of its sources.
#[derive(Debug, Default)]
pub(crate) struct Days(HashMap<(i64, i64), FeedDay>);

impl Days {
    fn of(&mut self, feed: i64, commit: &Commit) -> &mut FeedDay {
        self.0.entry((feed, millis(commit.at).div_euclid(DAY))).or_default()
    }

    /// Counts the poll of a feed.
    pub(crate) fn poll(&mut self, commit: &Commit, feed: FeedId, outcome: Outcome) {
        let Effect::Polled(poll) = &commit.effect else { return };
        let day = self.of(feed.0, commit);
        day.polls += 1;
        day.spend(commit.cost);
        match &poll.result {
            PollResult::Read(read) => {
                day.lies += u64::from(read.caught_lying);
                day.overruns += u64::from(read.missed.is_some());
            }
            PollResult::NotModified => day.unmodified += 1,
            PollResult::Failed(_) | PollResult::Gone(_) => day.failed += 1,
        }
        if let Outcome::Polled { new, .. } = outcome {
            day.new_items += u64::from(new);
        }
    }

    /// Counts what became of an entry of the feed.
    pub(crate) fn entry(&mut self, commit: &Commit, feed: i64, outcome: Outcome) {
        let day = self.of(feed, commit);
        day.spend(commit.cost);
        // What is tried again has not failed yet: a page counts once.
        if let Effect::Failed(reason) = &commit.effect
            && outcome != Outcome::Retried
        {
            *failure(day, reason.kind) += 1;
        }
        match outcome {
            Outcome::Stored => day.stored += 1,
            Outcome::Duplicate => {
                day.stored += 1;
                day.duplicates += 1;
            }
            Outcome::Revision => day.revisions += 1,
            Outcome::Unchanged => day.unchanged += 1,
            _ => return,
        }
        if let Effect::Record(judged) = &commit.effect
            && outcome != Outcome::Unchanged
        {
            let bytes: usize = judged.record.body.iter().map(|line| line.as_str().len()).sum();
            day.text_bytes += bytes as u64;
        }
    }

    /// Adds them to the database; with the first of a day what is older than is kept is
    /// forgotten.
    pub(crate) fn store(&self, c: &Connection) -> Sql<()> {
        const FORGET: &str = "DELETE FROM feed_days WHERE feed = ?1 AND day < ?2";
        for ((feed, day), counts) in &self.0 {
            if put(c, &ADD, (*feed, *day), *counts)? == 0 {
                put(c, &BEGIN, (*feed, *day), *counts)?;
                c.prepare_cached(FORGET)?.execute(params![feed, day - KEPT])?;
            }
        }
        Ok(())
    }
}

/// Runs a statement with these counts; how many rows it touched.
fn put(c: &Connection, sql: &str, (feed, day): (i64, i64), mut counts: FeedDay) -> Sql<usize> {
    let mut put = c.prepare_cached(sql)?;
    put.raw_bind_parameter(1, feed)?;
    put.raw_bind_parameter(2, day)?;
    for (n, count) in counts.counts().into_iter().enumerate() {
        put.raw_bind_parameter(n + 3, count.cast_signed())?;
    }
    Ok(put.raw_execute()?)
}

const COLUMNS: &str = "polls, unmodified, failed, new_items, overruns, lies, stored, duplicates,
    revisions, unchanged, filtered, walls, no_text, broken, text_bytes, requests, bytes";

fn columns() -> impl Iterator<Item = (&'static str, usize)> {
    COLUMNS.split(',').map(str::trim).zip(3..)
}

pub(crate) static ADD: LazyLock<String> = LazyLock::new(|| {
    let sums: Vec<_> = columns().map(|(name, n)| format!("{name} = {name} + ?{n}")).collect();
    format!("UPDATE feed_days SET {} WHERE feed = ?1 AND day = ?2", sums.join(", "))
});

/// A feed that was removed meanwhile has no days.
pub(crate) static BEGIN: LazyLock<String> = LazyLock::new(|| {
    let holes: Vec<_> = columns().map(|(_, n)| format!("?{n}")).collect();
    format!(
        "INSERT INTO feed_days (feed, day, {COLUMNS})
         SELECT ?1, ?2, {} WHERE EXISTS (SELECT 1 FROM feeds WHERE feed = ?1)",
        holes.join(", ")
    )
});

/// The count that a failed page goes to.
fn failure(day: &mut FeedDay, kind: ReasonKind) -> &mut u64 {
    use ReasonKind as Kind;
    match kind {
        Kind::Filtered => &mut day.filtered,
        Kind::BotWall | Kind::ConsentWall | Kind::Captcha | Kind::Paywall | Kind::LoginPage => {
            &mut day.walls
        }
        Kind::Dns
        | Kind::Connect
        | Kind::Tls
        | Kind::Timeout
        | Kind::BrokenAnswer
        | Kind::HttpStatus
        | Kind::NotFound
        | Kind::Gone
        | Kind::RedirectLoop
        | Kind::HostHold
        | Kind::Robots
        | Kind::BadUrl
        | Kind::BlockedAddress
        | Kind::Settings => &mut day.broken,
        _ => &mut day.no_text,
    }
}

impl Reader {
    /// What every source brought on each day from `since` on, by feed and day. Days are counted
    /// from 1970-01-01, UTC.
    pub fn feed_days(&self, since: Timestamp) -> Result<Vec<(FeedId, i64, FeedDay)>, StoreError> {
        let sql = format!(
            "SELECT feed, day, {COLUMNS} FROM feed_days WHERE day >= ?1 ORDER BY feed, day"
        );
        self.db.with(|c| {
            let mut find = c.prepare_cached(&sql)?;
            let read =
                |row: &Row<'_>| Ok((FeedId(row.get(0)?), row.get(1)?, FeedDay::read(row, 2)?));
            let rows = find.query_map([millis(since).div_euclid(DAY)], read)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
