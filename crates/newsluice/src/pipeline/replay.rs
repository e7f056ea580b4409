//! The source `replay`: files and folders, offline.

use std::collections::HashMap;
use std::path::PathBuf;

use archive::{Failure, Input, Kind, Limits, Walk};
use jiff::Timestamp;
use record::{ContentHash, Page, Reason, ReasonKind};
use store::{CaptureKey, CaptureOutcome, Reader};
use tokio::sync::mpsc::Sender;

use super::again::{Finder, Wanted};
use super::budget::Budget;
use super::envelope::{Captured, Envelope, PageHints};
use super::note::Note;
use super::survey::Filter;
use crate::progress::Progress;
use crate::shutdown::Shutdown;
use crate::source::ReadHints;

/// What a replay reads, and how.
pub(crate) struct Replay {
    /// Files and folders, in order.
    pub(crate) paths: Vec<PathBuf>,
    /// Bounds on what is read.
    pub(crate) limits: Limits,
    /// The run's start: the capture time of input that has none of its own.
    pub(crate) at: Timestamp,
    /// What was committed before is not cleaned again.
    pub(crate) reader: Reader,
    /// How far this run has come in archives before it was stopped.
    pub(crate) reached: HashMap<String, u64>,
    /// Which captures of archives are wanted.
    pub(crate) filter: Filter,
    /// Not what is new there, but what was committed before, cleaned anew.
    pub(crate) again: Option<Wanted>,
}

/// Reads on this thread and sends until the input ends, a stop is asked for, or nobody takes
/// it any more. Returns how many records of archives were passed over.
///
/// # Errors
/// What the database says when it is asked for what was committed before.
pub(crate) fn run(
    replay: Replay,
    budget: &Budget,
    shutdown: &Shutdown,
    output: &Sender<Envelope<Captured>>,
    progress: Progress,
) -> anyhow::Result<u64> {
    let mut captures = Captures { progress: Some(progress), ..Captures::of(replay) };
    for envelope in captures.by_ref() {
        let mut envelope = envelope?;
        if shutdown.is_requested() {
            break;
        }
        envelope.permit = budget.take_blocking(size(&envelope.body));
        if output.blocking_send(envelope).is_err() {
            break;
        }
    }
    Ok(captures.passed_over())
}

/// What the files and folders hold, in order.
pub(crate) struct Captures {
    walk: Walk,
    at: Timestamp,
    reader: Reader,
    filter: Filter,
    unwanted: u64,
    sources: ReadHints,
    again: Option<Wanted>,
    finder: Finder,
    /// Where this run had come to before.
    reached: HashMap<String, u64>,
    /// Is told of every place that is read, whatever becomes of it.
    progress: Option<Progress>,
}

impl Captures {
    pub(crate) fn of(replay: Replay) -> Self {
        let Replay { paths, limits, at, reader, reached, filter, again } = replay;
        let walk = Walk::new(paths, limits).starting_at(reached.clone());
        Self {
            walk,
            at,
            reader,
            filter,
            unwanted: 0,
            sources: ReadHints::default(),
            again,
            finder: Finder::default(),
            reached,
            progress: None,
        }
    }

