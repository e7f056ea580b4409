//! The write connection of the one process that judges.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;

use crate::captured;
use crate::claim::{self, ClaimOptions, ClaimedEntry, ClaimedFeed};
use crate::commit::{Commit, Committed};
use crate::connection::{Db, Durability, LOG_LIMIT, OpenOptions, beside, open_write, take_lock};
use crate::error::{ErrorKind, Fault, Sql, StoreError};
use crate::feed_days::Days;
use crate::run::{self, Run, RunId, Tally};
use crate::{apply, search, trails};

/// The database, open for judging and storing. One process at a time has it.
///
/// Every batch is one transaction, on disk (`synchronous=FULL`) before
/// [`commit`](Store::commit) returns: what it returns may be acknowledged.
#[derive(Debug)]
pub struct Store {
    db: Db,
    options: OpenOptions,
    /// The failure after which nothing may be believed that this connection says.
    broken: Option<StoreError>,
    /// Commits since the log was last found too long.
    patience: u32,
    /// Held for its lock.
    _lock: File,
}

impl Store {
    /// Opens the database, makes it if allowed, and brings its schema to the newest version.
    ///
    /// # Errors
    /// [`ErrorKind::Locked`] where another process judges for this database, and every other
    /// kind that a file can be in trouble with.
    pub fn open(path: &Path, options: OpenOptions) -> Result<Self, StoreError> {
        if !options.create && !path.exists() {
            return Err(Fault::of(ErrorKind::Missing).at(path));
        }
        crate::connection::make_folder(path).map_err(|fault| fault.at(path))?;
        let lock = take_lock(path)?;
        let db = open_write(path, options, Durability::Full)?;
        Ok(Self { db, options, broken: None, patience: 0, _lock: lock })
    }

    /// Begins a run, or goes on with the one of this kind and key that did not end, with its
    /// start. What dead runs had claimed waits again.
    pub fn begin_run(&mut self, kind: &str, key: &str, now: Timestamp) -> Result<Run, StoreError> {
        self.write(|c| run::begin(c, kind, key, now))
    }

    /// Stops in the middle of a run, which is taken up again by the next one of its kind and
    /// key: what it claimed and did not finish waits again.
    pub fn pause_run(&mut self, run: RunId) -> Result<(), StoreError> {
        self.write(|c| crate::release::all_of(c, run))
    }

    /// Ends a run: what it claimed and did not finish waits again.
    pub fn end_run(&mut self, run: RunId, now: Timestamp) -> Result<(), StoreError> {
        self.write(|c| run::end(c, run, now))
    }

    /// Stores a batch, all or nothing, in the order given. When it returns, the batch is
    /// durable.
    ///
    /// Idempotent: a capture stored before is counted as unchanged, and a claim ended before
    /// is not ended again.
    ///
    /// # Errors
    /// After [`ErrorKind::Locked`] and [`ErrorKind::DiskFull`] the same batch may be handed in
    /// again. After a failed read or write of the disk ([`ErrorKind::Io`],
    /// [`ErrorKind::Corrupt`]) every further call fails: what the disk holds can be known
    /// only by opening the database anew.
    pub fn commit(&mut self, run: RunId, batch: &[Commit]) -> Result<Vec<Committed>, StoreError> {
        let kept = self.options.keep_trails;
        let done = self.write(|c| {
            let mut tally = Tally::default();
            let mut done = Vec::with_capacity(batch.len());
            let mut inputs = HashMap::new();
            let mut days = Days::default();
            for commit in batch {
                let keeps_trails = !kept.is_zero();
                let (inputs, days) = (&mut inputs, &mut days);
                done.push(apply::one(c, run.0, commit, inputs, &mut tally, days, keeps_trails)?);
            }
            search::take_in(c)?;
            tally.store(c, run.0)?;
            days.store(c)?;
            captured::keep_reached(c, run, batch, &mut inputs)?;
            apply::keep_position(c, batch)?;
            trails::prune(c, batch, kept)?;
            Ok(done)
        })?;
        self.shorten_log();
        Ok(done)
    }

    /// Readers keep the log from being begun anew; where one did so for long, it has grown.
    /// Once they are gone it is cut. Failing to is harmless: the batch is stored.
    fn shorten_log(&mut self) {
        let log = beside(&self.db.path, "-wal");
        self.patience = self.patience.saturating_sub(1);
        let is_long = std::fs::metadata(log).is_ok_and(|log| log.len() > LOG_LIMIT as u64);
        if is_long && self.patience == 0 {
            self.patience = PATIENCE;
            let c = &self.db.connection;
            if c.busy_timeout(SHORT_WAIT).is_ok() {
                checkpoint(c).ok();
            }
            c.busy_timeout(self.options.busy_timeout).ok();
        }
    }

    /// A second write connection, for claiming beside commits: what it writes is harmless to
    /// lose at a power cut.
    pub fn claims(&self) -> Result<Claims, StoreError> {
        let options = OpenOptions { create: false, ..self.options };
        Ok(Claims { db: open_write(&self.db.path, options, Durability::Losable)? })
    }

