//! How much of files and folders is read: what they hold in bytes is known before, how many
//! pages are in them is not.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use super::in_words;

/// Files and folders looked at, at most, before work begins: of more the size is not known.
const MAX_LOOKS: usize = 100_000;

/// Files in order, and the place that was reached in them.
#[derive(Debug)]
pub(super) struct Reading {
    /// Bytes of all files.
    pub(super) total: u64,
    /// Bytes of those that are behind.
    behind: u64,
    /// The one that is read, and its bytes.
    current: (String, u64),
    position: u64,
    /// Where it began: an earlier run had read that much.
    began: Option<u64>,
}

impl Reading {
    /// Of files and folders; `None` where their size is not known or says nothing, as that of
    /// standard input.
    pub(super) fn of(paths: &[PathBuf]) -> Option<Self> {
        if paths.iter().any(|path| path.as_os_str() == "-") {
            return None;
        }
        let total = bytes_of(paths).filter(|total| *total > 0)?;
        Some(Self { total, behind: 0, current: (String::new(), 0), position: 0, began: None })
    }

    /// Takes note of the place that was reached.
    pub(super) fn reach(&mut self, source: &str, position: u64) {
        if self.current.0 != source {
            self.behind += self.current.1;
            let length = fs::metadata(source).map_or(0, |file| file.len());
            self.current = (source.to_owned(), length);
        }
        // Positions in a packed file that is one member count what is unpacked.
        self.position = position.min(self.current.1);
        let done = self.done();
        self.began.get_or_insert(done);
    }

    /// Bytes that are behind.
    pub(super) fn done(&self) -> u64 {
        (self.behind + self.position).min(self.total)
    }

    /// What is done, at which rate, and how long the rest takes.
    pub(super) fn line(&self, seen: u64, elapsed: Duration) -> String {
        let seconds = elapsed.as_secs_f64().max(0.001);
        let done = self.done();
        let rate = done.saturating_sub(self.began.unwrap_or(0)) as f64 / seconds;
        let to_go = Duration::try_from_secs_f64((self.total - done) as f64 / rate);
        let to_go = to_go.map_or_else(|_| "unknown".to_owned(), in_words);
        format!(
            "{seen} seen, {:.1} of {:.1} MB read, {:.1}/s, {to_go} to go",
            done as f64 / 1e6,
            self.total as f64 / 1e6,
            seen as f64 / seconds
        )
    }
}

/// Bytes of files and of what is in folders, as they are on the disk; files whose names start
/// with a dot are not read. `None` where there are so many that looking would take long: a link
/// may lead back to its own folder.
pub(crate) fn bytes_of(paths: &[PathBuf]) -> Option<u64> {
    let mut ahead = paths.to_vec();
    let (mut bytes, mut looks) = (0, 0);
    while let Some(path) = ahead.pop() {
        looks += 1;
        if looks > MAX_LOOKS {
            return None;
        }
        let Ok(found) = fs::metadata(&path) else { continue };
        if !found.is_dir() {
            bytes += found.len();
            continue;
        }
        let names = fs::read_dir(&path).into_iter().flatten().flatten();
        let read = names.filter(|name| !name.file_name().as_encoded_bytes().starts_with(b"."));
        ahead.extend(read.take(MAX_LOOKS).map(|name| name.path()));
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_is_told_from_what_this_run_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("in")).unwrap();
        for (name, size) in [("in/a", 4_000_000), ("in/b", 6_000_000), ("in/.c", 9)] {
            fs::write(path(name), vec![0; size]).unwrap();
        }
        let mut reading = Reading::of(&[path("in")]).unwrap();
        assert_eq!(reading.total, 10_000_000);
        let (first, second) = (path("in/a"), path("in/b"));
        reading.reach(first.to_str().unwrap(), 3_000_000);
        assert_eq!(reading.line(0, Duration::ZERO).split(", ").last(), Some("unknown to go"));
        reading.reach(second.to_str().unwrap(), 1_000_000);
        let said = reading.line(500, Duration::from_secs(10));
        assert_eq!(said, "500 seen, 5.0 of 10.0 MB read, 50.0/s, 25 s to go");
        reading.reach(second.to_str().unwrap(), 99_000_000);
        assert_eq!(reading.done(), 10_000_000);
    }

    #[test]
    fn folders_that_lead_into_themselves_have_no_size() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a", "b"] {
            std::os::unix::fs::symlink(folder.path(), folder.path().join(name)).unwrap();
        }
        assert_eq!(bytes_of(&[folder.path().to_owned()]), None);
    }

    #[test]
    fn a_stream_has_no_size() {
        assert!(Reading::of(&[PathBuf::from("-")]).is_none());
        assert!(Reading::of(&[PathBuf::from("/nonexistent")]).is_none());
    }
}
