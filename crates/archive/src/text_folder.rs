//! A folder of records in their text form.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use record::{Record, RecordId, text};

/// Writes records as `NNN_<id>.txt`: a running number of at least three digits from 000, and
/// the record's id.
#[derive(Debug)]
pub struct TextFolder {
    path: PathBuf,
    next: usize,
}

impl TextFolder {
    /// Makes the folder where it does not exist.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn create(path: &Path) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        Ok(Self { path: path.to_owned(), next: 0 })
    }

    /// Writes one record; its path comes back.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn write(&mut self, id: RecordId, record: &Record) -> io::Result<PathBuf> {
        let path = self.path.join(format!("{:03}_{id}.txt", self.next));
        fs::write(&path, text::write(record))?;
        self.next += 1;
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::Line;

    #[test]
    fn names_number_from_zero() {
        let folder = tempfile::tempdir().unwrap();
        let mut sink = TextFolder::create(&folder.path().join("out")).unwrap();
        let line = |s: &str| Line::new(s).unwrap();
        let record = Record::new(line("Rain"), vec![line("It rained.")]);
        let path = sink.write(RecordId(0xab), &record).unwrap();
        assert!(path.ends_with("000_00000000000000ab.txt"));
        assert_eq!(fs::read_to_string(path).unwrap(), "Rain\nIt rained.\n");
    }
}