    /// The capture as it is to be cleaned anew; `None` where it led to no record here, or to
    /// none that is wanted.
    fn again(&mut self, input: Input) -> Result<Option<Envelope<Captured>>, store::StoreError> {
        let (Some(wanted), Some(web)) = (&self.again, &input.web) else { return Ok(None) };
        if input.kind == Kind::Note {
            return Ok(None);
        }
        let reached = self.reached.get(&input.source);
        let note = web.note.as_deref().and_then(Note::read);
        let feed = note.as_ref().and_then(Note::feed);
        if reached.is_some_and(|reached| input.position <= *reached)
            || !wanted.takes(&web.url, web.at, feed)
        {
            return Ok(None);
        }
        let place = (input.source.as_str(), input.position);
        let hash = ContentHash::of_bytes(&input.bytes);
        let Some(again) = self.finder.find(&self.reader, wanted, place, hash)? else {
            return Ok(None);
        };
        let at = web.at.unwrap_or(self.at);
        let mut envelope = Envelope::new(web.url.clone(), at);
        envelope.urls.push(web.url.clone());
        envelope.again = Some(Box::new(again));
        let Some(note) = note else { return Ok(Some(envelope.with(by_kind(input, at)))) };
        let content_type = web.content_type.clone();
        let restored = note.restore(&mut envelope, content_type, input.bytes, &mut self.sources);
        // Its task is over.
        envelope.recorded = None;
        let Some(mut captured) = restored else { return Ok(None) };
        if let Captured::Page(page) = &mut captured {
            let hints = &mut page.1;
            let recorded = std::mem::take(&mut hints.source);
            hints.source = self.finder.source(&self.reader, hints.feed_url.as_deref(), recorded)?;
        }
        Ok(Some(envelope.with(captured)))
    }

    /// The capture in its envelope; `None` where it is not wanted.
    fn captured(
        &mut self,
        mut input: Input,
    ) -> Result<Option<Envelope<Captured>>, store::StoreError> {
        let Some(note) = self.wanted(&mut input) else { return Ok(None) };
        let at = input.web.as_ref().and_then(|web| web.at).unwrap_or(self.at);
        let mut envelope = Envelope::new(place(&input.source, input.position), at);
        if let Some(web) = &input.web {
            envelope.name.clone_from(&web.url);
            if note.is_none() {
                envelope.urls.push(web.url.clone());
            }
        }
        let hash = ContentHash::of_bytes(&input.bytes);
        if self.is_known(&input, hash, note.as_ref())? {
            return Ok(Some(envelope.with(Captured::Known)));
        }
        let (source, position) = (input.source.clone(), input.position);
        envelope.capture = Some(CaptureKey { source, position, hash: Some(hash) });
        let Some(note) = note else {
            return Ok(Some(envelope.with(self.only_in_language(by_kind(input, at)))));
        };
        let content_type = input.web.and_then(|web| web.content_type);
        let captured = note.restore(&mut envelope, content_type, input.bytes, &mut self.sources);
        Ok(captured.map(|captured| envelope.with(self.only_in_language(captured))))
    }

    /// Is the input wanted, and with which note? Of feeds without one the pages that they led to
    /// are what counts, and those stand behind them.
    #[expect(clippy::option_option, reason = "wanted or not, with a note or without")]
    fn wanted(&self, input: &mut Input) -> Option<Option<Note>> {
        let Some(web) = &mut input.web else { return Some(None) };
        let noted =
            if input.kind == Kind::Note { Some(input.bytes.clone()) } else { web.note.take() };
        let note = noted.as_deref().and_then(Note::read);
        let is_wanted = match (&note, input.kind) {
            (None, Kind::Xml | Kind::Json | Kind::JsonLines | Kind::Note) => false,
            // Who wants some pages wants no sources.
            (Some(note), kind) if note.is_poll() || kind == Kind::Note => {
                self.filter == Filter::default()
            }
            _ => self.filter.takes(&web.url, web.at),
        };
        is_wanted.then_some(note)
    }

    /// Was it committed before? What failed is tried again, though not by the same run: the
    /// program may have become better since.
    fn is_known(
        &self,
        input: &Input,
        hash: ContentHash,
        note: Option<&Note>,
    ) -> Result<bool, store::StoreError> {
        if input.web.is_some() && self.reached.get(&input.source) == Some(&input.position) {
            return Ok(true);
        }
        let before = self.reader.captured(&input.source, input.position)?;
        Ok(before.is_some_and(|before| {
            before.hash == hash
                && match before.outcome {
                    CaptureOutcome::Record(_) => true,
                    CaptureOutcome::Nothing => {
                        input.kind == Kind::Note || note.is_some_and(Note::is_poll)
                    }
                    CaptureOutcome::Failed(_) => false,
                }
        }))
    }

