//! Retention of recordings: old files of the flight recorder are taken away whole.

use std::fs;
use std::io;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::recorder::names;

/// What was taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Shed {
    /// Files.
    pub(super) files: u64,
    /// Their bytes.
    pub(super) bytes: u64,
}

/// Takes the recorder's files away whose day ended before `before`, and then the oldest while
/// all of them are larger than `most` bytes. The newest stays in any case: it may be the one
/// that is written to. Other files in the folder are nobody's business.
///
/// # Errors
/// What the folder says; one that is not there has nothing to lose.
pub(super) fn shed(
    folder: &Path,
    before: Option<Timestamp>,
    most: Option<u64>,
) -> io::Result<Shed> {
    let mut files = match names(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Shed::default()),
        names => names?,
    };
    files.pop();
    let size = |name: &String| fs::metadata(folder.join(name)).map_or(0, |file| file.len());
    let mut in_use: u64 = names(folder)?.iter().map(size).sum();
    let mut shed = Shed::default();
    for name in &files {
        let is_old = before.is_some_and(|before| ended(name).is_some_and(|end| end <= before));
        let is_above = most.is_some_and(|most| in_use > most);
        if !is_old && !is_above {
            continue;
        }
        let bytes = size(name);
        fs::remove_file(folder.join(name))?;
        in_use = in_use.saturating_sub(bytes);
        shed.files += 1;
        shed.bytes += bytes;
    }
    Ok(shed)
}

/// When the day of a file ended.
fn ended(name: &str) -> Option<Timestamp> {
    let day = name.strip_suffix(".warc.gz")?.rsplit('-').next()?;
    let next: Date = record::date::parse_compact(day)?.tomorrow().ok()?;
    TimeZone::UTC.to_timestamp(next.to_datetime(jiff::civil::Time::midnight())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (number, day) in [(7, 20), (8, 20), (9, 21), (10, 22), (11, 23)] {
            let name = format!("newsluice-{number:06}-202411{day}.warc.gz");
            fs::write(folder.path().join(name), [0; 100]).unwrap();
        }
        fs::write(folder.path().join("CC-NEWS-20200101.warc.gz"), [0; 100]).unwrap();
        folder
    }

    fn left(folder: &tempfile::TempDir) -> Vec<u64> {
        let number = |name: &String| name.split('-').nth(1).unwrap().parse().unwrap();
        assert!(folder.path().join("CC-NEWS-20200101.warc.gz").exists());
        names(folder.path()).unwrap().iter().map(number).collect()
    }

    #[test]
    fn files_go_when_their_whole_day_is_old() {
        let folder = folder();
        let at = |text: &str| Some(text.parse().unwrap());
        let shed = |before| shed(folder.path(), before, None).unwrap().files;
        assert_eq!(shed(None), 0);
        assert_eq!(shed(at("2024-11-20T23:59:59Z")), 0);
        assert_eq!(shed(at("2024-11-21T00:00:00Z")), 2);
        assert_eq!(left(&folder), [9, 10, 11]);
        assert_eq!(shed(at("2030-01-01T00:00:00Z")), 2, "all but the one that is written to");
        assert_eq!(left(&folder), [11]);
    }

    #[test]
    fn the_oldest_go_until_the_rest_fits() {
        let folder = folder();
        let most = |bytes| shed(folder.path(), None, Some(bytes)).unwrap();
        assert_eq!(most(500), Shed::default());
        assert_eq!(most(310), Shed { files: 2, bytes: 200 });
        assert_eq!(left(&folder), [9, 10, 11]);
        assert_eq!(most(0).files, 2);
        assert_eq!(left(&folder), [11]);
        let nowhere = folder.path().join("none");
        assert_eq!(shed(&nowhere, None, Some(0)).unwrap(), Shed::default());
    }
}
