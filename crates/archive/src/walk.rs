//! Files and folders as a stream of inputs.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::vec;

use jiff::Timestamp;
use record::{Reason, ReasonKind};

use crate::contents::{Opened, open, unreadable};
use crate::names::Names;
use crate::sniff::Kind;
use crate::warc_captures::WarcCaptures;
use crate::warc_payloads::Payloads;

/// One capture without a network: the bytes of a file, of one line of JSON lines, or of one
/// answer of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The path as it was reached; `-` for standard input.
    pub source: String,
    /// Where in the source it starts, in bytes after decompression; in an archive what
    /// [`crate::warc::WarcRecord::offset`] says.
    pub position: u64,
    /// What it is; a line of JSON lines is [`Kind::Json`].
    pub kind: Kind,
    /// The bytes, after decompression.
    pub bytes: Vec<u8>,
    /// What an archive says of its capture.
    pub web: Option<Web>,
}

/// What an archive says of a capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Web {
    /// The URL that was asked.
    pub url: String,
    /// The `Content-Type` of the answer, as it was sent.
    pub content_type: Option<String>,
    /// When it was captured.
    pub at: Option<Timestamp>,
    /// What its recorder noted about it: see [`crate::warc::NOTE_TYPE`].
    pub note: Option<Vec<u8>>,
}

/// An input that cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The path as it was reached.
    pub source: String,
    /// Where in the source.
    pub position: u64,
    /// The URL of the capture, where an archive has one there.
    pub url: Option<String>,
    /// Why.
    pub reason: Reason,
}

/// Bounds on what is read.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Largest file, or line of JSON lines, in bytes after decompression.
    pub file: usize,
    /// Largest page in an archive, in bytes after decompression.
    pub page: usize,
    /// Deepest folder below a given path.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file: 8 << 20, page: 8 << 20, depth: 64 }
    }
}

/// The inputs of files and folders, in the order given; a folder's in the order of names,
/// files whose names start with a dot left out. One folder's names and one file's bytes are
/// in memory at a time.
pub struct Walk {
    given: vec::IntoIter<PathBuf>,
    /// The folders that are open, the innermost last, each with the names still ahead.
    folders: Vec<(PathBuf, Names)>,
    current: Option<Opened>,
    limits: Limits,
    /// Where to begin in archives that were read in part.
    starts: HashMap<String, u64>,
    payloads: Payloads,
    passed_over: u64,
}

impl Walk {
    /// Prepares to read `paths`; `-` is standard input. Nothing is opened yet.
    pub fn new<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>, limits: Limits) -> Self {
        let given: Vec<PathBuf> = paths.into_iter().map(|p| p.as_ref().to_owned()).collect();
        Self {
            given: given.into_iter(),
            folders: Vec::new(),
            current: None,
            limits,
            starts: HashMap::new(),
            payloads: Payloads::new(limits.page),
            passed_over: 0,
        }
    }

    /// Begins in each of these archives at that position, which [`Input::position`] named:
    /// what stands before it is not read again.
    #[must_use]
    pub fn starting_at(mut self, starts: HashMap<String, u64>) -> Self {
        self.starts = starts;
        self
    }

    /// How many records of archives were passed over so far, because they hold no page:
    /// requests, redirects, errors, images.
    #[must_use]
    pub fn passed_over(&self) -> u64 {
        self.passed_over
    }

    fn open(&mut self, path: &Path) -> Result<(), Reason> {
        let source = path.display().to_string();
        if source == "-" {
            let opened = open(source, Box::new(io::stdin()), self.limits);
            self.current = Some(opened.map_err(|e| unreadable(&e))?);
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
        let start = self.starts.get(&source).copied().unwrap_or(0);
        let mut opened =
            open(source.clone(), Box::new(file), self.limits).map_err(|e| unreadable(&e))?;
        if matches!(opened, Opened::Warc(_)) {
            // Opened anew by its path, so that its records can be read again from anywhere.
            let captures = WarcCaptures::of_file(source, path, start, self.limits.page);
            opened = Opened::Warc(Box::new(captures.map_err(|e| unreadable(&e))?));
            self.payloads.open_file(path, start);
        }
        self.current = Some(opened);
        Ok(())
    }

    fn open_folder(&mut self, path: &Path) -> Result<(), Reason> {
        if self.folders.len() >= self.limits.depth {
            let detail = format!("folders nested over {} deep", self.limits.depth);
            return Err(Reason::new(ReasonKind::TooDeep, detail));
        }
        let mut names = Names::default();
        for entry in fs::read_dir(path).map_err(|e| unreadable(&e))? {
            let name = entry.map_err(|e| unreadable(&e))?.file_name();
            if !name.as_encoded_bytes().starts_with(b".") {
                names.push(&name);
            }
        }
        names.sort();
        self.folders.push((path.to_owned(), names));
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
            match &mut self.current {
                Some(Opened::Contents(contents)) => {
                    if let Some(item) = contents.next() {
                        return Some(item);
                    }
                }
                Some(Opened::Warc(captures)) => {
                    let item = captures.next_capture(&mut self.payloads);
                    self.passed_over += captures.take_passed_over();
                    if let Some(item) = item {
                        return Some(item);
                    }
                }
                None => {}
            }
            self.current = None;
            let path = self.next_path()?;
            if let Err(reason) = self.open(&path) {
                let source = path.display().to_string();
                return Some(Err(Failure { source, position: 0, url: None, reason }));
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
