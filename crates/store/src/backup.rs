//! Whole copies of the database: made beside a running writer, verified, and put back.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};

use crate::connection::{beside, take_lock};
use crate::error::{ErrorKind, Fault, Sql, StoreError};
use crate::{OpenOptions, Reader, Store, schema};

/// Pages copied at once: 4 MiB.
const PAGES_AT_ONCE: std::ffi::c_int = 1024;

impl Reader {
    /// Writes a copy of the database as it is at this moment to `to`, which must not exist, and
    /// verifies it: integrity, rules, and the same digest. Takes as much disk as the database;
    /// writers are not held up. A copy that is not whole is not left behind.
    ///
    /// # Errors
    /// What either file is in trouble with; [`ErrorKind::Io`] where `to` exists.
    pub fn backup(&self, to: &Path) -> Result<(), StoreError> {
        if to.exists() {
            let detail = "a file of this name is there already; name another";
            return Err(Fault::new(ErrorKind::Io, detail).at(to));
        }
        let draft = beside(to, "-unfinished");
        self.hold()?;
        let copied = self.digest().and_then(|digest| {
            copy(&self.db.connection, &draft).map_err(|fault| fault.at(to))?;
            Ok(digest)
        });
        self.let_go()?;
        let verified = copied.and_then(|digest| {
            let copy = Self::open(&draft)?;
            let problems = copy.check()?;
            if let Some(problem) = problems.first() {
                return Err(Fault::new(ErrorKind::Corrupt, problem.as_str()).at(to));
            }
            if copy.digest()? != digest {
                return Err(Fault::new(ErrorKind::Broken, "the copy differs").at(to));
            }
            Ok(())
        });
        let done = verified.and_then(|()| publish(&draft, to).map_err(|fault| fault.at(to)));
        forget(&draft);
        done
    }
}

/// Puts a backup in the place of the database at `path`, after looking at every page of it. The
/// database that was there is kept beside it; its new name is returned.
///
/// # Errors
/// [`ErrorKind::Locked`] while a run writes to the database; what the backup is in trouble
/// with: then nothing has changed.
pub fn restore(backup: &Path, path: &Path) -> Result<Option<PathBuf>, StoreError> {
    verify(backup).map_err(|fault| fault.at(backup))?;
    crate::connection::make_folder(path).map_err(|fault| fault.at(path))?;
    let draft = beside(path, "-restoring");
    forget(&draft);
    let restored = read_only(backup).and_then(|from| copy(&from, &draft));
    restored.and_then(|()| settle(&draft)).map_err(|fault| fault.at(path))?;
    let replaced = path.exists().then(|| set_aside(path)).transpose()?;
    let lock = take_lock(path)?;
    publish(&draft, path).map_err(|fault| fault.at(path))?;
    drop(lock);
    Ok(replaced)
}

/// Empties the log of the database at `path`, as far as it can be opened, and gives it another
/// name.
fn set_aside(path: &Path) -> Result<PathBuf, StoreError> {
    let options = OpenOptions { create: false, ..OpenOptions::default() };
    match Store::open(path, options) {
        Ok(store) => store.close()?,
        Err(error) if matches!(error.kind, ErrorKind::Locked | ErrorKind::ReadOnly) => {
            return Err(error);
        }
        Err(_) => {} // damaged: that may be why it is replaced
    }
    let free = |n: &u32| !beside(path, &format!("-replaced-{n}")).exists();
    let number = (1..u32::MAX).find(free).unwrap_or(u32::MAX);
    let name = beside(path, &format!("-replaced-{number}"));
    let moved = || -> Sql<()> {
        fs::rename(path, &name)?;
        for ending in ["-wal", "-shm"] {
            let log = beside(path, ending);
            if log.exists() {
                fs::rename(&log, beside(&name, ending))?;
            }
        }
        Ok(())
    };
    moved().map_err(|fault| fault.at(path))?;
    Ok(name)
}

/// Keeps a copy of a database that is about to be brought to a newer schema, unless there is
/// one of that version already.
pub(crate) fn before_migration(connection: &Connection, path: &Path, version: u32) -> Sql<()> {
    let to = beside(path, &format!("-schema{version}-backup"));
    if to.exists() {
        return Ok(());
    }
    let draft = beside(path, &format!("-schema{version}-{}", std::process::id()));
    let done = copy(connection, &draft).and_then(|()| publish(&draft, &to));
    forget(&draft);
    done.map_err(|fault| {
        let detail = format!("{}: the copy to be kept before the upgrade", fault.detail);
        Fault::new(fault.kind, detail.trim_start_matches(": "))
    })
}

/// Copies every page; one moment's, where `from` is within a transaction.
fn copy(from: &Connection, to: &Path) -> Sql<()> {
    let mut target = Connection::open_with_flags(to, OpenFlags::default())?;
    Backup::new(from, &mut target)?.run_to_completion(
        PAGES_AT_ONCE,
        std::time::Duration::ZERO,
        None,
    )?;
    target.close().map_err(|(_, error)| error)?;
    Ok(())
}

