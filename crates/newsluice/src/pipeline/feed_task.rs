//! One claimed feed: polled, read, and sent on with its entries and validators.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use fetch::schedule::{Because, FeedState, Polled, Rules, Standing};
use fetch::trust::{Ask, lied};
use fetch::{Accept, Answer, Client, Credentials, Failure, HostKey, Request, Room, Validators};
use jiff::Timestamp;
use record::{ContentHash, Feed, Page, Reason, ReasonKind};
use serde::{Deserialize, Serialize};
use store::{ClaimedFeed, FoundEntry, Poll, PollResult, ReadFeed, Reader};

use super::entry_payload::found;
use super::envelope::{Captured, Envelope};
use super::fetched::{Answers, Fetched, Told, cost, stored};
use super::gap;
use super::source_document::{self, Document};
use crate::source::{Kind, Source};

/// What is remembered about polling a feed.
#[derive(Debug, Clone, Default, Serialize)]
struct Memory {
    #[serde(flatten)]
    state: FeedState,
    #[serde(flatten)]
    content: Content,
}

/// What is remembered of a feed's content.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Content {
    /// A hash of what it listed when it was last read.
    content: Option<String>,
    /// The last 304 since then.
    not_modified_at: Option<Timestamp>,
}

impl Memory {
    /// As it was written. Read twice: to read what is flattened at once takes twice as long.
    fn read(text: &str) -> Option<Self> {
        let state = serde_json::from_str(text).ok()?;
        Some(Self { state, content: serde_json::from_str(text).ok()? })
    }
}

/// Polls the feed; the envelope ends the claim. A password from outside its settings opens it
/// where they name none. `listed` tells what it listed before. The answer is kept where it is
/// recorded.
pub(super) async fn poll(
    client: &Client,
    claimed: ClaimedFeed,
    rules: Rules,
    (ask, password): (Ask, Option<&Credentials>),
    (listed, is_recorded): (&Arc<Mutex<Reader>>, bool),
) -> Fetched {
    let kept = is_recorded.then(Kept::default);
    let validators = Validators {
        etag: claimed.validators.etag.clone(),
        last_modified: claimed.validators.last_modified.clone(),
    };
    let (shown, secret) = Credentials::from_url(&claimed.url);
    let (source, unusable) = match Source::of(claimed.settings.as_deref(), &claimed.url) {
        Ok(source) => (source, None),
        Err(reason) => (Source::default(), Some(reason)),
    };
    let access = &source.access;
    let credentials = access.credentials.as_ref().or(password);
    let request = Request {
        validators: (ask == Ask::Conditionally && !validators.is_empty()).then_some(&validators),
        credentials,
        proxy: access.proxy.as_ref(),
        accept: match source.kind {
            Kind::Feed => Accept::Feed,
            Kind::Section => Accept::Page,
        },
        ..Request::feed(&claimed.url)
    };
    let mut envelope = Envelope::new(shown, crate::clock::now());
    // A memory that cannot be read any more is that of a new feed: asked for at once.
    let memory = claimed.schedule.as_deref().and_then(Memory::read).unwrap_or_default();
    let may_move = secret.is_none() && credentials.is_none();
    let rules = Rules { interval: source.interval.or(rules.interval), ..rules };
    let kind = source.kind;
    let settings = source.hints.told.as_deref().map(str::to_owned);
    let mut polling = Polling { memory, rules, ask, kind, held: validators.clone(), may_move };
    let (poll, told) = if let Some(reason) = unusable {
        (polling.refused(&claimed, reason, envelope.at), None)
    } else {
        match client.get(&request).await {
            Ok(answer) => {
                envelope.at = answer.page.fetched_at;
                envelope.cost = cost(&answer.hops, answer.page.body.len());
                let way = Way { client, feed: &request, kept: kept.as_ref() };
                answered(way, &claimed, answer, &mut polling, listed).await
            }
            Err(failure) => {
                envelope.at = crate::clock::now();
                envelope.cost = cost(&failure.hops, 0);
                (failed(&claimed, &failure, &polling, envelope.at), None)
            }
        }
    };
    let envelope = envelope.with(Captured::Polled(Box::new(poll)));
    let pages = kept.map(Kept::into_pages).filter(|pages| !pages.is_empty());
    let answers = pages.map(|pages| Answers { pages, kind, settings });
    Fetched { envelope, room: Room::default(), host: claimed.host, told, answers }
}

/// The documents of a poll, for the recorder.
#[derive(Default)]
struct Kept(Mutex<Vec<Page>>);

impl Kept {
    /// Bytes kept beside the feed itself: what is beyond is read and not recorded.
    const MOST: usize = 16 << 20;

    fn add(&self, page: &Page) {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept: usize = pages.iter().skip(1).map(|page| page.body.len()).sum();
        if pages.is_empty() || kept + page.body.len() <= Self::MOST {
            pages.push(page.clone());
        }
    }

