//! What travels between the stages: one envelope a task, from its source to its one outcome.

use jiff::Timestamp;
use record::{ContentHash, Entry, Page, Reason, Record, Verdict};
use store::{CaptureKey, FeedPoll, TaskId};
use tokio::sync::OwnedSemaphorePermit;

/// One task on its way. `B` is what the stage before made of it.
#[derive(Debug)]
pub(crate) struct Envelope<B> {
    /// What people call it: a path or a URL.
    pub(crate) name: String,
    /// When it was captured: "now" for every decision about its content.
    pub(crate) at: Timestamp,
    /// The archive position that it came from, for input that has one.
    pub(crate) capture: Option<CaptureKey>,
    /// The frontier's task that led to it, for input that was claimed.
    pub(crate) task: Option<TaskId>,
    /// URLs that lead here beside the record's own.
    pub(crate) urls: Vec<String>,
    /// The hash of the raw bytes, for input that may have no URL.
    pub(crate) raw: Option<ContentHash>,
    /// Its share of the memory budget, given back when it is committed.
    pub(crate) permit: Option<OwnedSemaphorePermit>,
    /// What it is by now.
    pub(crate) body: B,
}

impl Envelope<()> {
    /// An envelope with nothing in it yet.
    pub(crate) fn new(name: String, at: Timestamp) -> Self {
        Self {
            name,
            at,
            capture: None,
            task: None,
            urls: Vec::new(),
            raw: None,
            permit: None,
            body: (),
        }
    }
}

impl<B> Envelope<B> {
    /// The same envelope with what `change` makes of its body.
    pub(crate) fn map<C>(self, change: impl FnOnce(B) -> C) -> Envelope<C> {
        let (rest, body) = self.split();
        rest.with(change(body))
    }

    /// The envelope and its body, apart.
    pub(crate) fn split(self) -> (Envelope<()>, B) {
        let Self { name, at, capture, task, urls, raw, permit, body } = self;
        (Envelope { name, at, capture, task, urls, raw, permit, body: () }, body)
    }

    /// The same envelope with another body.
    pub(crate) fn with<C>(self, body: C) -> Envelope<C> {
        let Self { name, at, capture, task, urls, raw, permit, .. } = self;
        Envelope { name, at, capture, task, urls, raw, permit, body }
    }
}

/// What the feed said of a page.
#[derive(Debug, Clone, Default)]
pub(crate) struct PageHints {
    /// The entry that led to the page.
    pub(crate) entry: Option<Entry>,
    /// The feed that has the entry.
    pub(crate) feed_url: Option<String>,
}

/// What a source sends.
#[derive(Debug)]
pub(crate) enum Captured {
    /// Raw text, or a record in its text form.
    Text(Vec<u8>),
    /// An HTML page, and what its feed said.
    Page(Box<Page>, PageHints),
    /// A record in its JSON form.
    Json(Vec<u8>),
    /// The answer of a feed, already parsed.
    Polled(Box<FeedPoll>),
    /// This capture was committed before.
    Known,
    /// Nothing that could be read.
    Failed(Reason),
}

/// What the clean stage hands on.
#[derive(Debug)]
pub(crate) enum CleanedItem {
    /// A record, and how many lines or blocks were taken away.
    Record(Box<Record>, usize),
    /// Passed through.
    Polled(Box<FeedPoll>),
    /// Passed through.
    Known,
    /// Not a record.
    Failed(Reason),
}

/// What the dedup stage hands on.
#[derive(Debug)]
pub(crate) enum Judged {
    /// A record, what it is to those before, its aliases, and how many lines were removed.
    Record(Box<JudgedRecord>),
    /// Passed through.
    Polled(Box<FeedPoll>),
    /// Passed through.
    Known,
    /// Passed through.
    Failed(Reason),
}

/// A record with its judgement.
#[derive(Debug)]
pub(crate) struct JudgedRecord {
    /// The record.
    pub(crate) record: Record,
    /// New, revision or unchanged; copy of what; which story.
    pub(crate) verdict: Verdict,
    /// Every name that leads to it.
    pub(crate) aliases: Vec<String>,
    /// Lines or blocks that cleaning took away.
    pub(crate) removed: usize,
}