    /// Moves what the write-ahead log holds to the database file and empties the log.
    pub fn checkpoint(&mut self) -> Result<(), StoreError> {
        self.db.with(checkpoint)
    }

    /// Rebuilds the text index from the records, for when [`check`](crate::Reader::check) finds
    /// it wrong.
    pub fn rebuild_search(&mut self) -> Result<(), StoreError> {
        self.write(|c| {
            search::take_in(c)?;
            Ok(c.execute_batch("INSERT INTO search (search) VALUES ('rebuild')")?)
        })
    }

    /// Rewrites the file without the room that deleted rows left. Takes as much free disk as
    /// the file is large.
    pub fn vacuum(&mut self) -> Result<(), StoreError> {
        self.db.with(|c| Ok(c.execute_batch("VACUUM; ANALYZE")?))
    }

    /// Checkpoints and closes. A log that a reader still needs is left to the next one.
    pub fn close(self) -> Result<(), StoreError> {
        if self.broken.is_none() {
            self.db.with(checkpoint)?;
        }
        let path = self.db.path;
        self.db.connection.close().map_err(|(_, error)| Fault::from(error).at(&path))
    }

    /// Runs `work` in a transaction, unless the connection is not to be trusted any more.
    pub(crate) fn write<T>(
        &mut self,
        work: impl FnOnce(&Connection) -> Sql<T>,
    ) -> Result<T, StoreError> {
        if let Some(error) = &self.broken {
            return Err(error.clone());
        }
        let result = self.db.write(work);
        if let Err(error) = &result
            && matches!(error.kind, ErrorKind::Io | ErrorKind::Corrupt)
        {
            self.broken = Some(error.clone());
        }
        result
    }

    #[cfg(test)]
    pub(crate) fn connection(&self) -> &Connection {
        &self.db.connection
    }
}

/// Commits after which a log that is too long is looked at again.
const PATIENCE: u32 = 16;

/// How long the cutting of the log waits for readers.
const SHORT_WAIT: Duration = Duration::from_millis(20);

fn checkpoint(c: &Connection) -> Sql<()> {
    // Gives a row: busy, pages in the log, pages moved. Busy is no failure.
    c.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}

/// A write connection that only claims.
#[derive(Debug)]
pub struct Claims {
    db: Db,
}

impl Claims {
    /// How long a claim waits for another process before it fails with [`ErrorKind::Locked`].
    pub fn set_patience(&mut self, patience: Duration) -> Result<(), StoreError> {
        self.db.with(|c| Ok(c.busy_timeout(patience)?))
    }

    pub(crate) fn write<T>(
        &mut self,
        work: impl FnOnce(&Connection) -> Sql<T>,
    ) -> Result<T, StoreError> {
        self.db.write(work)
    }

    pub(crate) fn with<T>(
        &self,
        work: impl FnOnce(&Connection) -> Sql<T>,
    ) -> Result<T, StoreError> {
        self.db.with(work)
    }

    /// Claims entries that are due, the longest waiting first, hosts in turn.
    pub fn entries(
        &mut self,
        run: RunId,
        options: ClaimOptions,
    ) -> Result<Vec<ClaimedEntry>, StoreError> {
        if !self.db.with(|c| claim::any_entry(c, options))? {
            return Ok(Vec::new());
        }
        self.db.write(|c| claim::entries(c, run, options))
    }

    /// Claims feeds that are due, the longest waiting first, hosts in turn.
    pub fn feeds(
        &mut self,
        run: RunId,
        options: ClaimOptions,
    ) -> Result<Vec<ClaimedFeed>, StoreError> {
        if !self.db.with(|c| claim::any_feed(c, options))? {
            return Ok(Vec::new());
        }
        self.db.write(|c| claim::feeds(c, run, options))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{World, at, found, key};
    use crate::{CaptureOutcome, Captured, Effect, Outcome};
    use record::{ContentHash, Reason, ReasonKind, RecordId};

    const A: &str = "https://a.example/1";

    fn failed(millis: i64) -> Commit {
        Commit::new(at(millis), Effect::Failed(Reason::new(ReasonKind::NoTitle, "line 3")))
    }

    #[test]
    fn a_capture_is_committed_once() {
        let mut world = World::new();
        let commit = Commit { capture: Some(key("seeds/1.txt", 0)), ..world.text(A, "One.", 10) };
        let id = world.commit(commit.clone()).id.unwrap();
        let again = world.commit(commit);
        assert_eq!((again.outcome, again.id), (Outcome::Unchanged, Some(id)));
        let captured = world.reader().captured("seeds/1.txt", 0).unwrap().unwrap();
        assert_eq!(captured.hash, ContentHash::of_bytes(b"seeds/1.txt"));
        assert_eq!(captured.outcome, CaptureOutcome::Record(id));
        assert_eq!(world.reader().captured("seeds/1.txt", 1).unwrap(), None);
    }

    #[test]
    fn a_failed_capture_is_a_dead_letter_until_it_succeeds() {
        let mut world = World::new();
        let capture = Some(key("a.jsonl", 7));
        world.commit(Commit { capture: capture.clone(), ..failed(10) });
        let reader = world.reader();
        assert_eq!(reader.failures().unwrap(), [("no-title".to_owned(), 1)]);
        assert_eq!(
            reader.captured("a.jsonl", 7).unwrap().map(|c: Captured| c.outcome),
            Some(CaptureOutcome::Failed(ReasonKind::NoTitle))
        );
        let commit = Commit { capture, ..world.text(A, "One.", 20) };
        assert_eq!(world.commit(commit).outcome, Outcome::Stored);
        assert_eq!(reader.counts().unwrap().failed, 0);
    }

    #[test]
    fn a_batch_is_stored_whole_or_not_at_all() {
        let mut world = World::new();
        let good = world.text(A, "One.", 10);
        let bad = Commit::new(at(20), Effect::Unchanged(RecordId(7)));
        let error = world.store.commit(world.run, &[good.clone(), bad]).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Broken);
        assert_eq!(world.reader().counts().unwrap().records, 0);
        assert_eq!(world.commit(good).outcome, Outcome::Stored);
    }