    fn into_pages(self) -> Vec<Page> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is known of the feed's polls, and how this one asked.
struct Polling {
    memory: Memory,
    rules: Rules,
    ask: Ask,
    kind: Kind,
    /// The validators held before.
    held: Validators,
    /// Not with a password in its URL: the new URL would be without.
    may_move: bool,
}

impl Polling {
    /// The poll's outcome with the next time.
    fn end(
        &self,
        claimed: &ClaimedFeed,
        polled: Polled<'_>,
        result: PollResult,
        now: Timestamp,
    ) -> Poll {
        let state = self.memory.state.after(polled, &self.rules, jitter(&claimed.url), now);
        let is_good = !matches!(polled, Polled::Failed { .. });
        let moved_to = state.moved_to().filter(|_| is_good && self.may_move).and_then(|url| {
            let host = HostKey::of_url(url)?;
            Some((url.to_owned(), host.as_str().to_owned()))
        });
        let result = match result {
            PollResult::Failed(reason) if state.standing == Standing::Gone => {
                PollResult::Gone(reason)
            }
            other => other,
        };
        Poll {
            feed: claimed.feed,
            result,
            next_due: state.due.unwrap_or(Timestamp::MAX),
            moved_to,
            schedule: serde_json::to_string(&Memory {
                state,
                content: self.memory.content.clone(),
            })
            .ok(),
        }
    }

    /// The outcome of a poll that brought nothing to read.
    fn refused(&self, claimed: &ClaimedFeed, reason: Reason, now: Timestamp) -> Poll {
        let polled = Polled::Failed { kind: reason.kind, retry_at: None };
        self.end(claimed, polled, PollResult::Failed(reason), now)
    }

    /// After a gap: asks again after half the time, where our own rhythm alone decides.
    fn hurry(&self, poll: &mut Poll, now: Timestamp) {
        let state = poll.schedule.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let Some(state): Option<FeedState> = state else { return };
        if state.because == Because::Rhythm {
            let wait = poll.next_due.duration_since(now).unsigned_abs() / 2;
            let wait = wait.max(self.rules.min_interval);
            poll.next_due = poll.next_due.min(now.checked_add(wait).unwrap_or(poll.next_due));
        }
    }

    /// After a 304: the validators that it renewed are kept in place of those held.
    fn not_modified(&self, renewed: Validators) -> PollResult {
        if renewed == self.held {
            return PollResult::NotModified;
        }
        let validators = stored(renewed);
        PollResult::Read(Box::new(ReadFeed { validators, ..ReadFeed::default() }))
    }

    /// Takes note of what the feed lists now. Returns how much of it is new, and whether it
    /// shows that the last 304 was wrong.
    fn listed(&mut self, new: usize, entries: &[FoundEntry], got: &Validators) -> (usize, bool) {
        let content = contents(entries);
        let known = self.memory.content.content.replace(content.clone());
        let changed = known.is_some_and(|known| known != content);
        let last_304 = self.memory.content.not_modified_at.take();
        let caught = self.ask == Ask::ToCheck
            && last_304.is_some_and(|at| lied(changed, &self.held, got, at));
        (new.max(usize::from(changed)), caught)
    }
}

/// A hash of what is listed, in whatever order.
fn contents(entries: &[FoundEntry]) -> String {
    let mut lines: Vec<_> =
        entries.iter().map(|entry| format!("{} {}", entry.fingerprint, entry.guid)).collect();
    lines.sort_unstable();
    ContentHash::of_bytes(lines.join("\n").as_bytes()).to_string()
}

/// A number from 0 to 1 that spreads the polls of feeds with one rhythm.
fn jitter(url: &str) -> f64 {
    RandomState::new().hash_one(url) as f64 / u64::MAX as f64
}

async fn answered(
    way: Way<'_>,
    claimed: &ClaimedFeed,
    answer: Answer,
    polling: &mut Polling,
    known: &Arc<Mutex<Reader>>,
) -> (Poll, Option<Told>) {
    let now = answer.page.fetched_at;
    let freshness = answer.freshness;
    let moved = answer.moved.clone();
    let moved = moved.as_deref();
    if answer.not_modified {
        polling.memory.content.not_modified_at = Some(now);
        let polled = Polled::NotModified { freshness, moved };
        let result = polling.not_modified(answer.validators);
        return (polling.end(claimed, polled, result, now), Some(Told::NotModified));
    }
    let got = answer.validators.clone();
    way.keep(&answer.page);
    match read(answer.page, polling.kind).await {
        Ok(document) => {
            let Document { mut feed, url, is_whole, maps } = document;
            more_pages(way, &mut feed, maps).await;
            let new = newer(&feed, polling.memory.state.polled_at);
            let hints = std::mem::take(&mut feed.hints);
            let since = polling.memory.state.polled_at;
            let missed = missed(way, claimed, &mut feed, &url, known, (since, now)).await;
            let entries: Vec<_> =
                feed.entries.into_iter().map(|entry| found(entry, &url, now)).collect();
            let (new, caught) = polling.listed(new, &entries, &got);
            // What broke off is to come again, not to be vouched for.
            let validators = if is_whole { stored(got) } else { store::Validators::default() };
            let (title, site) = (feed.title, feed.link);
            let read = ReadFeed { validators, title, site, entries, missed, caught_lying: caught };
            let polled = Polled::Read { new, hints: &hints, freshness, moved };
            let mut poll = polling.end(claimed, polled, PollResult::Read(Box::new(read)), now);
            if missed.is_some() {
                polling.hurry(&mut poll, now);
            }
            (poll, caught.then_some(Told::Lied))
        }
        Err(reason) => (polling.refused(claimed, reason, now), None),
    }
}

/// Entries dated after the last poll: all of them at the first.
fn newer(feed: &Feed, polled_at: Option<Timestamp>) -> usize {
    let Some(polled_at) = polled_at else { return feed.entries.len() };
    let date = |entry: &record::Entry| {
        entry.published.as_ref().or(entry.updated.as_ref()).and_then(record::DateText::instant)
    };
    feed.entries.iter().filter_map(date).filter(|at| *at > polled_at).count()
}

/// Reads the body on a thread of its own: a large feed must not hold up the network. A panic
/// is this feed's failure.
async fn read(page: Page, kind: Kind) -> Result<Document, Reason> {
    let reading = tokio::task::spawn_blocking(move || source_document::read(&page, kind));
    reading.await.unwrap_or_else(|_| Err(Reason::of(ReasonKind::Crash)))
}

/// How the documents of a source are asked for.
#[derive(Clone, Copy)]
struct Way<'a> {
    client: &'a Client,
    /// The request for the feed itself.
    feed: &'a Request<'a>,
    /// Where answers are kept that are to be recorded.
    kept: Option<&'a Kept>,
}