    fn only_in_language(&self, mut captured: Captured) -> Captured {
        if let (Captured::Page(page), Some(lang)) = (&mut captured, &self.filter.lang) {
            let source = std::mem::take(&mut page.1.source);
            page.1.source = source.only_in(lang);
        }
        captured
    }

    /// Records of archives that hold no page, or none that is wanted.
    pub(crate) fn passed_over(&self) -> u64 {
        self.walk.passed_over() + self.unwanted
    }
}

impl Iterator for Captures {
    type Item = Result<Envelope<Captured>, store::StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let read = self.walk.next()?;
            if let Some(progress) = &self.progress {
                let (source, position) = match &read {
                    Ok(input) => (&input.source, input.position),
                    Err(failure) => (&failure.source, failure.position),
                };
                progress.reach(source, position);
            }
            let input = match read {
                Ok(input) => input,
                Err(failure) => {
                    let mut envelope = failed(failure, self.at);
                    if self.again.is_some() {
                        envelope.capture = None; // no new failure: it was read well before
                    }
                    return Some(Ok(envelope));
                }
            };
            if self.again.is_some() {
                match self.again(input) {
                    Ok(None) => self.unwanted += 1,
                    Ok(Some(envelope)) => return Some(Ok(envelope)),
                    Err(error) => return Some(Err(error)),
                }
                continue;
            }
            match self.captured(input) {
                Ok(None) => self.unwanted += 1,
                Ok(Some(envelope)) => return Some(Ok(envelope)),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

pub(super) fn size(captured: &Captured) -> usize {
    match captured {
        Captured::Text(bytes) | Captured::Json(bytes) => bytes.len(),
        Captured::Page(captured) => captured.0.body.len(),
        Captured::Feed(feed) => feed.page.body.len(),
        Captured::Polled(_) | Captured::Known | Captured::Unchanged(_) | Captured::Failed(_) => 0,
    }
}

/// A place in a source, as people read it: the path, and the position where it is not the
/// whole file.
fn place(source: &str, position: u64) -> String {
    if position == 0 { source.to_owned() } else { format!("{source}@{position}") }
}

fn failed(failure: Failure, at: Timestamp) -> Envelope<Captured> {
    let Failure { source, position, url, reason } = failure;
    let name = url.unwrap_or_else(|| place(&source, position));
    let mut envelope = Envelope::new(name, at);
    envelope.capture = Some(CaptureKey { source, position, hash: None });
    envelope.with(Captured::Failed(reason))
}

/// What the stages make of each kind of input.
pub(crate) fn by_kind(input: Input, at: Timestamp) -> Captured {
    let unsupported =
        |what: &str| Captured::Failed(Reason::new(ReasonKind::UnsupportedType, what.to_owned()));
    match input.kind {
        Kind::Empty => Captured::Failed(Reason::of(ReasonKind::Empty)),
        Kind::Binary => Captured::Failed(Reason::of(ReasonKind::Binary)),
        Kind::Text => Captured::Text(input.bytes),
        Kind::Html => Captured::Page(Box::new((page(input, at), PageHints::default()))),
        Kind::Json | Kind::JsonLines => Captured::Json(input.bytes),
        Kind::Xml => unsupported("an XML document (feed or sitemap), not an article"),
        Kind::Note => unsupported("a recorder's note"),
        Kind::Warc => unsupported("a WARC file"),
        Kind::Gzip => unsupported("gzip within gzip"),
        Kind::Zstd => unsupported("Zstandard; unpack it first"),
    }
}

fn page(input: Input, at: Timestamp) -> Page {
    let (url, content_type) = match input.web {
        Some(web) => (Some(web.url), web.content_type),
        None => (None, None),
    };
    Page { url, requested_url: None, content_type, body: input.bytes, fetched_at: at }
}
