//! Opening the file: the pragmas, and the lock that keeps a second judging process out.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::error::{ErrorKind, Fault, Sql, StoreError};
use crate::schema;

/// How a database is opened for writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenOptions {
    /// Make the file, and its folder, when there is none.
    pub create: bool,
    /// How long a call waits for another process before it fails with
    /// [`ErrorKind::Locked`].
    pub busy_timeout: Duration,
    /// How long trails are kept, in time of captures.
    pub keep_trails: Duration,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            create: true,
            busy_timeout: Duration::from_secs(5),
            keep_trails: Duration::from_hours(90 * 24),
        }
    }
}

/// Size to which the write-ahead log is cut after a checkpoint.
pub(crate) const LOG_LIMIT: i64 = 64 << 20;

/// Pages in the log after which a commit checkpoints it: 4,000 × 4 KiB.
const CHECKPOINT_PAGES: i64 = 4_000;

/// Pages that a writing connection keeps, in KiB: with a quarter of that the system was asked for
/// pages half as long again in a replay of 20,000 files, and more in a larger database.
const CACHE_KIB: i64 = 8 << 10;

/// Prepared statements kept: more than there are in the crate.
const STATEMENTS: usize = 128;

/// A connection and the path that its errors name.
#[derive(Debug)]
pub(crate) struct Db {
    pub(crate) connection: Connection,
    pub(crate) path: PathBuf,
}

impl Db {
    /// Runs `work` outside a transaction.
    pub(crate) fn with<T>(
        &self,
        work: impl FnOnce(&Connection) -> Sql<T>,
    ) -> Result<T, StoreError> {
        work(&self.connection).map_err(|fault| fault.at(&self.path))
    }

    /// Runs `work` in one write transaction: all of it is stored, or nothing.
    pub(crate) fn write<T>(
        &mut self,
        work: impl FnOnce(&Connection) -> Sql<T>,
    ) -> Result<T, StoreError> {
        let Self { connection, path } = self;
        let run = || {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        };
        run().map_err(|fault: Fault| fault.at(path))
    }
}

/// How sure a commit is to survive a power cut.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Durability {
    /// It does.
    Full,
    /// It may be lost, the file stays whole: for claims, which are harmless to lose.
    Losable,
}

/// Opens for writing and brings the schema to the newest version.
pub(crate) fn open_write(
    path: &Path,
    options: OpenOptions,
    durability: Durability,
) -> Result<Db, StoreError> {
    let open = || {
        if options.create {
            make_folder(path)?;
        } else if !path.exists() {
            return Err(Fault::of(ErrorKind::Missing));
        }
        check_is_file(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let create =
            if options.create { OpenFlags::SQLITE_OPEN_CREATE } else { OpenFlags::empty() };
        let mut connection = Connection::open_with_flags(path, flags | create)?;
        connection.busy_timeout(options.busy_timeout)?;
        schema::version(&connection)?; // before anything is written to what may not be ours
        if connection.is_readonly("main")? {
            return Err(Fault::of(ErrorKind::ReadOnly));
        }
        let found = schema::version(&connection)?;
        let newest = schema::MIGRATIONS.len() as u32;
        if found > newest {
            return Err(Fault::of(ErrorKind::Newer(found, newest)));
        }
        set_up(&connection, durability)?;
        if found > 0 && found < newest {
            crate::backup::before_migration(&connection, path, found)?;
        }
        schema::migrate(&mut connection, schema::MIGRATIONS)?;
        Ok(connection)
    };
    match open() {
        Ok(connection) => Ok(Db { connection, path: path.to_owned() }),
        Err(fault) => Err(explained(fault, path).at(path)),
    }
}

/// Statements are prepared once. Without the second setting SQLite prepares those anew whose plan
/// might be better for other values, the claim at each claim: that took a third of all its time.
fn keep_statements(connection: &Connection) -> Sql<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

fn set_up(connection: &Connection, durability: Durability) -> Sql<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    let synchronous = match durability {
        Durability::Full => "FULL",
        Durability::Losable => "NORMAL",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "journal_size_limit", LOG_LIMIT)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    keep_statements(connection)
}

/// Opens for reading beside a writer. Never makes, changes or upgrades anything.
pub(crate) fn open_read(path: &Path, busy_timeout: Duration) -> Result<Db, StoreError> {
    let open = || {
        if !path.exists() {
            return Err(Fault::of(ErrorKind::Missing));
        }
        check_is_file(path)?;
        let connection = open_read_only(path)?;
        connection.busy_timeout(busy_timeout)?;
        schema::require(&connection)?;
        connection.pragma_update(None, "query_only", true)?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        connection.pragma_update(None, "trusted_schema", false)?;
        keep_statements(&connection)?;
        Ok(connection)
    };
    match open() {
        Ok(connection) => Ok(Db { connection, path: path.to_owned() }),
        Err(fault) => Err(explained(fault, path).at(path)),
    }
}

