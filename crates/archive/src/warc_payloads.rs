//! Where the answers stand that revisits refer to.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use record::{Reason, ReasonKind};

use crate::warc::{WarcKind, WarcReader, WarcRecord};
use crate::warc_captures::record_cap;

/// Names of answers remembered: some 16 MiB.
const MOST: usize = 1 << 18;

/// A file and an offset in it.
type Place = (u32, u64);

/// The places of the answers that were met, the oldest forgotten first.
pub(crate) struct Payloads {
    places: HashMap<u64, Place>,
    order: VecDeque<u64>,
    files: Vec<File>,
    cap: usize,
}

struct File {
    path: PathBuf,
    /// Reading began here; what stands before was met in an earlier run.
    unmet: u64,
}

impl Payloads {
    /// Remembers nothing yet. Bodies have at most `cap` bytes.
    pub(crate) fn new(cap: usize) -> Self {
        Self { places: HashMap::new(), order: VecDeque::new(), files: Vec::new(), cap }
    }

    /// What is met from now on stands in this file, from `start` on.
    pub(crate) fn open_file(&mut self, path: &Path, start: u64) {
        self.files.push(File { path: path.to_owned(), unmet: start });
    }

    /// Takes note of an answer.
    pub(crate) fn meet(&mut self, record: &WarcRecord) {
        if let Some(file) = self.files.len().checked_sub(1) {
            self.note(record, file as u32);
        }
    }

    fn note(&mut self, record: &WarcRecord, file: u32) {
        if record.kind != WarcKind::Response {
            return;
        }
        for name in names(record) {
            if self.places.insert(name, (file, record.offset)).is_none() {
                self.order.push_back(name);
            }
        }
        while self.order.len() > MOST {
            if let Some(oldest) = self.order.pop_front() {
                self.places.remove(&oldest);
            }
        }
    }

    /// The answer that a revisit stands for.
    ///
    /// # Errors
    /// Not found where it is not in what was read.
    pub(crate) fn original(&mut self, revisit: &WarcRecord) -> Result<WarcRecord, Reason> {
        if let Some(found) = self.find(revisit) {
            return Ok(found);
        }
        self.meet_the_past();
        self.find(revisit).ok_or_else(|| {
            let what = revisit.refers_to().unwrap_or("an earlier answer");
            let detail = format!(
                "a revisit of {what}, which is not among what was read before it; put the \
                 archive that has it first"
            );
            Reason::new(ReasonKind::NotFound, detail)
        })
    }

    fn find(&self, revisit: &WarcRecord) -> Option<WarcRecord> {
        let places = references(revisit).into_iter().filter_map(|name| self.places.get(&name));
        places.filter_map(|(file, offset)| self.read(*file, *offset)).find(|found| {
            // A digest that both have is the last word; hashes may collide.
            match (payload_digest(revisit), payload_digest(found)) {
                (Some(wanted), Some(had)) => wanted.eq_ignore_ascii_case(had),
                _ => true,
            }
        })
    }

    fn read(&self, file: u32, offset: u64) -> Option<WarcRecord> {
        let path = &self.files.get(file as usize)?.path;
        let mut reader = WarcReader::open(path, offset, record_cap(self.cap)).ok()?;
        let record = reader.next()?.ok()?;
        (record.offset == offset && record.kind == WarcKind::Response).then_some(record)
    }

    /// Once, and only when it is needed: what an earlier run met before this one went on.
    fn meet_the_past(&mut self) {
        for number in 0..self.files.len() {
            let Some(file) = self.files.get_mut(number) else { continue };
            let (unmet, path) = (std::mem::take(&mut file.unmet), file.path.clone());
            let reader = (unmet > 0).then(|| WarcReader::open(&path, 0, record_cap(self.cap)));
            let Some(Ok(reader)) = reader else { continue };
            let before = reader.filter_map(Result::ok).take_while(|record| record.offset < unmet);
            for record in before {
                self.note(&record, number as u32);
            }
        }
    }
}

/// What a revisit may call this answer.
fn names(record: &WarcRecord) -> Vec<u64> {
    let id = record.field("WARC-Record-ID").map(|id| name("id", id.trim_matches(['<', '>'])));
    let digest = payload_digest(record).map(|digest| name("digest", digest));
    id.into_iter().chain(digest).collect()
}

/// What a revisit calls its original, the surest first.
fn references(revisit: &WarcRecord) -> Vec<u64> {
    let id = revisit.field("WARC-Refers-To");
    let id = id.map(|id| name("id", id.trim_matches(['<', '>'])));
    let digest = payload_digest(revisit).map(|digest| name("digest", digest));
    id.into_iter().chain(digest).collect()
}

fn payload_digest(record: &WarcRecord) -> Option<&str> {
    record.field("WARC-Payload-Digest")
}

fn name(of: &str, value: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (of, value.to_ascii_lowercase()).hash(&mut hasher);
    hasher.finish()
}
