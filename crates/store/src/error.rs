//! What can go wrong with the database, and what to do about it.

use std::fmt;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// What a statement gives, before the path is put to its error.
pub(crate) type Sql<T> = Result<T, Fault>;

/// The kinds of trouble: the binary maps them to exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no such file, and none was to be made.
    Missing,
    /// There is no such backup to be restored.
    NoBackup,
    /// The file is something else.
    NotADatabase,
    /// A newer program wrote it: (its version, the newest that this program knows).
    Newer(u32, u32),
    /// An older program wrote it and it is only read: (its version, the one needed).
    Older(u32, u32),
    /// It may not be written.
    ReadOnly,
    /// Another process has it: trying again may help (exit 75).
    Locked,
    /// No room (exit 74): trying again helps once there is some.
    DiskFull,
    /// Its content is damaged.
    Corrupt,
    /// A search that cannot be understood (exit 2).
    Query,
    /// Any other trouble of the machine (exit 74).
    Io,
    /// The program broke a rule of its own database: please report.
    Broken,
}

impl ErrorKind {
    /// May the same call succeed later without anybody repairing the file?
    #[must_use]
    pub const fn may_pass(self) -> bool {
        matches!(self, Self::Locked | Self::DiskFull)
    }
}

/// A failed call: nothing of it was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreError {
    /// What kind of trouble it is.
    pub kind: ErrorKind,
    /// The database.
    pub path: PathBuf,
    /// What exactly: empty where the kind says it all.
    pub detail: String,
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.kind == ErrorKind::Query {
            return write!(f, "the search cannot be understood: {}", self.detail);
        }
        write!(f, "database {}: {}", self.path.display(), sentence(self.kind))?;
        if !self.detail.is_empty() {
            write!(f, " ({})", self.detail)?;
        }
        Ok(())
    }
}

impl std::error::Error for StoreError {}

fn sentence(kind: ErrorKind) -> String {
    match kind {
        ErrorKind::Missing => {
            "not there; 'feed add', 'replay', 'backfill' and 'run' make it".into()
        }
        ErrorKind::NoBackup => "no such backup; name what 'maintain backup' wrote".into(),
        ErrorKind::NotADatabase => "not a Newsluice database; name another file with --db".into(),
        ErrorKind::Newer(found, known) => format!(
            "written by a newer version of the program: its schema is {found}, this program \
             knows up to {known}; install that version, or restore a backup made before"
        ),
        ErrorKind::Older(found, needed) => format!(
            "written by an older version of the program: its schema is {found}, reading needs \
             {needed}; 'newsluice maintain upgrade' upgrades it, as does every command that writes"
        ),
        ErrorKind::ReadOnly => {
            "cannot be written; check the permissions of the file and of its folder".into()
        }
        ErrorKind::Locked => "in use by another process; try again when it is done".into(),
        ErrorKind::DiskFull => "no room left on the disk; free some and start again".into(),
        ErrorKind::Corrupt => "damaged; restore a backup, or save what can be read with \
             'sqlite3 FILE .recover'"
            .into(),
        ErrorKind::Query => String::new(),
        ErrorKind::Io => "cannot be read or written".into(),
        ErrorKind::Broken => "the program failed on it: please report".into(),
    }
}

/// A kind and its detail, while the path is not at hand.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) kind: ErrorKind,
    pub(crate) detail: String,
}

impl Fault {
    pub(crate) fn new(kind: ErrorKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }

    pub(crate) fn of(kind: ErrorKind) -> Self {
        Self::new(kind, "")
    }

    pub(crate) fn at(self, path: &Path) -> StoreError {
        StoreError { kind: self.kind, path: path.to_owned(), detail: self.detail }
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        let kind = error.sqlite_error_code().map_or(ErrorKind::Broken, kind_of);
        let kind = match error {
            // The shared memory of the log could not grow: that is a full disk, too.
            _ if error.sqlite_error().is_some_and(|e| e.extended_code == IOERR_SHMSIZE) => {
                ErrorKind::DiskFull
            }
            // A value of another type than the schema says: not our writing.
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::IntegralValueOutOfRange(..) => ErrorKind::Corrupt,
            _ => kind,
        };
        let says_it_all =
            matches!(kind, ErrorKind::NotADatabase | ErrorKind::DiskFull | ErrorKind::Locked);
        Self::new(kind, if says_it_all { String::new() } else { error.to_string() })
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind as Os;
        let kind = match error.kind() {
            Os::NotFound => ErrorKind::Missing,
            Os::PermissionDenied | Os::ReadOnlyFilesystem => ErrorKind::ReadOnly,
            Os::StorageFull | Os::QuotaExceeded => ErrorKind::DiskFull,
            _ => ErrorKind::Io,
        };
        Self::new(kind, error.to_string())
    }
}

/// `SQLITE_IOERR_SHMSIZE`.
const IOERR_SHMSIZE: i32 = 4874;

fn kind_of(code: ErrorCode) -> ErrorKind {
    match code {
        ErrorCode::NotADatabase => ErrorKind::NotADatabase,
        ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::FileLockingProtocolFailed => ErrorKind::Locked,
        ErrorCode::DiskFull => ErrorKind::DiskFull,
        ErrorCode::DatabaseCorrupt => ErrorKind::Corrupt,
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => ErrorKind::ReadOnly,
        ErrorCode::SystemIoFailure
        | ErrorCode::CannotOpen
        | ErrorCode::OutOfMemory
        | ErrorCode::NoLargeFileSupport => ErrorKind::Io,
        _ => ErrorKind::Broken,
    }
}
