//! The flight recorder: every page and feed that was fetched, in the order in which it is
//! judged, as WARC.
//!
//! A page's answer stands behind a note with what the decisions about it used besides its bytes:
//! the entry that led to it, the names it was found under, and what the user had decided about
//! its feed. Its place in the archive is
//! committed in the transaction that stores it. After a crash what was recorded and never
//! committed is cut off, since it will be fetched again: so the archive holds what the database
//! judged, in that order, and a replay of it gives the same content.
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
use serde::{Deserialize, Serialize};
use store::{CaptureKey, Edits};

use super::entry_payload::{entry_of, payload_of};
use super::envelope::{Captured, Envelope, PageHints};
use crate::source::ReadHints;

/// Largest record read back when an archive is taken up again.
const MOST_BYTES: u64 = 64 << 20;

/// Files looked at when an archive is taken up again: only the newest can have a loose end.
const NEWEST: usize = 4;

/// What a replay needs to know of a page besides its bytes.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Note {
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_url: Option<String>,
    /// Is there a page behind it, or was it made of an item's own text?
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    urls: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alias: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feed: Option<String>,
    /// What the feed's user had decided, without anything that opens it.
    #[serde(skip_serializing_if = "Option::is_none")]
    settings: Option<String>,
}

impl Note {
    /// Of what a recorder wrote; `None` where it is no such note.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// The feed that led to it.
    pub(super) fn feed(&self) -> Option<&str> {
        self.feed.as_deref()
    }

    fn of(envelope: &Envelope<Captured>, page: &Page, hints: &PageHints) -> Self {
        Self {
            requested_url: page.requested_url.clone(),
            url: page.url.clone(),
            urls: envelope.urls.clone(),
            alias: envelope.alias.clone(),
            link: hints.entry.as_ref().and_then(|entry| entry.link.clone()),
            entry: hints.entry.clone().and_then(payload_of),
            feed: hints.feed_url.clone(),
            settings: hints.source.told.as_deref().map(str::to_owned),
        }
    }

    /// The page as it was when it was recorded, in its envelope.
    pub(super) fn restore(
        self,
        envelope: &mut Envelope<()>,
        content_type: Option<String>,
        body: Vec<u8>,
        sources: &mut ReadHints,
    ) -> Captured {
        let Self { requested_url, url, urls, alias, entry, link, feed, settings } = self;
        envelope.urls = urls;
        envelope.alias = alias;
        let source = match sources.read(settings.as_deref()) {
            Ok(source) => source,
            Err(reason) => return Captured::Failed(reason),
        };
        let fetched_at = envelope.at;
        let page = Page { url, requested_url, content_type, body, fetched_at };
        let entry = entry.map(|payload| entry_of(&payload, link.as_deref()));
        Captured::Page(Box::new((page, PageHints { entry, feed_url: feed, source })))
    }
}

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

impl Recorder {
    /// Takes up the archive in this folder: what was recorded there for this database and is
    /// not committed is cut off.
    ///
    /// # Errors
    /// What the folder or the database says.
    pub(crate) fn open(folder: &Path, full: u64, mut edits: Edits) -> anyhow::Result<Self> {
        let shown = || format!("archive {}", folder.display());
        fs::create_dir_all(folder).with_context(shown)?;
        let folder = folder.canonicalize().with_context(shown)?;
        for name in names(&folder).with_context(shown)?.iter().rev().take(NEWEST) {
            let path = folder.join(name);
            if let Some(last) = edits.last_capture(&path.display().to_string())? {
                cut(&path, last).with_context(shown)?;
            }
        }
        let state = State { folder, full, edits, open: None };
        Ok(Self(Arc::new(Mutex::new(state))))
    }

    /// Records the page of an envelope, or the feed beside it; the envelope then says where.
    ///
    /// # Errors
    /// What the disk says.
    pub(super) fn record(
        &self,
        envelope: &mut Envelope<Captured>,
        feed: Option<&Page>,
    ) -> anyhow::Result<()> {
        let (page, note) = match (&envelope.body, feed) {
            (Captured::Page(captured), _) => {
                (&captured.0, Some(Note::of(envelope, &captured.0, &captured.1)))
            }
            (_, Some(page)) => (page, None),
            _ => return Ok(()),
        };
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = state.write(page, note.as_ref(), &envelope.name)?;
        envelope.capture = Some(key);
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
    fn write(
        &mut self,
        page: &Page,
        note: Option<&Note>,
        name: &str,
    ) -> anyhow::Result<CaptureKey> {
        let block = block(page);
        // An item without a page stands under its feed's URL.
        let target = page.url.as_deref().or(note.and_then(|note| note.feed.as_deref()));
        let answer = NewWarcRecord {
            kind: WarcKind::Response,
            target: Some(target.unwrap_or(name)),
            date: page.fetched_at,
            content_type: "application/http; msgtype=response",
            fields: &[],
            block: &block,
        };
        let folder = self.folder.clone();
        let open = self.file(page.fetched_at)?;
        let shown = || format!("archive {}", folder.join(&open.name).display());
        if let Some(note) = note {
            let about = format!("<{}>", answer.id());
            let note = NewWarcRecord {
                kind: WarcKind::Metadata,
                content_type: NOTE_TYPE,
                fields: &[("WARC-Refers-To", &about)],
                block: &serde_json::to_vec(note)?,
                ..answer
            };
            open.writer.write(&note).with_context(shown)?;
        }
        let position = open.writer.write(&answer).with_context(shown)?;
        let source = folder.join(&open.name).display().to_string();
        Ok(CaptureKey { source, position, hash: Some(ContentHash::of_bytes(&page.body)) })
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
