//! The read connection: usable beside the writer, never in its way.

use std::path::Path;
use std::time::Duration;

use crate::connection::{Db, open_read};
use crate::error::StoreError;

/// The database, open for reading. Each call sees what was committed before it began.
///
/// Never makes, changes or upgrades a file.
#[derive(Debug)]
pub struct Reader {
    pub(crate) db: Db,
}

/// How long a read waits for a writer: only ever for moments, readers and writers do not
/// block each other.
const PATIENCE: Duration = Duration::from_secs(5);

impl Reader {
    /// Opens the database for reading.
    ///
    /// # Errors
    /// Any [`crate::ErrorKind`] that a file can be in; [`crate::ErrorKind::Older`] where the
    /// schema is not the newest.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { db: open_read(path, PATIENCE)? })
    }

    /// From now on every call sees the database as it is at this moment. While it is held, the
    /// write-ahead log cannot be emptied.
    pub(crate) fn hold(&self) -> Result<(), StoreError> {
        self.db.with(|c| {
            c.prepare_cached("BEGIN")?.execute([])?;
            // The moment is that of the first read, not of BEGIN: `next_sequence` follows.
            Ok(())
        })
    }

    /// Ends what [`hold`](Self::hold) began.
    pub(crate) fn let_go(&self) -> Result<(), StoreError> {
        self.db.with(|c| {
            c.prepare_cached("COMMIT")?.execute([])?;
            Ok(())
        })
    }
}