impl Way<'_> {
    /// Another document of the same source, by the same proxy and with the same credentials
    /// (which stay with their host); what cannot be had is left out.
    async fn another(self, url: &str) -> Option<Document> {
        let Request { credentials, proxy, .. } = *self.feed;
        let request = Request { credentials, proxy, ..Request::feed(url) };
        let answer = self.client.get(&request).await.ok()?;
        self.keep(&answer.page);
        read(answer.page, Kind::Feed).await.ok()
    }

    fn keep(self, page: &Page) {
        if let Some(kept) = self.kept {
            kept.add(page);
        }
    }
}

/// The pages of the sitemaps that an index names.
async fn more_pages(way: Way<'_>, feed: &mut Feed, maps: Vec<String>) {
    for url in maps {
        if let Some(document) = way.another(&url).await {
            feed.entries.extend(document.feed.entries);
        }
    }
}

/// Pages of older entries that are read after a gap.
const MOST_OLDER: usize = 5;

/// How many entries came and went since the last poll. Where the feed offers older ones they
/// are read up to what is known, and then nothing is missed.
async fn missed(
    way: Way<'_>,
    claimed: &ClaimedFeed,
    feed: &mut Feed,
    url: &str,
    known: &Arc<Mutex<Reader>>,
    (since, now): (Option<Timestamp>, Timestamp),
) -> Option<u64> {
    let since = since?;
    if overlaps(claimed, &feed.entries, url, known, now).await {
        return None;
    }
    let gap = gap::gap(&feed.entries, since, now)?;
    let mut next = gap::older(feed).map(str::to_owned);
    for _ in 0..MOST_OLDER {
        let Some(page) = next.take() else { break };
        let Some(document) = way.another(&page).await else { break };
        let is_filled = overlaps(claimed, &document.feed.entries, url, known, now).await;
        next = gap::older(&document.feed).map(str::to_owned);
        feed.entries.extend(document.feed.entries);
        if is_filled {
            return None;
        }
    }
    tracing::warn!("feed {url}: some {} entries were missed between two polls", gap.missed);
    Some(gap.missed)
}

/// Is anything of it known, or is it the first that the feed lists? Trouble with the database
/// is met by the commit: it is no gap.
async fn overlaps(
    claimed: &ClaimedFeed,
    entries: &[record::Entry],
    url: &str,
    known: &Arc<Mutex<Reader>>,
    now: Timestamp,
) -> bool {
    let found: Vec<_> = entries.iter().map(|entry| found(entry.clone(), url, now)).collect();
    let (known, feed) = (Arc::clone(known), claimed.feed);
    let look = tokio::task::spawn_blocking(move || {
        known.lock().unwrap_or_else(PoisonError::into_inner).listed(feed, &found)
    });
    let listed = look.await.ok().and_then(Result::ok);
    listed.is_none_or(|listed| !listed.before || listed.known > 0)
}

fn failed(claimed: &ClaimedFeed, failure: &Failure, polling: &Polling, now: Timestamp) -> Poll {
    // A redirect that led to a host on hold was a request to its own host all the same.
    let least = polling.rules.interval.unwrap_or(polling.rules.min_interval);
    let rested = now.checked_add(least).ok().filter(|_| !failure.hops.is_empty());
    let retry_at = failure.retry_at.map(|at| rested.map_or(at, |rested| at.max(rested)));
    let polled = Polled::Failed { kind: failure.reason.kind, retry_at };
    polling.end(claimed, polled, PollResult::Failed(failure.reason.clone()), now)
}
