//! One claimed feed: polled, read, and sent on with its entries and validators.

use std::hash::{BuildHasher, RandomState};

use fetch::schedule::{FeedState, Polled, Rules, Standing};
use fetch::{Answer, Client, Failure, HostKey, Request, Validators};
use jiff::Timestamp;
use record::{Feed, Reason, ReasonKind};
use store::{ClaimedFeed, Poll, PollResult, ReadFeed};

use super::entry_payload::found;
use super::envelope::{Captured, Envelope};

/// Polls the feed; the envelope ends the claim.
pub(super) async fn poll(
    client: &Client,
    claimed: ClaimedFeed,
    rules: Rules,
) -> Envelope<Captured> {
    let validators = Validators {
        etag: claimed.validators.etag.clone(),
        last_modified: claimed.validators.last_modified.clone(),
    };
    let request = Request {
        validators: (!validators.is_empty()).then_some(&validators),
        ..Request::feed(&claimed.url)
    };
    let answer = client.get(&request).await;
    let mut envelope = Envelope::new(claimed.url.clone(), crate::clock::now());
    let state = claimed.schedule.as_deref().map(serde_json::from_str).transpose();
    // A state that cannot be read any more is that of a new feed: asked for at once.
    let polling = Polling { state: state.ok().flatten().unwrap_or_default(), rules };
    let poll = match answer {
        Ok(answer) => {
            envelope.at = answer.page.fetched_at;
            answered(&claimed, answer, &polling).await
        }
        Err(failure) => failed(&claimed, &failure, &polling, envelope.at),
    };
    envelope.with(Captured::Polled(Box::new(poll)))
}

/// What is known of the feed's schedule, and the operator's rules for it.
struct Polling {
    state: FeedState,
    rules: Rules,
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
        let state = self.state.after(polled, &self.rules, jitter(&claimed.url), now);
        let moved_to = state.moved_to().and_then(|url| {
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
            schedule: serde_json::to_string(&state).ok(),
        }
    }
}

/// A number from 0 to 1 that spreads the polls of feeds with one rhythm.
fn jitter(url: &str) -> f64 {
    RandomState::new().hash_one(url) as f64 / u64::MAX as f64
}

async fn answered(claimed: &ClaimedFeed, answer: Answer, polling: &Polling) -> Poll {
    let now = answer.page.fetched_at;
    let freshness = answer.freshness;
    let moved = answer.moved.clone();
    let moved = moved.as_deref();
    if answer.not_modified {
        let polled = Polled::NotModified { freshness, moved };
        return polling.end(claimed, polled, PollResult::NotModified, now);
    }
    let validators = store::Validators {
        etag: answer.validators.etag.clone(),
        last_modified: answer.validators.last_modified.clone(),
    };
    match read(answer).await {
        Ok((feed, url)) => {
            let new = newer(&feed, polling.state.polled_at);
            let hints = feed.hints;
            let entries = feed.entries.into_iter().map(|entry| found(entry, &url, now)).collect();
            let read = ReadFeed { validators, title: feed.title, site: feed.link, entries };
            let polled = Polled::Read { new, hints: &hints, freshness, moved };
            polling.end(claimed, polled, PollResult::Read(Box::new(read)), now)
        }
        Err(reason) => {
            let polled = Polled::Failed { kind: reason.kind, retry_at: None };
            polling.end(claimed, polled, PollResult::Failed(reason), now)
        }
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
async fn read(answer: Answer) -> Result<(Feed, String), Reason> {
    let reading = tokio::task::spawn_blocking(move || {
        let page = answer.page;
        let hints = feed::Hints {
            url: page.url.as_deref(),
            content_type: page.content_type.as_deref(),
            now: Some(page.fetched_at),
        };
        let parsed = feed::parse(&page.body, &hints)?;
        Ok((parsed.feed, page.url.unwrap_or_default()))
    });
    reading.await.unwrap_or_else(|_| Err(Reason::of(ReasonKind::Crash)))
}

fn failed(claimed: &ClaimedFeed, failure: &Failure, polling: &Polling, now: Timestamp) -> Poll {
    let polled = Polled::Failed { kind: failure.reason.kind, retry_at: failure.retry_at };
    polling.end(claimed, polled, PollResult::Failed(failure.reason.clone()), now)
}
