//! Figures for a metrics page.

use crate::Reader;
use crate::connection::beside;
use crate::error::StoreError;

/// Figures that [`crate::Counts`] does not have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gauges {
    /// What became of tasks over all runs: what they were of, the outcome, and how many.
    pub tasks: Vec<(String, String, u64)>,
    /// Feeds by state.
    pub feeds: Vec<(String, u64)>,
    /// Feeds whose last poll failed.
    pub feeds_failing: u64,
}

impl Reader {
    /// The figures of this moment. Linear in runs and feeds.
    pub fn gauges(&self) -> Result<Gauges, StoreError> {
        const TASKS: &str = "SELECT of, outcome, sum(count) FROM tallies GROUP BY of, outcome";
        const FEEDS: &str = "SELECT state, count(*) FROM feeds GROUP BY state";
        const FAILING: &str = "SELECT count(*) FROM feeds WHERE failures > 0";
        self.db.with(|c| {
            let mut tasks = c.prepare_cached(TASKS)?;
            let tasks = tasks.query_map([], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2).map(i64::unsigned_abs)?))
            })?;
            let tasks = tasks.collect::<Result<_, _>>()?;
            let mut feeds = c.prepare_cached(FEEDS)?;
            let feeds =
                feeds.query_map([], |row| Ok((row.get(0)?, row.get(1).map(i64::unsigned_abs)?)))?;
            let feeds = feeds.collect::<Result<_, _>>()?;
            let failing = c.query_row(FAILING, [], |row| row.get::<_, i64>(0))?;
            Ok(Gauges { tasks, feeds, feeds_failing: failing.unsigned_abs() })
        })
    }

    /// Bytes of the database file and of the log beside it.
    pub fn size(&self) -> u64 {
        let files = [self.db.path.clone(), beside(&self.db.path, "-wal")];
        files.iter().filter_map(|file| Some(std::fs::metadata(file).ok()?.len())).sum()
    }
}
