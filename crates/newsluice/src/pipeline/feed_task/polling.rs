//! How a poll ends: its result, when the feed is polled next, and what is remembered.

use std::hash::{BuildHasher, RandomState};

use fetch::schedule::{Because, FeedState, Polled, Rules, Standing};
use fetch::trust::{Ask, lied};
use fetch::{Failure, HostKey, Validators};
use jiff::Timestamp;
use record::{ContentHash, Reason};
use store::{ClaimedFeed, FoundEntry, Poll, PollResult, ReadFeed};

use super::memory::Memory;
use crate::pipeline::fetched::stored;
use crate::source::Kind;

/// What is known of the feed's polls, and how this one asked.
pub(super) struct Polling {
    pub(super) memory: Memory,
    pub(super) rules: Rules,
    pub(super) ask: Ask,
    pub(super) kind: Kind,
    /// The validators held before.
    pub(super) held: Validators,
    /// Not with a password in its URL: the new URL would be without.
    pub(super) may_move: bool,
}

impl Polling {
    /// The poll's outcome with the next time.
    pub(super) fn end(
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
    pub(super) fn refused(&self, claimed: &ClaimedFeed, reason: Reason, now: Timestamp) -> Poll {
        let polled = Polled::Failed { kind: reason.kind, retry_at: None };
        self.end(claimed, polled, PollResult::Failed(reason), now)
    }

    /// The outcome of a poll that was not answered.
    pub(super) fn failed(&self, claimed: &ClaimedFeed, failure: &Failure, now: Timestamp) -> Poll {
        // A redirect that led to a host on hold was a request to its own host all the same.
        let least = self.rules.interval.unwrap_or(self.rules.min_interval);
        let rested = now.checked_add(least).ok().filter(|_| !failure.hops.is_empty());
        let retry_at = failure.retry_at.map(|at| rested.map_or(at, |rested| at.max(rested)));
        let polled = Polled::Failed { kind: failure.reason.kind, retry_at };
        self.end(claimed, polled, PollResult::Failed(failure.reason.clone()), now)
    }

    /// After a gap: asks again after half the time, where our own rhythm alone decides.
    pub(super) fn hurry(&self, poll: &mut Poll, now: Timestamp) {
        let state = poll.schedule.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let Some(state): Option<FeedState> = state else { return };
        if state.because == Because::Rhythm {
            let wait = poll.next_due.duration_since(now).unsigned_abs() / 2;
            let wait = wait.max(self.rules.min_interval);
            poll.next_due = poll.next_due.min(now.checked_add(wait).unwrap_or(poll.next_due));
        }
    }

    /// After a 304: the validators that it renewed are kept in place of those held.
    pub(super) fn not_modified(&self, renewed: Validators) -> PollResult {
        if renewed == self.held {
            return PollResult::NotModified;
        }
        let validators = stored(renewed);
        PollResult::Read(Box::new(ReadFeed { validators, ..ReadFeed::default() }))
    }

    /// Takes note of what the feed lists now. Returns how much of it is new, and whether it
    /// shows that the last 304 was wrong.
    pub(super) fn listed(
        &mut self,
        new: usize,
        entries: &[FoundEntry],
        got: &Validators,
    ) -> (usize, bool) {
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
