//! Files and folders as a stream of inputs.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::vec;

use record::{Reason, ReasonKind};

use crate::contents::{Contents, unreadable};
use crate::sniff::Kind;

/// One capture without a network: the bytes of a file, or of one line of JSON lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The path as it was reached; `-` for standard input.
    pub source: String,
    /// Where in the source it starts, in bytes after decompression.
    pub position: u64,
    /// What it is; a line of JSON lines is [`Kind::Json`].
    pub kind: Kind,
    /// The bytes, after decompression.
    pub bytes: Vec<u8>,
}

/// An input that cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The path as it was reached.
    pub source: String,
    /// Where in the source.
    pub position: u64,
    /// Why.
    pub reason: Reason,
}

/// Bounds on what is read.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Largest file, or line of JSON lines, in bytes after decompression.
    pub file: usize,
    /// Deepest folder below a given path.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file: 8 << 20, depth: 64 }
    }
}

/// The inputs of files and folders, in the order given; a folder's in the order of names,
/// files whose names start with a dot left out. One folder's names and one file's bytes are
/// in memory at a time.
pub struct Walk {
    given: vec::IntoIter<PathBuf>,
    /// The folders that are open, the innermost last, each with the names still ahead.
    folders: Vec<(PathBuf, vec::IntoIter<OsString>)>,
    current: Option<Contents>,
    limits: Limits,
}

impl Walk {
    /// Prepares to read `paths`; `-` is standard input. Nothing is opened yet.
    pub fn new<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>, limits: Limits) -> Self {
        let given: Vec<PathBuf> = paths.into_iter().map(|p| p.as_ref().to_owned()).collect();
        Self { given: given.into_iter(), folders: Vec::new(), current: None, limits }
    }

    fn open(&mut self, path: &Path) -> Result<(), Reason> {
        let source = path.display().to_string();
        if source == "-" {
            let contents = Contents::open(source, Box::new(io::stdin()), self.limits);
            self.current = Some(contents.map_err(|e| unreadable(&e))?);
            return Ok(());
        }
        let metadata = fs::metadata(path).map_err(|e| broken_link(path, &e))?;
        if metadata.is_dir() {
            return self.open_folder(path);
        }
        if !metadata.is_file() {
            return Err(Reason::new(ReasonKind::Unreadable, "neither a file nor a folder"));
        }
        let file = File::open(path).map_err(|e| unreadable(&e))?;
        let contents = Contents::open(source, Box::new(file), self.limits);
        self.current = Some(contents.map_err(|e| unreadable(&e))?);
        Ok(())
    }

    fn open_folder(&mut self, path: &Path) -> Result<(), Reason> {
        if self.folders.len() >= self.limits.depth {
            let detail = format!("folders nested over {} deep", self.limits.depth);
            return Err(Reason::new(ReasonKind::TooDeep, detail));
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(path).map_err(|e| unreadable(&e))? {
            let name = entry.map_err(|e| unreadable(&e))?.file_name();
            if !name.as_encoded_bytes().starts_with(b".") {
                names.push(name);
            }
        }
        names.sort();
        self.folders.push((path.to_owned(), names.into_iter()));
        Ok(())
    }

    /// The next file or folder.
    fn next_path(&mut self) -> Option<PathBuf> {
        while let Some((folder, names)) = self.folders.last_mut() {
            if let Some(name) = names.next() {
                return Some(folder.join(name));
            }
            self.folders.pop();
        }
        self.given.next()
    }
}

/// A symbolic link that leads nowhere says so.
fn broken_link(path: &Path, error: &io::Error) -> Reason {
    let is_link = fs::symlink_metadata(path).is_ok_and(|m| m.is_symlink());
    if is_link && error.kind() == io::ErrorKind::NotFound {
        return Reason::new(ReasonKind::Unreadable, "a symbolic link that leads nowhere");
    }
    unreadable(error)
}

impl Iterator for Walk {
    type Item = Result<Input, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(contents) = &mut self.current {
                if let Some(item) = contents.next() {
                    return Some(item);
                }
                self.current = None;
            }
            let path = self.next_path()?;
            if let Err(reason) = self.open(&path) {
                let source = path.display().to_string();
                return Some(Err(Failure { source, position: 0, reason }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn walk(path: &Path, limits: Limits) -> Vec<Result<Input, Failure>> {
        Walk::new([path], limits).collect()
    }

    #[test]
    fn a_folder_is_read_in_the_order_of_names() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("b")).unwrap();
        fs::write(at("b/x.txt"), "two").unwrap();
        fs::write(at("a.txt"), "one").unwrap();
        fs::write(at("c.txt"), "three").unwrap();
        fs::write(at(".hidden"), "no").unwrap();
        let texts: Vec<Vec<u8>> = walk(folder.path(), Limits::default())
            .into_iter()
            .map(|item| item.unwrap().bytes)
            .collect();
        assert_eq!(texts, [b"one".to_vec(), b"two".to_vec(), b"three".to_vec()]);
    }

    #[test]
    fn what_cannot_be_read_is_said_and_the_rest_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::os::unix::fs::symlink(at("nowhere"), at("a")).unwrap();
        fs::write(at("b"), "fine").unwrap();
        fs::write(at("c"), vec![b'x'; 100]).unwrap();
        let items = walk(folder.path(), Limits { file: 50, ..Limits::default() });
        let link = items[0].as_ref().unwrap_err();
        assert_eq!(link.reason.to_string(), "cannot be read: a symbolic link that leads nowhere");
        assert!(items[1].is_ok());
        assert_eq!(items[2].as_ref().unwrap_err().reason.kind, ReasonKind::TooLarge);
    }

    #[test]
    fn json_lines_come_one_by_one_with_their_positions() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl.gz");
        let file = File::create(&path).unwrap();
        let mut gzip = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        let long = "x".repeat(200);
        write!(gzip, "{{\"t\":1}}\n\n{{\"t\":\"{long}\"}}\n{{\"t\":3}}").unwrap();
        gzip.finish().unwrap();
        let items = walk(&path, Limits { file: 100, ..Limits::default() });
        assert_eq!(items.len(), 3);
        assert_eq!(items[0].as_ref().unwrap().bytes, b"{\"t\":1}\n");
        assert_eq!(items[1].as_ref().unwrap_err().position, 9);
        let last = items[2].as_ref().unwrap();
        assert_eq!((last.position, last.bytes.as_slice()), (218, b"{\"t\":3}".as_slice()));
    }

    #[test]
    fn a_cut_gzip_file_is_a_failure() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt.gz");
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all("text ".repeat(5000).as_bytes()).unwrap();
        let bytes = gzip.finish().unwrap();
        fs::write(&path, &bytes[..bytes.len() - 12]).unwrap();
        let items = walk(&path, Limits::default());
        assert_eq!(items[0].as_ref().unwrap_err().reason.kind, ReasonKind::Unreadable);
    }
}
