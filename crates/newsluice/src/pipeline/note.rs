//! What is noted beside a recorded answer, or in place of one: all that decisions about it used
//! besides its bytes.

use fetch::{Credentials, HostKey};
use jiff::Timestamp;
use record::{ContentHash, Page, PageUrl, Reason, ReasonKind};
use serde::{Deserialize, Serialize};
use store::{FoundEntry, NewFeed, PollResult, RecordedEntry};

use super::entry_payload::{entry_of, is_foreign, payload_of};
use super::envelope::{Captured, Claimed, Envelope, PageHints, RecordedFeed};
use super::fetched::Answers;
use crate::source::{Kind, ReadHints};

/// What a replay needs to know besides the bytes.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Note {
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_url: Option<String>,
    /// Is there a page behind it, or was it made of an item's own text?
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
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
    /// What the frontier calls the task that this ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    task: Option<String>,
    /// Why there is no page: code and detail.
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<(String, String)>,
    /// When it was to be tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    again_at: Option<Timestamp>,
    /// The page was as it had been (304).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    as_it_was: bool,
    /// It is no page but a document of the feed.
    #[serde(skip_serializing_if = "Option::is_none")]
    poll: Option<PollNote>,
}

/// What a poll of a feed found out besides what its documents say.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct PollNote {
    /// What the feed's address leads to.
    pub(super) kind: Kind,
    /// Entries that came and went since the poll before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) missed: Option<u64>,
    /// Where it lives from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) moved_to: Option<String>,
    /// It is a further document of the poll: the feed's own address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) part_of: Option<String>,
}

/// A task of the frontier as a recording knows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RecordedTask {
    /// What the frontier calls it.
    name: String,
    /// What was fetched.
    link: Option<String>,
    /// The feed that brought it, and what its user had decided.
    feed: Option<String>,
    settings: Option<String>,
    /// When it was to be tried again, after a failure.
    pub(super) again_at: Option<Timestamp>,
}

impl RecordedTask {
    /// As the database takes it; found at this time, where no recorded poll lists it.
    pub(super) fn entry(self, at: Timestamp) -> RecordedEntry {
        let Self { name, link, feed, settings, .. } = self;
        let url = link.filter(|link| PageUrl::parse(link).is_ok());
        let home = url.as_deref().or(feed.as_deref()).unwrap_or_default();
        let found = FoundEntry {
            guid: String::new(),
            host: host_of(home),
            fingerprint: ContentHash::of_bytes(b""),
            payload: None,
            is_foreign: url.as_deref().zip(feed.as_deref()).is_some_and(|(u, f)| is_foreign(u, f)),
            due_at: at,
            name,
            url,
        };
        RecordedEntry { found, feed: feed.map(|url| new_feed(url, settings)) }
    }
}

/// The feed at this URL.
pub(super) fn new_feed(url: String, settings: Option<String>) -> NewFeed {
    NewFeed { host: host_of(&url), url, settings }
}

