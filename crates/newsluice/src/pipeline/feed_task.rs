//! One claimed feed: polled, read, and sent on with its entries and validators.

mod documents;
mod memory;
mod missed;
mod polling;

use std::sync::{Arc, Mutex};

use fetch::schedule::{Polled, Rules};
use fetch::trust::Ask;
use fetch::{Accept, Answer, Client, Credentials, Request, Room, Validators};
use jiff::Timestamp;
use record::{DateText, Entry, Feed};
use store::{ClaimedFeed, Poll, PollResult, ReadFeed, Reader};

use super::entry_payload::found;
use super::envelope::{Captured, Envelope};
use super::fetched::{Answers, Fetched, Told, cost, stored};
use super::source_document::Document;
use crate::source::{Kind, Source};
use documents::{Kept, Way, more_pages, read};
use memory::Memory;
use missed::missed;
use polling::Polling;

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
    let (shown, secret) = Credentials::from_url(&claimed.url);
    let (source, unusable) = match Source::of(claimed.settings.as_deref(), &claimed.url) {
        Ok(source) => (source, None),
        Err(reason) => (Source::default(), Some(reason)),
    };
    let credentials = source.access.credentials.as_ref().or(password);
    let may_move = secret.is_none() && credentials.is_none();
    let mut envelope = Envelope::new(shown, crate::clock::now());
    let mut polling = begin(&claimed, &source, rules, ask, may_move);
    let (poll, told) = if let Some(reason) = unusable {
        (polling.refused(&claimed, reason, envelope.at), None)
    } else {
        let held = polling.held.clone();
        let request = request(&claimed.url, &source, credentials, (ask, &held));
        let way = Way { client, feed: &request, kept: kept.as_ref() };
        asked(way, &claimed, &mut polling, &mut envelope, listed).await
    };
    let envelope = envelope.with(Captured::Polled(Box::new(poll)));
    let pages = kept.map(Kept::into_pages).filter(|pages| !pages.is_empty());
    let settings = source.hints.told.as_deref().map(str::to_owned);
    let answers = pages.map(|pages| Answers { pages, kind: source.kind, settings });
    Fetched { envelope, room: Room::default(), host: claimed.host, told, answers }
}

fn begin(
    claimed: &ClaimedFeed,
    source: &Source,
    rules: Rules,
    ask: Ask,
    may_move: bool,
) -> Polling {
    let store::Validators { etag, last_modified } = claimed.validators.clone();
    Polling {
        // A memory that cannot be read any more is that of a new feed: asked for at once.
        memory: claimed.schedule.as_deref().and_then(Memory::read).unwrap_or_default(),
        rules: Rules { interval: source.interval.or(rules.interval), ..rules },
        ask,
        kind: source.kind,
        held: Validators { etag, last_modified },
        may_move,
    }
}

/// The request for the feed itself.
fn request<'a>(
    url: &'a str,
    source: &'a Source,
    credentials: Option<&'a Credentials>,
    (ask, held): (Ask, &'a Validators),
) -> Request<'a> {
    Request {
        validators: (ask == Ask::Conditionally && !held.is_empty()).then_some(held),
        credentials,
        proxy: source.access.proxy.as_ref(),
        accept: match source.kind {
            Kind::Feed => Accept::Feed,
            Kind::Section => Accept::Page,
        },
        ..Request::feed(url)
    }
}

/// Asks for the feed; the envelope then says when it was answered and what that took.
async fn asked(
    way: Way<'_>,
    claimed: &ClaimedFeed,
    polling: &mut Polling,
    envelope: &mut Envelope<()>,
    listed: &Arc<Mutex<Reader>>,
) -> (Poll, Option<Told>) {
    match way.client.get(way.feed).await {
        Ok(answer) => {
            envelope.at = answer.page.fetched_at;
            envelope.cost = cost(&answer.hops, answer.page.body.len());
            answered(way, claimed, answer, polling, listed).await
        }
        Err(failure) => {
            envelope.at = crate::clock::now();
            envelope.cost = cost(&failure.hops, 0);
            (polling.failed(claimed, &failure, envelope.at), None)
        }
    }
}

/// Makes a poll of an answer.
async fn answered(
    way: Way<'_>,
    claimed: &ClaimedFeed,
    answer: Answer,
    polling: &mut Polling,
    known: &Arc<Mutex<Reader>>,
) -> (Poll, Option<Told>) {
    let now = answer.page.fetched_at;
    let (freshness, moved) = (answer.freshness, answer.moved.as_deref());
    if answer.not_modified {
        polling.memory.content.not_modified_at = Some(now);
        let polled = Polled::NotModified { freshness, moved };
        let result = polling.not_modified(answer.validators);
        return (polling.end(claimed, polled, result, now), Some(Told::NotModified));
    }
    way.keep(&answer.page);
    let Document { mut feed, url, is_whole, maps } = match read(answer.page, polling.kind).await {
        Ok(document) => document,
        Err(reason) => return (polling.refused(claimed, reason, now), None),
    };
    more_pages(way, &mut feed, maps).await;
    let since = polling.memory.state.polled_at;
    let new = newer(&feed, since);
    let hints = std::mem::take(&mut feed.hints);
    let missed = missed(way, claimed, &mut feed, &url, known, (since, now)).await;
    let entries: Vec<_> = feed.entries.into_iter().map(|entry| found(entry, &url, now)).collect();
    let got = answer.validators;
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

/// Entries dated after the last poll: all of them at the first.
fn newer(feed: &Feed, polled_at: Option<Timestamp>) -> usize {
    let Some(polled_at) = polled_at else { return feed.entries.len() };
    let date = |entry: &Entry| entry.date().and_then(DateText::instant);
    feed.entries.iter().filter_map(date).filter(|at| *at > polled_at).count()
}
