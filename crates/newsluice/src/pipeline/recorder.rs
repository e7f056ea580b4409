//! The flight recorder: every page and feed that was fetched, in the order in which it is
//! judged, as WARC.
//!
//! An answer stands behind a note with what the decisions about it used besides its bytes: the
//! entry that led to it, the names it was found under, what the user had decided about its feed,
//! what a poll found out. A task that ended without an answer, or with one that its page is as it
//! was, leaves a note alone. Its place in the archive is committed in the transaction that stores
//! it. After a crash what was recorded and never committed is cut off, since it will be fetched
//! again: so the archive holds what the database judged, in that order, and a replay of it gives
//! the same content.
//!
//! Of an answer its media type, its decoded body and its time are kept. Other headers may hold
//! secrets and nobody needs them; URLs come without passwords from where they were asked.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use archive::warc::{NOTE_TYPE, NewWarcRecord, WarcCompression, WarcKind, WarcReader, WarcWriter};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use record::{ContentHash, Page};
use store::{CaptureKey, Edits};

use super::envelope::{Captured, Envelope};
use super::fetched::Answers;
use super::note::Note;

/// Largest record read back when an archive is taken up again.
const MOST_BYTES: u64 = 64 << 20;

/// Files looked at when an archive is taken up again: only the newest can have a loose end.
const NEWEST: usize = 4;

/// Writes archives into a folder; clones write to the same ones.
#[derive(Clone)]
pub(crate) struct Recorder(Arc<Mutex<State>>);

struct State {
    folder: PathBuf,
    /// A file is full at so many bytes.
    full: u64,
    edits: Edits,
    open: Option<Open>,
}

struct Open {
    name: String,
    day: String,
    writer: WarcWriter<File>,
}

/// The folder for recordings, made if it is not there.
///
/// # Errors
/// What the disk says, and what to do.
pub(super) fn ready(folder: &Path) -> anyhow::Result<PathBuf> {
    fs::create_dir_all(folder).and_then(|()| folder.canonicalize()).with_context(|| {
        format!("archive {}: give a folder that can be made and written", folder.display())
    })
}

impl Recorder {
    /// Takes up the archive in this folder: what was recorded there for this database and is
    /// not committed is cut off.
    ///
    /// # Errors
    /// What the folder or the database says.
    pub(crate) fn open(folder: &Path, full: u64, mut edits: Edits) -> anyhow::Result<Self> {
        let shown = || format!("archive {}", folder.display());
        let folder = ready(folder)?;
        for name in names(&folder).with_context(shown)?.iter().rev().take(NEWEST) {
            let path = folder.join(name);
            if let Some(last) = edits.last_capture(&path.display().to_string())? {
                cut(&path, last).with_context(shown)?;
            }
        }
        let state = State { folder, full, edits, open: None };
        Ok(Self(Arc::new(Mutex::new(state))))
    }

    /// Records the page of an envelope, the documents of the feed beside it, or its end without
    /// one; the envelope then says where. The feed that nothing came of but a 304, or a failure to
    /// answer, leaves nothing: that is for its schedule alone.
    ///
    /// # Errors
    /// What the disk says.
    pub(super) fn record(
        &self,
        envelope: &mut Envelope<Captured>,
        answers: Option<&Answers>,
    ) -> anyhow::Result<()> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = match (&envelope.body, answers) {
            (Captured::Page(captured), _) => {
                let (page, hints) = &**captured;
                let note = Note::of_page(envelope, page, hints);
                Some(state.write(page, &note, &envelope.name)?)
            }
            (Captured::Polled(poll), Some(answers)) => {
                let mut last = None;
                for (number, page) in answers.pages.iter().enumerate() {
                    let note = Note::of_feed(&envelope.name, poll, answers, number);
                    last = Some(state.write(page, &note, &envelope.name)?);
                }
                last
            }
            _ => match Note::of_end(envelope) {
                Some(note) => Some(state.write_alone(&note, envelope.at, &envelope.name)?),
                None => None,
            },
        };
        if key.is_some() {
            envelope.capture = key;
        }
        Ok(())
    }

    /// What was recorded is on disk when this returns: before the commit that names it.
    ///
    /// # Errors
    /// What the disk says.
    pub(super) fn sync(&self) -> anyhow::Result<()> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &state.open {
            Some(open) => open.writer.get_ref().sync_data().context("archive"),
            None => Ok(()),
        }
    }
}

impl State {
    /// Writes an answer behind its note; where the answer is.
    fn write(&mut self, page: &Page, note: &Note, name: &str) -> anyhow::Result<CaptureKey> {
        let block = block(page);
        let answer = NewWarcRecord {
            kind: WarcKind::Response,
            // An item without a page stands under its feed's URL.
            target: Some(page.url.as_deref().or(note.feed()).unwrap_or(name)),
            date: page.fetched_at,
            content_type: "application/http; msgtype=response",
            fields: &[],
            block: &block,
        };
        let about = format!("<{}>", answer.id());
        let note = NewWarcRecord {
            kind: WarcKind::Metadata,
            content_type: NOTE_TYPE,
            fields: &[("WARC-Refers-To", &about)],
            block: &serde_json::to_vec(note)?,
            ..answer
        };
        self.put(&note, None)?;
        self.put(&answer, Some(ContentHash::of_bytes(&page.body)))
    }

