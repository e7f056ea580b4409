//! Short edits beside a process that judges: the write connection of everybody else.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;

use crate::connection::{Db, Durability, OpenOptions, open_write, take_lock};
use crate::error::{Sql, StoreError};
use crate::frontier::{self, FoundEntry};
use crate::retry::{self, DeadLetters};
use crate::run::{self, Run, RunId};
use crate::sources::{self, NewFeed};
use crate::time::millis;

/// The database, open for edits that need no judgement: each call is one short transaction, on
/// disk when it returns, that waits its turn beside the process that judges.
///
/// Texts are judged and stored by [`crate::Store`] alone.
#[derive(Debug)]
pub struct Edits {
    pub(crate) db: Db,
}

impl Edits {
    /// As [`open`](Self::open), but makes a database where there is none.
    ///
    /// # Errors
    /// As there, [`crate::ErrorKind::Missing`] aside.
    pub fn open_or_create(path: &Path, busy_timeout: Duration) -> Result<Self, StoreError> {
        match Self::open(path, busy_timeout) {
            Err(error) if error.kind == crate::ErrorKind::Missing => {
                crate::connection::make_folder(path).map_err(|fault| fault.at(path))?;
                let _lock = take_lock(path)?;
                let options = OpenOptions { busy_timeout, ..OpenOptions::default() };
                Ok(Self { db: open_write(path, options, Durability::Full)? })
            }
            opened => opened,
        }
    }

    /// Opens a database that is there already. Takes no lock, but where the schema is older:
    /// then nobody may be judging while it is brought to the newest version.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Missing`] where there is none, [`crate::ErrorKind::Locked`] where an
    /// older program judges, and every other kind that a file can be in trouble with.
    pub fn open(path: &Path, busy_timeout: Duration) -> Result<Self, StoreError> {
        let options = OpenOptions { create: false, busy_timeout, ..OpenOptions::default() };
        let is_newest = crate::Reader::open(path);
        let _lock = match is_newest {
            Err(error) if matches!(error.kind, crate::ErrorKind::Older(..)) => {
                Some(take_lock(path)?)
            }
            Err(error) => return Err(error),
            Ok(_) => None,
        };
        Ok(Self { db: open_write(path, options, Durability::Full)? })
    }

    /// Runs `work` in a transaction of its own.
    pub(crate) fn write<T>(
        &mut self,
        work: impl FnOnce(&Connection) -> Sql<T>,
    ) -> Result<T, StoreError> {
        self.db.write(work)
    }

    /// Adds the feeds that are not known by this or an earlier URL; they are due at once.
    /// Returns how many were added.
    pub fn add_feeds(&mut self, feeds: &[NewFeed], now: Timestamp) -> Result<usize, StoreError> {
        self.write(|c| sources::add_all(c, feeds, now))
    }

    /// Puts pages that no feed listed to the frontier; returns how many are new.
    pub fn add_entries(
        &mut self,
        found: &[FoundEntry],
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        self.write(|c| frontier::put_pages(c, found, millis(now)))
    }

    /// The dead letters wait again, due now and with nothing held against them. Returns how
    /// many there were.
    pub fn retry(&mut self, which: &DeadLetters, now: Timestamp) -> Result<u64, StoreError> {
        self.write(|c| retry::wake(c, which, millis(now)))
    }

    /// Begins a run, or goes on with the one of this kind and key that did not end, without
    /// touching what others have claimed: for work that is handed to the process that judges.
    pub fn begin_run(&mut self, kind: &str, key: &str, now: Timestamp) -> Result<Run, StoreError> {
        self.write(|c| run::adopt(c, kind, key, now))
    }

    /// Ends a run.
    pub fn end_run(&mut self, run: RunId, now: Timestamp) -> Result<(), StoreError> {
        self.write(|c| run::end(c, run, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{World, at, found};
    use crate::{ClaimOptions, ErrorKind};

    const WAIT: Duration = Duration::from_secs(5);

    #[test]
    fn edits_are_made_beside_a_store_and_seen_by_its_claims() {
        let world = World::new();
        let mut edits = Edits::open(&world.path(), WAIT).unwrap();
        let feed = NewFeed { url: "https://a/f".into(), host: "a".into(), settings: None };
        assert_eq!(edits.add_feeds(std::slice::from_ref(&feed), at(10)).unwrap(), 1);
        assert_eq!(edits.add_feeds(&[feed], at(10)).unwrap(), 0);
        assert_eq!(edits.add_entries(&[found("a", "x", 10)], at(10)).unwrap(), 1);
        let options = ClaimOptions { count: 9, per_host: 2, now: at(1_000), lease: WAIT };
        let mut claims = world.store.claims().unwrap();
        assert_eq!(claims.feeds(world.run, options).unwrap().len(), 1);
        assert_eq!(claims.entries(world.run, options).unwrap().len(), 1);
    }

    #[test]
    fn a_run_that_is_handed_over_keeps_its_start_and_touches_no_claims() {
        let mut world = World::new();
        world.add_entries(&[found("a", "x", 10)], at(10));
        let options = ClaimOptions { count: 9, per_host: 2, now: at(1_000), lease: WAIT };
        world.store.claims().unwrap().entries(world.run, options).unwrap();
        let mut edits = Edits::open(&world.path(), WAIT).unwrap();
        let first = edits.begin_run("replay", "seeds", at(5)).unwrap();
        let second = edits.begin_run("replay", "seeds", at(9)).unwrap();
        assert_eq!((second.started_at, second.is_resumed), (first.started_at, true));
        edits.end_run(first.id, at(10)).unwrap();
        assert_eq!(world.count("SELECT count(*) FROM entries WHERE state = 'claimed'"), 1);
    }

    #[test]
    fn there_must_be_a_database() {
        let folder = tempfile::tempdir().unwrap();
        let error = Edits::open(&folder.path().join("no.db"), WAIT).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Missing);
    }
}
