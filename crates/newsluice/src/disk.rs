//! Room on the disk: below `store.min_free` nothing new is taken in hand.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often the system is asked.
const LOOK: Duration = Duration::from_secs(1);

/// How often people are told that it goes on.
const TELL: Duration = Duration::from_mins(1);

/// On a small disk the limit is this part of it, however much was asked for.
const LARGEST_PART: u64 = 20;

/// Room on a disk, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Space {
    /// What unprivileged programs may still write.
    pub(crate) free: u64,
    /// All of it.
    pub(crate) total: u64,
}

/// The room on the disk that has the database.
///
/// # Errors
/// What the system says.
pub(crate) fn space(database: &Path) -> std::io::Result<Space> {
    let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty());
    let disk = rustix::fs::statvfs(folder.unwrap_or(Path::new(".")))?;
    let bytes = |blocks: u64| blocks.saturating_mul(disk.f_frsize);
    Ok(Space { free: bytes(disk.f_bavail), total: bytes(disk.f_blocks) })
}

/// Watches over the room on a disk; clones watch together.
#[derive(Debug, Clone)]
pub(crate) struct Disk(Arc<Watch>);

#[derive(Debug)]
struct Watch {
    database: PathBuf,
    min_free: u64,
    last: Mutex<Look>,
}

#[derive(Debug, Default)]
struct Look {
    at: Option<Instant>,
    told: Option<Instant>,
    is_low: bool,
}

impl Disk {
    /// The disk of this database, of which so many bytes are to stay free.
    pub(crate) fn new(database: &Path, min_free: u64) -> Self {
        let last = Mutex::default();
        Self(Arc::new(Watch { database: database.to_owned(), min_free, last }))
    }

    /// Is there room to take something new in hand? Says in the log when that changes. A disk
    /// that cannot be asked has room: its errors come by themselves.
    pub(crate) fn has_room(&self) -> bool {
        let mut last = self.0.last.lock().unwrap_or_else(PoisonError::into_inner);
        if self.0.min_free == 0 || last.at.is_some_and(|at| at.elapsed() < LOOK) {
            return !last.is_low;
        }
        last.at = Some(Instant::now());
        let Ok(space) = space(&self.0.database) else { return true };
        let is_low = space.free < limit(self.0.min_free, space.total);
        if is_low && last.told.is_none_or(|told| told.elapsed() >= TELL) {
            last.told = Some(Instant::now());
            tracing::warn!(free_bytes = space.free, "{}", self.complaint(space));
        } else if !is_low && last.is_low {
            last.told = None;
            tracing::warn!(free_bytes = space.free, "there is room on the disk: fetching goes on");
        }
        last.is_low = is_low;
        !is_low
    }

    fn complaint(&self, space: Space) -> String {
        format!(
            "disk of {}: {} KiB free, store.min_free keeps {}: nothing is fetched until there is \
             room",
            self.0.database.display(),
            space.free >> 10,
            limit(self.0.min_free, space.total) >> 10
        )
    }

    /// The error of a run that cannot wait for room.
    pub(crate) fn error(&self) -> anyhow::Error {
        match space(&self.0.database) {
            Ok(space) => anyhow::anyhow!("{}; make some and start again", self.complaint(space)),
            Err(error) => error.into(),
        }
    }
}

fn limit(min_free: u64, total: u64) -> u64 {
    min_free.min(total / LARGEST_PART)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_disk_is_used_but_for_a_twentieth() {
        assert_eq!(limit(256 << 20, 1 << 40), 256 << 20);
        assert_eq!(limit(256 << 20, 20 << 20), 1 << 20);
    }

    #[test]
    fn the_disk_of_a_file_is_that_of_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let space = space(&folder.path().join("news.db")).unwrap();
        assert!(space.free <= space.total && space.total > 0);
        assert!(Disk::new(&folder.path().join("news.db"), 0).has_room());
    }
}