/// Makes the file one without a log beside it, on disk to its last byte.
fn settle(file: &Path) -> Sql<()> {
    let connection = Connection::open_with_flags(file, OpenFlags::default())?;
    connection.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    connection.close().map_err(|(_, error)| error)?;
    Ok(File::open(file)?.sync_all()?)
}

/// Gives the finished copy its name, in one step.
fn publish(draft: &Path, to: &Path) -> Sql<()> {
    settle(draft)?;
    fs::rename(draft, to)?;
    if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Removes what is left of a copy.
fn forget(draft: &Path) {
    for ending in ["", "-wal", "-shm", "-journal"] {
        fs::remove_file(beside(draft, ending)).ok();
    }
}

fn read_only(path: &Path) -> Sql<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Ok(Connection::open_with_flags(path, flags)?)
}

/// Is it a database of ours, of a version that this program can bring up to date, and whole?
fn verify(backup: &Path) -> Sql<()> {
    if !backup.is_file() {
        return Err(Fault::of(ErrorKind::NoBackup));
    }
    let connection = read_only(backup)?;
    let (found, newest) = (schema::version(&connection)?, schema::MIGRATIONS.len() as u32);
    match found {
        0 => return Err(Fault::new(ErrorKind::NotADatabase, "the file is empty")),
        newer if newer > newest => return Err(Fault::of(ErrorKind::Newer(newer, newest))),
        _ => {}
    }
    match crate::check::integrity(&connection)?.into_iter().next() {
        Some(problem) => Err(Fault::new(ErrorKind::Corrupt, problem)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::World;

    const A: &str = "https://a.example/1";

    fn files(folder: &Path) -> Vec<String> {
        let name = |entry: std::io::Result<fs::DirEntry>| {
            entry.unwrap().file_name().into_string().unwrap()
        };
        let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(name).collect();
        names.sort();
        names
    }

    #[test]
    fn a_backup_is_the_database_of_its_moment_and_can_be_put_back() {
        let mut world = World::new();
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("copy.db");
        world.put(A, "One.", 10);
        let before = world.reader().digest().unwrap();
        world.reader().backup(&copy).unwrap();
        assert_eq!(files(folder.path()), ["copy.db"], "nothing beside it");
        world.put(A, "Two.", 20);
        assert_eq!(Reader::open(&copy).unwrap().digest().unwrap(), before);
        let error = world.reader().backup(&copy).unwrap_err();
        assert!(error.to_string().contains("name another"), "{error}");

        let place = folder.path().join("news.db");
        assert_eq!(restore(&copy, &place).unwrap(), None);
        assert_eq!(Reader::open(&place).unwrap().digest().unwrap(), before);
        let kept = restore(&copy, &place).unwrap().unwrap();
        assert_eq!(Reader::open(&kept).unwrap().digest().unwrap(), before);
    }

    #[test]
    fn a_database_in_use_is_not_replaced_and_a_damaged_backup_not_taken() {
        let mut world = World::new();
        let folder = tempfile::tempdir().unwrap();
        let (copy, place) = (folder.path().join("copy.db"), folder.path().join("news.db"));
        world.put(A, "One.", 10);
        world.reader().backup(&copy).unwrap();
        let store = Store::open(&place, OpenOptions::default()).unwrap();
        assert_eq!(restore(&copy, &place).unwrap_err().kind, ErrorKind::Locked);
        store.close().unwrap();

        let mut bytes = fs::read(&copy).unwrap();
        bytes[8192..].fill(0xa5);
        fs::write(&copy, bytes).unwrap();
        assert_eq!(restore(&copy, &place).unwrap_err().kind, ErrorKind::Corrupt);
        let missing = folder.path().join("none.db");
        assert_eq!(restore(&missing, &place).unwrap_err().kind, ErrorKind::NoBackup);
        assert_eq!(Reader::open(&place).unwrap().counts().unwrap().records, 0, "untouched");
    }

    #[test]
    fn an_upgrade_keeps_a_copy_of_the_version_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("news.db");
        let mut old = Connection::open_with_flags(&path, OpenFlags::default()).unwrap();
        schema::migrate(&mut old, &schema::MIGRATIONS[..1]).unwrap();
        drop(old);
        assert_eq!(Reader::open(&path).unwrap_err().kind, {
            ErrorKind::Older(1, schema::MIGRATIONS.len() as u32)
        });
        Store::open(&path, OpenOptions::default()).unwrap().close().unwrap();
        let kept = beside(&path, "-schema1-backup");
        assert_eq!(schema::version(&read_only(&kept).unwrap()).unwrap(), 1);
        assert!(Reader::open(&path).is_ok());
        restore(&kept, &path).unwrap();
        assert_eq!(schema::version(&read_only(&path).unwrap()).unwrap(), 1);
    }
}
