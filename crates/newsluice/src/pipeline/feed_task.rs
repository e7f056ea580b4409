//! One claimed feed: polled, read, and sent on with its entries and validators.

use fetch::{Answer, Client, Failure, HostKey, Request, Validators};
use jiff::Timestamp;
use record::{Feed, Reason, ReasonKind};
use store::{ClaimedFeed, Poll, PollResult, ReadFeed};

use super::entry_payload::found;
use super::envelope::{Captured, Envelope};
use super::page_task::hold;
use super::rhythm::{Rhythm, Shown};

/// Polls the feed; the envelope ends the claim.
pub(super) async fn poll(
    client: &Client,
    claimed: ClaimedFeed,
    rhythm: Rhythm,
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
    let now = crate::clock::now();
    let mut envelope = Envelope::new(claimed.url.clone(), now);
    let poll = match answer {
        Ok(answer) => {
            envelope.at = answer.page.fetched_at;
            answered(&claimed, answer, rhythm).await
        }
        Err(failure) => {
            envelope.host = hold(&claimed.host, &failure);
            failed(&claimed, failure, rhythm, now)
        }
    };
    envelope.with(Captured::Polled(Box::new(poll)))
}

async fn answered(claimed: &ClaimedFeed, answer: Answer, rhythm: Rhythm) -> Poll {
    let now = answer.page.fetched_at;
    let fresh_for = answer.freshness.fresh_for;
    let moved_to = moved(&answer);
    if answer.not_modified {
        let next_due = rhythm.next(Shown { fresh_for, ..Shown::default() }, now);
        return Poll {
            feed: claimed.feed,
            result: PollResult::NotModified,
            next_due,
            moved_to,
            schedule: None,
        };
    }
    let validators = store::Validators {
        etag: answer.validators.etag.clone(),
        last_modified: answer.validators.last_modified.clone(),
    };
    match read(answer).await {
        Ok((feed, url)) => {
            let hints = Some(&feed.hints);
            let next_due = rhythm.next(Shown { fresh_for, hints, ..Shown::default() }, now);
            let entries = feed.entries.into_iter().map(|entry| found(entry, &url, now)).collect();
            let read = ReadFeed { validators, title: feed.title, site: feed.link, entries };
            let result = PollResult::Read(Box::new(read));
            Poll { feed: claimed.feed, result, next_due, moved_to, schedule: None }
        }
        Err(reason) => {
            let failures = claimed.failures + 1;
            let shown = Shown { fresh_for, failures, ..Shown::default() };
            let next_due = rhythm.next(shown, now);
            let result = PollResult::Failed(reason);
            Poll { feed: claimed.feed, result, next_due, moved_to: None, schedule: None }
        }
    }
}

/// Where the feed lives from now on, and its host.
fn moved(answer: &Answer) -> Option<(String, String)> {
    let url = answer.moved.clone()?;
    let host = HostKey::of_url(&url)?;
    Some((url, host.as_str().to_owned()))
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

fn failed(claimed: &ClaimedFeed, failure: Failure, rhythm: Rhythm, now: Timestamp) -> Poll {
    let is_gone = failure.reason.kind == ReasonKind::Gone;
    // Waiting for a slot at the host is not the feed's failure.
    let failures = if failure.unsent { claimed.failures } else { claimed.failures + 1 };
    let next_due = match failure.retry_at {
        Some(at) if failure.unsent => at,
        retry_at => rhythm.next(Shown { failures, retry_at, ..Shown::default() }, now),
    };
    let result = match is_gone {
        true => PollResult::Gone(failure.reason),
        false => PollResult::Failed(failure.reason),
    };
    Poll { feed: claimed.feed, result, next_due, moved_to: None, schedule: None }
}
