//! Claims: which waiting tasks a run takes in hand, and what becomes of those of dead runs.
//!
//! A claim is one statement. Hosts take turns: first those claimed from longest ago, one task
//! of each before the second of any. A task whose claim died three times with its run is
//! suspect: it is claimed only when nothing else is, and a crash then is held against it.

mod entry;
mod feed;
mod statements;
#[cfg(test)]
mod tests;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use crate::error::Sql;
use crate::run::Tally;
use crate::time::millis;
use crate::{RunId, row};

pub use entry::ClaimedEntry;
pub use feed::ClaimedFeed;
use statements::Statements;
pub(crate) use statements::{ENTRIES, FEEDS};

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
    claim(c, run, of, &ENTRIES, entry::read)
}

/// Claims feeds, in the order in which they fell due.
pub(crate) fn feeds(c: &Connection, run: RunId, of: ClaimOptions) -> Sql<Vec<ClaimedFeed>> {
    claim(c, run, of, &FEEDS, feed::read)
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
