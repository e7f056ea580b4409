//! What travels between the stages: one envelope a task, from its source to its one outcome.

use jiff::Timestamp;
use record::{Entry, Page, Reason, Record, RecordId};
use store::{
    CaptureKey, ClaimedEntry, Cost, EntryId, HostState, Judged, Poll, RecordedPoll, Validators,
};
use tokio::sync::OwnedSemaphorePermit;

use super::again::Again;
use super::handover::Receipt;
use super::note::{PollNote, RecordedTask};
use super::trail::Trail;
use crate::source::SourceHints;

/// One task on its way. `B` is what the stage before made of it.
#[derive(Debug)]
pub(crate) struct Envelope<B> {
    /// What people call it: a path or a URL.
    pub(crate) name: String,
    /// When it was captured: "now" for every decision about its content.
    pub(crate) at: Timestamp,
    /// The place that it was read from, for input without a network.
    pub(crate) capture: Option<CaptureKey>,
    /// The claimed entry of the frontier that it ends, and when that is to be tried again.
    pub(crate) entry: Option<Claimed>,
    /// The entry that it ended when it was recorded.
    pub(crate) recorded: Option<Box<RecordedTask>>,
    /// What vouches for the page, as its answer said.
    pub(crate) validators: Option<Validators>,
    /// What was learned of the host that answered.
    pub(crate) host: Option<HostState>,
    /// What it took to get.
    pub(crate) cost: Cost,
    /// URLs that lead here beside the record's own, the final one first.
    pub(crate) urls: Vec<String>,
    /// Another name of it: of an item that has no page.
    pub(crate) alias: Option<String>,
    /// Its share of the memory budget, given back when it is committed.
    pub(crate) permit: Option<OwnedSemaphorePermit>,
    /// It was committed before and is cleaned anew.
    pub(crate) again: Option<Box<Again>>,
    /// Whom to tell when it is committed: another process that handed it over.
    pub(crate) receipt: Option<Receipt>,
    /// How it came this far.
    pub(crate) trail: Trail,
    /// What it is by now.
    pub(crate) body: B,
}

/// A claimed entry, and when to try it again should it fail.
#[derive(Debug, Clone)]
pub(crate) struct Claimed {
    /// The entry.
    pub(crate) id: EntryId,
    /// What the frontier calls it.
    pub(crate) name: String,
    /// What is fetched.
    pub(crate) url: Option<String>,
    /// The feed that brought it.
    pub(crate) feed: Option<String>,
    /// When to try again; `None`: a failure is for good.
    pub(crate) again_at: Option<Timestamp>,
}

impl Claimed {
    /// Of an entry in hand that is not tried again.
    pub(super) fn of(entry: &ClaimedEntry) -> Self {
        let ClaimedEntry { name, url, feed, .. } = entry.clone();
        Self { id: entry.entry, name, url, feed, again_at: None }
    }
}

impl Envelope<()> {
    /// An envelope with nothing in it yet.
    pub(crate) fn new(name: String, at: Timestamp) -> Self {
        Self {
            name,
            at,
            capture: None,
            entry: None,
            recorded: None,
            validators: None,
            host: None,
            cost: Cost::default(),
            urls: Vec::new(),
            alias: None,
            permit: None,
            again: None,
            receipt: None,
            trail: Trail::default(),
            body: (),
        }
    }
}

impl<B> Envelope<B> {
    /// The envelope and its body, apart.
    pub(crate) fn split(self) -> (Envelope<()>, B) {
        self.exchange(())
    }

    /// The same envelope with another body.
    pub(crate) fn with<C>(self, body: C) -> Envelope<C> {
        self.exchange(body).0
    }

    fn exchange<C>(self, new: C) -> (Envelope<C>, B) {
        let Self {
            name,
            at,
            capture,
            entry,
            recorded,
            validators,
            host,
            cost,
            urls,
            alias,
            permit,
            again,
            receipt,
            trail,
            body: old,
        } = self;
        let body = new;
        let exchanged = Envelope {
            name,
            at,
            capture,
            entry,
            recorded,
            validators,
            host,
            cost,
            urls,
            alias,
            permit,
            again,
            receipt,
            trail,
            body,
        };
        (exchanged, old)
    }
}

/// What the feed and its user said of a page.
#[derive(Debug, Clone, Default)]
pub(crate) struct PageHints {
    /// The entry that led to the page.
    pub(crate) entry: Option<Entry>,
    /// The feed that has the entry.
    pub(crate) feed_url: Option<String>,
    /// What its user decided about that feed.
    pub(crate) source: SourceHints,
}

/// A document of a feed that was recorded.
#[derive(Debug)]
pub(crate) struct RecordedFeed {
    /// Its bytes.
    pub(crate) page: Page,
    /// The feed's URL.
    pub(crate) feed: String,
    /// What its user had decided, as JSON.
    pub(crate) settings: Option<String>,
    /// What its poll found out.
    pub(crate) poll: PollNote,
}

/// What a source sends.
#[derive(Debug)]
pub(crate) enum Captured {
    /// Raw text, or a record in its text form.
    Text(Vec<u8>),
    /// An HTML page, and what its feed said.
    Page(Box<(Page, PageHints)>),
    /// A record in its JSON form.
    Json(Vec<u8>),
    /// The answer of a feed, already read.
    Polled(Box<Poll>),
    /// The answer of a feed that was recorded, to be read.
    Feed(Box<RecordedFeed>),
    /// This capture was committed before.
    Known,
    /// The page of this record, asked for again, is as it was (304); `None`: of the record that
    /// its URL names.
    Unchanged(Option<RecordId>),
    /// Nothing that could be read.
    Failed(Reason),
}

/// What the clean stage hands on.
#[derive(Debug)]
pub(crate) enum CleanedItem {
    /// A record, and how many lines or blocks were taken away.
    Record(Box<Record>, usize),
    /// Passed through.
    Polled(Box<Poll>),
    /// What a recorded feed lists.
    Listed(Box<RecordedPoll>),
    /// Passed through.
    Known,
    /// Passed through.
    Unchanged(Option<RecordId>),
    /// Not a record.
    Failed(Reason),
}

/// What the dedup stage hands on.
#[derive(Debug)]
pub(crate) enum JudgedItem {
    /// A record with its judgement, and how many lines or blocks were taken away.
    Record(Box<Judged>, usize),
    /// The same of a text that was cleaned anew.
    Again(Box<Judged>, usize),
    /// Asked for again and as it was, or cleaned anew, and what is stored stays as it is; with
    /// the reason where there is no text.
    Stays(RecordId, Option<Reason>),
    /// Passed through.
    Polled(Box<Poll>),
    /// Passed through.
    Listed(Box<RecordedPoll>),
    /// Passed through.
    Known,
    /// Passed through.
    Failed(Reason),
}

impl JudgedItem {
    /// Is it the poll of a feed?
    pub(crate) const fn is_poll(&self) -> bool {
        matches!(self, Self::Polled(_) | Self::Listed(_))
    }
}
