//! What travels between the stages: one envelope a task, from its source to its one outcome.

use jiff::Timestamp;
use record::{Page, Reason, Record, Verdict, json::RecordJson};
use store::{CaptureKey, FeedPoll, TaskId};
use tokio::sync::OwnedSemaphorePermit;

/// One task on its way. `B` is what the stage before made of it.
#[derive(Debug)]
pub(crate) struct Envelope<B> {
    /// What people call it: a path or a URL.
    pub(crate) name: String,
    /// The archive position that it came from, for input that has one.
    pub(crate) capture: Option<CaptureKey>,
    /// The frontier's task that led to it, for input that was claimed.
    pub(crate) task: Option<TaskId>,
    /// When it was captured: "now" for every decision about its content.
    pub(crate) at: Timestamp,
    /// URLs that lead here beside the record's own, and the hash of raw bytes.
    pub(crate) aliases: Vec<String>,
    /// Its share of the memory budget, given back when it is committed.
    pub(crate) permit: Option<OwnedSemaphorePermit>,
    /// What it is by now.
    pub(crate) body: B,
}

impl<B> Envelope<B> {
    /// The same envelope with what `change` makes of its body.
    pub(crate) fn map<C>(self, change: impl FnOnce(B) -> C) -> Envelope<C> {
        Envelope {
            name: self.name,
            capture: self.capture,
            task: self.task,
            at: self.at,
            aliases: self.aliases,
            permit: self.permit,
            body: change(self.body),
        }
    }
}

/// What a source sends.
#[derive(Debug)]
pub(crate) enum Captured {
    /// Raw text, or a record in its text form.
    Text(Vec<u8>),
    /// An HTML page, with what its feed's entry said.
    Page(Box<(Page, store::TaskHints)>),
    /// A record in its JSON form.
    Json(Box<RecordJson>),
    /// The answer of a feed, already parsed.
    Polled(Box<FeedPoll>),
    /// This capture was committed by an earlier run.
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
    /// A record and what it is to those before.
    Record(Box<(Record, Verdict, usize)>),
    /// Passed through.
    Polled(Box<FeedPoll>),
    /// Passed through.
    Known,
    /// Passed through.
    Failed(Reason),
}