/// The host of a URL: a name and a port.
pub(super) fn host_of(url: &str) -> String {
    HostKey::of_url(url).map(|host| host.as_str().to_owned()).unwrap_or_default()
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

    /// Is it about a document of a feed?
    pub(super) const fn is_poll(&self) -> bool {
        self.poll.is_some()
    }

    /// Where it is kept: the page that was asked for, else the feed.
    pub(super) fn target(&self) -> Option<&str> {
        self.url.as_deref().or(self.link.as_deref()).or(self.feed.as_deref())
    }

    /// Of a page that came.
    pub(super) fn of_page(envelope: &Envelope<Captured>, page: &Page, hints: &PageHints) -> Self {
        Self {
            requested_url: page.requested_url.clone(),
            url: page.url.clone(),
            urls: envelope.urls.clone(),
            alias: envelope.alias.clone(),
            link: hints.entry.as_ref().and_then(|entry| entry.link.clone()),
            entry: hints.entry.clone().and_then(payload_of),
            feed: hints.feed_url.clone(),
            settings: hints.source.told.as_deref().map(str::to_owned),
            task: envelope.entry.as_ref().map(|claimed| claimed.name.clone()),
            ..Self::default()
        }
    }

    /// Of a task that ended without a page; `None` for what the frontier does not know.
    pub(super) fn of_end(envelope: &Envelope<Captured>) -> Option<Self> {
        let Claimed { name, url, feed, again_at, .. } = envelope.entry.as_ref()?;
        let failed = match &envelope.body {
            Captured::Failed(reason) => {
                Some((reason.kind.code().to_owned(), reason.detail.clone()))
            }
            Captured::Unchanged(_) => None,
            _ => return None,
        };
        let shown = |url: &String| Credentials::from_url(url).0;
        Some(Self {
            link: url.as_ref().map(shown),
            feed: feed.as_ref().map(shown),
            task: Some(name.clone()),
            as_it_was: failed.is_none(),
            again_at: again_at.filter(|_| failed.is_some()),
            failed,
            ..Self::default()
        })
    }

    /// Of a document of a feed: the first is the feed itself, and what the poll found out stands
    /// with it.
    pub(super) fn of_feed(
        feed: &str,
        poll: &store::Poll,
        answers: &Answers,
        number: usize,
    ) -> Self {
        let page = answers.pages.get(number);
        let mut note = PollNote { kind: answers.kind, ..PollNote::default() };
        let mut failed = None;
        match &poll.result {
            PollResult::Failed(reason) | PollResult::Gone(reason) => {
                failed = Some((reason.kind.code().to_owned(), reason.detail.clone()));
            }
            PollResult::Read(read) if number == 0 => {
                note.missed = read.missed;
                note.moved_to = poll.moved_to.as_ref().map(|(url, _)| url.clone());
            }
            PollResult::Read(_) | PollResult::NotModified => {}
        }
        if number > 0 {
            let first = answers.pages.first().and_then(|page| page.url.clone());
            note.part_of = Some(first.unwrap_or_else(|| feed.to_owned()));
        }
        Self {
            url: page.and_then(|page| page.url.clone()),
            requested_url: page.and_then(|page| page.requested_url.clone()),
            feed: Some(feed.to_owned()),
            settings: answers.settings.clone(),
            failed,
            poll: Some(note),
            ..Self::default()
        }
    }

    /// What was recorded, as it was then, in its envelope; `None` for a feed that could not be
    /// read.
    pub(super) fn restore(
        self,
        envelope: &mut Envelope<()>,
        content_type: Option<String>,
        body: Vec<u8>,
        sources: &mut ReadHints,
    ) -> Option<Captured> {
        let Self { requested_url, url, urls, alias, entry, link, feed, settings, .. } = self;
        let fetched_at = envelope.at;
        let page = |url, body| Page { url, requested_url, content_type, body, fetched_at };
        if let Some(poll) = self.poll {
            let feed = feed.filter(|_| self.failed.is_none())?;
            let page = page(url, body);
            return Some(Captured::Feed(Box::new(RecordedFeed { page, feed, settings, poll })));
        }
        envelope.urls = urls;
        envelope.alias = alias;
        envelope.recorded = self.task.map(|name| {
            let (link, feed, settings) = (link.clone(), feed.clone(), settings.clone());
            Box::new(RecordedTask { name, link, feed, settings, again_at: self.again_at })
        });
        if let Some((code, detail)) = self.failed {
            let kind = ReasonKind::from_code(&code).unwrap_or(ReasonKind::Malformed);
            return Some(Captured::Failed(Reason::new(kind, detail)));
        }
        if self.as_it_was {
            envelope.urls.extend(link);
            return Some(Captured::Unchanged(None));
        }
        let source = match sources.read(settings.as_deref()) {
            Ok(source) => source,
            Err(reason) => return Some(Captured::Failed(reason)),
        };
        let entry = entry.map(|payload| entry_of(&payload, link.as_deref()));
        let hints = PageHints { entry, feed_url: feed, source };
        Some(Captured::Page(Box::new((page(url, body), hints))))
    }
}
