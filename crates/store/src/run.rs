//! Runs: one use of the program, resumed after a crash.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::commit::Outcome;
use crate::error::Sql;
use crate::time::{from_millis, millis};

/// A run's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(pub(crate) i64);

/// A run that has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Its number.
    pub id: RunId,
    /// When it began first: the time of captures that have none of their own.
    pub started_at: Timestamp,
    /// Is this the rest of a run that did not end?
    pub is_resumed: bool,
}

/// What a tally counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Of {
    Entry,
    Feed,
    Capture,
}

impl Of {
    const fn code(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Feed => "feed",
            Self::Capture => "capture",
        }
    }
}

/// Outcomes of a batch, added to the run's tallies at its end.
#[derive(Debug, Default)]
pub(crate) struct Tally(BTreeMap<(Of, &'static str), i64>);

impl Tally {
    pub(crate) fn count(&mut self, of: Of, outcome: Outcome) {
        self.add(of, outcome.code(), 1);
    }

    pub(crate) fn add(&mut self, of: Of, outcome: &'static str, count: i64) {
        *self.0.entry((of, outcome)).or_default() += count;
    }

    pub(crate) fn store(&self, c: &Connection, run: i64) -> Sql<()> {
        const ADD: &str = "INSERT INTO tallies (run, of, outcome, count) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (run, of, outcome) DO UPDATE SET count = count + ?4";
        for ((of, outcome), count) in self.0.iter().filter(|(_, count)| **count != 0) {
            c.prepare_cached(ADD)?.execute(params![run, of.code(), outcome, count])?;
        }
        Ok(())
    }
}

/// Begins a run, or goes on with the one of this kind and key that did not end. Whatever dead
/// runs had claimed is let go.
pub(crate) fn begin(c: &Connection, kind: &str, key: &str, now: Timestamp) -> Sql<Run> {
    crate::release::dead(c, now)?;
    adopt(c, kind, key, now)
}

/// As [`begin`], while others may be alive: their claims are theirs.
pub(crate) fn adopt(c: &Connection, kind: &str, key: &str, now: Timestamp) -> Sql<Run> {
    const FIND: &str = "SELECT run, started_at FROM runs
        WHERE kind = ?1 AND key = ?2 AND ended_at IS NULL";
    const ADD: &str = "INSERT INTO runs (kind, key, started_at) VALUES (?1, ?2, ?3)
        RETURNING run, started_at";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let found: Option<(i64, i64)> = c.query_row(FIND, params![kind, key], read).optional()?;
    let is_resumed = found.is_some();
    let (run, started) = match found {
        Some(found) => found,
        None => c.query_row(ADD, params![kind, key, millis(now)], read)?,
    };
    Ok(Run { id: RunId(run), started_at: from_millis(started), is_resumed })
}

/// Ends a run: what it claimed and did not begin goes back.
pub(crate) fn end(c: &Connection, run: RunId, now: Timestamp) -> Sql<()> {
    const END: &str = "UPDATE runs SET ended_at = max(?2, started_at) WHERE run = ?1";
    crate::release::all_of(c, run)?;
    crate::lists::forget(c, run)?;
    c.execute(END, params![run.0, millis(now)])?;
    Ok(())
}
