//! Counts, and the law of conservation.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::Reader;
use crate::error::{Sql, StoreError};

/// How much of everything there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Feeds.
    pub feeds: u64,
    /// Entries of the frontier, whatever became of them.
    pub entries: u64,
    /// Entries that wait or are in hand.
    pub waiting: u64,
    /// Records.
    pub records: u64,
    /// Records that copy another one.
    pub duplicates: u64,
    /// Older texts of records.
    pub revisions: u64,
    /// Stories.
    pub stories: u64,
    /// Entries that filters of the user's took.
    pub filtered: u64,
    /// Dead letters: entries and inputs that failed for good.
    pub failed: u64,
}

/// The books of one run and one kind of task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// The run's kind and key.
    pub run: (String, String),
    /// `entry` or `feed`.
    pub of: String,
    /// Tasks claimed.
    pub claimed: i64,
    /// Tasks ended, by outcome.
    pub ended: BTreeMap<String, i64>,
    /// Claims still open.
    pub open: i64,
}

impl Balance {
    /// Did every claimed task end in exactly one outcome, or is still in hand?
    #[must_use]
    pub fn holds(&self) -> bool {
        self.claimed == self.ended.values().sum::<i64>() + self.open
    }
}

const COUNTS: &str = "SELECT (SELECT count(*) FROM feeds), (SELECT count(*) FROM entries),
    (SELECT count(*) FROM entries WHERE state IN ('waiting', 'suspect', 'claimed')),
    (SELECT count(*) FROM records),
    (SELECT count(*) FROM records WHERE duplicate_of IS NOT NULL),
    (SELECT count(*) FROM revisions),
    (SELECT count(*) FROM stories WHERE merged_into IS NULL),
    (SELECT count(*) FROM entries WHERE state = 'dead' AND reason = 'filtered'),
    (SELECT count(*) FROM entries WHERE state = 'dead' AND reason IS NOT 'filtered')
        + (SELECT count(*) FROM failures)";

const FAILED: &str = "SELECT reason, sum(n) FROM (
        SELECT reason, count(*) AS n FROM failures GROUP BY reason
        UNION ALL SELECT coalesce(reason, 'crash'), count(*) FROM entries
            WHERE state = 'dead' AND reason IS NOT 'filtered' GROUP BY 1)
    GROUP BY reason ORDER BY 2 DESC, 1";

const BALANCE: &str = "SELECT r.kind, r.key, t.of, t.outcome, t.count,
        CASE t.of
            WHEN 'entry' THEN (SELECT count(*) FROM entries e
                WHERE e.state = 'claimed' AND e.run = r.run)
            ELSE (SELECT count(*) FROM feeds f WHERE f.state = 'claimed' AND f.run = r.run)
        END
    FROM runs r JOIN tallies t ON t.run = r.run
    WHERE t.of IN ('entry', 'feed') ORDER BY r.run, t.of";

impl Reader {
    /// How much of everything there is. Linear in the smallest index of each table.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        self.db.with(|c| {
            Ok(c.query_row(COUNTS, [], |row| {
                let count = |n| row.get(n).map(i64::unsigned_abs);
                Ok(Counts {
                    feeds: count(0)?,
                    entries: count(1)?,
                    waiting: count(2)?,
                    records: count(3)?,
                    duplicates: count(4)?,
                    revisions: count(5)?,
                    stories: count(6)?,
                    filtered: count(7)?,
                    failed: count(8)?,
                })
            })?)
        })
    }

    /// The dead letters by the code of their reason, the commonest first.
    pub fn failures(&self) -> Result<Vec<(String, u64)>, StoreError> {
        self.db.with(|c| {
            let mut find = c.prepare_cached(FAILED)?;
            let rows =
                find.query_map([], |row| Ok((row.get(0)?, row.get(1).map(i64::unsigned_abs)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The books of every run: for each, [`Balance::holds`] is the law of conservation.
    pub fn balances(&self) -> Result<Vec<Balance>, StoreError> {
        self.db.with(balances)
    }
}

fn balances(c: &Connection) -> Sql<Vec<Balance>> {
    let mut find = c.prepare_cached(BALANCE)?;
    let mut rows = find.query([])?;
    let mut books: Vec<Balance> = Vec::new();
    while let Some(row) = rows.next()? {
        let run: (String, String) = (row.get(0)?, row.get(1)?);
        let of: String = row.get(2)?;
        let (outcome, count): (String, i64) = (row.get(3)?, row.get(4)?);
        if books.last().is_none_or(|last| last.run != run || last.of != of) {
            let (claimed, ended, open) = (0, BTreeMap::new(), row.get(5)?);
            books.push(Balance { run, of, claimed, ended, open });
        }
        let Some(book) = books.last_mut() else { continue };
        if outcome == "claimed" {
            book.claimed = count;
        } else {
            book.ended.insert(outcome, count);
        }
    }
    Ok(books)
}