    #[test]
    fn what_was_committed_outlives_a_process_that_dies() {
        let mut world = World::new();
        world.put(A, "One.", 10);
        let before = world.reader().digest().unwrap();
        // The process dies in the middle of the next batch: nothing of that is there.
        world.store.connection().execute_batch("BEGIN IMMEDIATE; DELETE FROM aliases").unwrap();
        let world = world.crash();
        assert_eq!(world.reader().digest().unwrap(), before);
        assert!(world.reader().find(A).unwrap().is_some());
        assert_eq!(world.reader().next_sequence().unwrap(), 2);
    }

    #[test]
    fn files_copied_between_batches_are_a_database_of_that_moment() {
        let mut world = World::new();
        world.put(A, "One.", 10);
        let copy = world.folder.path().join("copy.db");
        for ending in ["", "-wal"] {
            let from = crate::connection::beside(&world.path(), ending);
            std::fs::copy(from, crate::connection::beside(&copy, ending)).unwrap();
        }
        world.put(A, "Two.", 20);
        let store = Store::open(&copy, OpenOptions::default()).unwrap();
        let kept: i64 = store
            .connection()
            .query_row("SELECT count(*) FROM all_texts", [], |row| row.get(0))
            .unwrap();
        assert_eq!(kept, 1);
    }

    #[test]
    fn an_unfinished_run_goes_on_with_its_start() {
        let mut world = World::new();
        let first = world.store.begin_run("replay", "seeds", at(5)).unwrap();
        let same = world.store.begin_run("replay", "seeds", at(9)).unwrap();
        let other = world.store.begin_run("replay", "more", at(9)).unwrap();
        assert_eq!((same.id, same.started_at, same.is_resumed), (first.id, at(5), true));
        assert!(!other.is_resumed && other.id != first.id);
        world.store.end_run(first.id, at(10)).unwrap();
        let next = world.store.begin_run("replay", "seeds", at(11)).unwrap();
        assert_eq!((next.started_at, next.is_resumed), (at(11), false));
    }

    #[test]
    fn a_full_disk_is_said_and_passes() {
        let mut world = World::new();
        world.put(A, "One.", 10);
        let pages = world.count("PRAGMA page_count");
        let limit = |pages: i64, c: &Connection| {
            c.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(())).unwrap();
        };
        limit(pages, world.store.connection());
        let big = world.text("https://a.example/2", &"Many words. ".repeat(20_000), 20);
        let error = world.store.commit(world.run, std::slice::from_ref(&big)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::DiskFull);
        assert!(error.to_string().contains("no room left on the disk"), "{error}");
        assert_eq!(world.reader().counts().unwrap().records, 1);
        limit(1 << 30, world.store.connection());
        assert_eq!(world.commit(big).outcome, Outcome::Stored);
    }

    #[test]
    fn one_process_judges_and_a_lock_of_another_program_passes() {
        let mut world = World::new();
        let error = Store::open(&world.path(), OpenOptions::default()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Locked);
        let other =
            Connection::open_with_flags(world.path(), rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE)
                .unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        world.store.connection().busy_timeout(std::time::Duration::ZERO).unwrap();
        let commit = world.text(A, "One.", 10);
        let error = world.store.commit(world.run, std::slice::from_ref(&commit)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Locked);
        other.execute_batch("ROLLBACK").unwrap();
        assert_eq!(world.commit(commit).outcome, Outcome::Stored);
    }

    #[test]
    fn closing_leaves_no_log_behind() {
        let mut world = World::new();
        world.put(A, "One.", 10);
        world.add_entries(&[found("a.example", "x", 5)], at(1));
        let World { folder, store, .. } = world;
        store.close().unwrap();
        assert!(!folder.path().join("news.db-wal").exists());
    }
}