/// On a medium that cannot be written there is no place for the shared memory that readers of
/// a write-ahead log need; then nobody writes either, and the file is taken as it is.
fn open_read_only(path: &Path) -> Sql<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let plain = Connection::open_with_flags(path, flags)?;
    let first = plain.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0));
    if first.is_ok() || beside(path, "-wal").exists() {
        return Ok(plain);
    }
    let Some(text) = path.to_str() else { return Ok(plain) };
    let escaped = text.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let uri = format!("file:{escaped}?immutable=1");
    Ok(Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)?)
}

pub(crate) fn make_folder(path: &Path) -> Sql<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => Ok(std::fs::create_dir_all(folder)?),
        _ => Ok(()),
    }
}

/// SQLite says of a folder only that it cannot be opened.
fn check_is_file(path: &Path) -> Sql<()> {
    if path.is_dir() {
        return Err(Fault::new(ErrorKind::NotADatabase, "it is a folder"));
    }
    Ok(())
}

/// "Cannot open" hides the system's reason: asks for it.
fn explained(fault: Fault, path: &Path) -> Fault {
    if fault.kind != ErrorKind::Io {
        return fault;
    }
    match File::options().read(true).write(true).open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => error.into(),
        _ => fault,
    }
}

/// The file beside the database with this ending.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Takes the lock that one judging process at a time holds. The system lets go of it when the
/// process ends, however it ends; the empty file stays.
pub(crate) fn take_lock(path: &Path) -> Result<File, StoreError> {
    let lock = || {
        let file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(beside(path, "-lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => {
                Err(Fault::new(ErrorKind::Locked, "a run of newsluice is writing to it"))
            }
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    };
    lock().map_err(|fault: Fault| fault.at(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Reader, Store};

    fn kinds(path: &Path) -> (ErrorKind, ErrorKind) {
        let options = OpenOptions { create: false, ..OpenOptions::default() };
        (Store::open(path, options).unwrap_err().kind, Reader::open(path).unwrap_err().kind)
    }

    fn both(kind: ErrorKind) -> (ErrorKind, ErrorKind) {
        (kind, kind)
    }

    fn made(folder: &Path) -> PathBuf {
        let path = folder.join("a folder/news.db");
        Store::open(&path, OpenOptions::default()).unwrap().close().unwrap();
        path
    }

    fn edit(path: &Path, sql: &str) {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
        Connection::open_with_flags(path, flags).unwrap().execute_batch(sql).unwrap();
    }

    #[test]
    fn what_is_no_database_of_ours_is_said_and_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing.db");
        assert_eq!(kinds(&missing), both(ErrorKind::Missing));
        assert!(!missing.exists());
        assert_eq!(kinds(folder.path()), both(ErrorKind::NotADatabase));
        let text = folder.path().join("text.db");
        std::fs::write(&text, "A title\nA paragraph. ".repeat(100)).unwrap();
        assert_eq!(kinds(&text), both(ErrorKind::NotADatabase));
        let theirs = folder.path().join("theirs.db");
        std::fs::write(&theirs, "").unwrap();
        edit(&theirs, "CREATE TABLE theirs (a)");
        let before = std::fs::read(&theirs).unwrap();
        assert_eq!(kinds(&theirs), both(ErrorKind::NotADatabase));
        assert_eq!(std::fs::read(&theirs).unwrap(), before);
    }

    #[test]
    fn a_newer_version_is_said_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = made(folder.path());
        edit(&path, "PRAGMA user_version = 99");
        assert_eq!(kinds(&path), both(ErrorKind::Newer(99, schema::MIGRATIONS.len() as u32)));
        let error = Reader::open(&path).unwrap_err().to_string();
        assert!(error.contains("its schema is 99") && error.contains("install"), "{error}");
        edit(&path, "PRAGMA user_version = 0");
        assert_eq!(Reader::open(&path).unwrap_err().kind, ErrorKind::Missing, "nothing in it");
    }

    #[test]
    fn a_damaged_file_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = made(folder.path());
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[4096..].fill(0xa5);
        std::fs::write(&path, bytes).unwrap();
        let reader = Reader::open(&path).and_then(|reader| reader.counts());
        assert_eq!(reader.unwrap_err().kind, ErrorKind::Corrupt);
    }

    #[test]
    fn the_settings_that_durability_hangs_on_are_in_force() {
        let folder = tempfile::tempdir().unwrap();
        let path = made(folder.path());
        for (durability, level) in [(Durability::Full, 2), (Durability::Losable, 1)] {
            let db = open_write(&path, OpenOptions::default(), durability).unwrap();
            let setting = |name: &str| {
                let sql = format!("PRAGMA {name}");
                db.connection.query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap()
            };
            assert_eq!(setting("synchronous"), level);
            assert_eq!((setting("foreign_keys"), setting("journal_size_limit")), (1, 64 << 20));
            let mode: String =
                db.connection.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
            assert_eq!(mode, "wal");
        }
    }
}