    /// Writes a note that stands for itself; where it is.
    fn write_alone(
        &mut self,
        note: &Note,
        at: Timestamp,
        name: &str,
    ) -> anyhow::Result<CaptureKey> {
        let block = serde_json::to_vec(note)?;
        let note = NewWarcRecord {
            kind: WarcKind::Metadata,
            target: Some(note.target().unwrap_or(name)),
            date: at,
            content_type: NOTE_TYPE,
            fields: &[],
            block: &block,
        };
        self.put(&note, Some(ContentHash::of_bytes(&block)))
    }

    /// Writes a record; where it is, and this hash of what counts in it.
    fn put(
        &mut self,
        record: &NewWarcRecord<'_>,
        hash: Option<ContentHash>,
    ) -> anyhow::Result<CaptureKey> {
        let folder = self.folder.clone();
        let open = self.file(record.date)?;
        let path = folder.join(&open.name);
        let position =
            open.writer.write(record).with_context(|| format!("archive {}", path.display()))?;
        Ok(CaptureKey { source: path.display().to_string(), position, hash })
    }

    /// The file that is written to at this time: a new one each day, and where one is full.
    fn file(&mut self, at: Timestamp) -> anyhow::Result<&mut Open> {
        let day = at.to_zoned(TimeZone::UTC).strftime("%Y%m%d").to_string();
        let is_fit = |open: &Open| open.day == day && open.writer.offset() < self.full;
        if !self.open.as_ref().is_some_and(is_fit) {
            if let Some(open) = self.open.take() {
                open.writer.get_ref().sync_data().context("archive")?;
            }
            self.open = Some(self.begin(day)?);
        }
        self.open.as_mut().context("archive: no file")
    }

    fn begin(&mut self, day: String) -> anyhow::Result<Open> {
        let shown = format!("archive {}", self.folder.display());
        let newest = names(&self.folder).with_context(|| shown.clone())?;
        let number = newest.iter().filter_map(|name| number(name)).max().map_or(0, |n| n + 1);
        let name = format!("newsluice-{number:06}-{day}.warc.gz");
        let path = self.folder.join(&name);
        // From now on the database knows the file as its own.
        self.edits.add_input(&path.display().to_string())?;
        let file = OpenOptions::new().write(true).create_new(true).open(&path);
        let file = file.with_context(|| shown.clone())?;
        File::open(&self.folder).and_then(|folder| folder.sync_all()).context(shown)?;
        let mut writer = WarcWriter::new(file, WarcCompression::Gzip);
        let version = env!("CARGO_PKG_VERSION");
        writer.write(&NewWarcRecord {
            kind: WarcKind::Warcinfo,
            target: None,
            date: crate::clock::now(),
            content_type: "application/warc-fields",
            fields: &[("WARC-Filename", &name)],
            block: format!("software: newsluice/{version}\r\nformat: WARC File Format 1.1\r\n")
                .as_bytes(),
        })?;
        Ok(Open { name, day, writer })
    }
}

/// The answer as it is kept.
fn block(page: &Page) -> Vec<u8> {
    let media = page.content_type.as_deref().unwrap_or_default().replace(['\r', '\n'], " ");
    let mut block = b"HTTP/1.1 200 OK\r\n".to_vec();
    if !media.is_empty() {
        block.extend_from_slice(format!("Content-Type: {media}\r\n").as_bytes());
    }
    block.extend_from_slice(format!("Content-Length: {}\r\n\r\n", page.body.len()).as_bytes());
    block.extend_from_slice(&page.body);
    block
}

/// The recorder's files in a folder, the oldest first.
pub(super) fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if number(&name).is_some() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn number(name: &str) -> Option<u64> {
    name.strip_prefix("newsluice-")?.strip_suffix(".warc.gz")?.split_once('-')?.0.parse().ok()
}

/// Cuts a file off behind the record at `last`; all of its captures where that is zero.
fn cut(path: &Path, last: u64) -> io::Result<()> {
    if !path.exists() {
        return Ok(());
    }
    let mut records = WarcReader::open(path, last, MOST_BYTES)?;
    let first = records.next();
    if first.is_none_or(|item| item.is_err()) {
        return Ok(()); // nothing is known of what is there
    }
    let behind = match records.next() {
        Some(Ok(record)) => record.offset,
        Some(Err(problem)) => problem.offset,
        None => return Ok(()),
    };
    let file = OpenOptions::new().write(true).open(path)?;
    file.set_len(behind)?;
    file.sync_all()
}
