//! When a feed is asked for next.
//!
//! Two things decide: our own rhythm, which follows how often the feed brings something new,
//! and what the origin asks for (freshness, `ttl`, `sy:*`, `skipHours`, `skipDays`), which only
//! ever makes us wait longer. Failures make us wait longer still, without end but never for good.
//! All of it is a function of the time, the feed's [`FeedState`] and what the poll brought.

use std::time::Duration;

use jiff::Timestamp;
use record::{PollHints, ReasonKind};
use serde::{Deserialize, Serialize};

use crate::rhythm::Rhythm;
use crate::{Freshness, skip};

/// Factor of the first wait after a failure; each further failure doubles it.
const FIRST_BACK_OFF: f64 = 1.5;
/// The longest wait after failures, in intervals of the feed's own rhythm: what a short window of
/// ten entries bridges.
const LONGEST_BACK_OFF: u32 = 8;
/// A feed is retired after so many failures in a row …
const RETIRE_FAILURES: u32 = 20;
/// … over at least so long.
const RETIRE_AFTER: Duration = Duration::from_hours(90 * 24);
/// A retired feed is asked again after so long.
const RETIRED_PROBE: Duration = Duration::from_hours(30 * 24);
/// A feed moves when this many answers in a row came from the same new place: one might be a
/// hotel's login page.
const MOVE_SIGHTINGS: u32 = 2;
/// `skipHours` and `skipDays` are followed so far: over a weekend and its edges.
const LONGEST_SKIP: Duration = Duration::from_hours(72);
/// Most that jitter adds to our own rhythm.
const JITTER: f64 = 0.1;

/// What the operator decides about polling.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rules {
    /// Shortest time between two polls of our own rhythm (`schedule.min_interval`).
    pub min_interval: Duration,
    /// Longest time between two polls of our own rhythm (`schedule.max_interval`).
    pub max_interval: Duration,
    /// Replaces our own rhythm (`schedule.interval`); hints and back-off still apply.
    pub interval: Option<Duration>,
    /// Longest time that hints of the origin can add up to: an absurd `ttl` silences no feed.
    pub max_hint: Duration,
    /// Longest wait after failures.
    pub max_back_off: Duration,
}

impl Default for Rules {
    /// 5 minutes to 6 hours; hints and back-off up to a day.
    fn default() -> Self {
        Self {
            min_interval: Duration::from_mins(5),
            max_interval: Duration::from_hours(6),
            interval: None,
            max_hint: Duration::from_hours(24),
            max_back_off: Duration::from_hours(24),
        }
    }
}

/// What is remembered about polling a feed: a plain value for the feed's row.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FeedState {
    /// How often it brings something new.
    pub rhythm: Rhythm,
    /// What the last readable document asks of those who poll it.
    pub hints: Hints,
    /// Failures in a row.
    pub failures: u32,
    /// When the first of them was.
    pub failing_since: Option<Timestamp>,
    /// Where it seems to have moved, and how many answers in a row said so.
    pub moving: Option<(String, u32)>,
    /// Is it out of use, and why?
    pub standing: Standing,
    /// When it was last asked for.
    pub polled_at: Option<Timestamp>,
    /// When to ask next; `None` = at once for a new feed, never for one that is gone.
    pub due: Option<Timestamp>,
    /// What decided on `due`.
    pub because: Because,
}

/// Is a feed polled?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Yes.
    #[default]
    Live,
    /// It failed for months: asked once in 30 days, and live again with the first success.
    Retired,
    /// 410: no more, until the operator says so ([`FeedState::revive`]).
    Gone,
}

/// What decided when a feed is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Because {
    /// It was never asked for.
    #[default]
    New,
    /// Our own rhythm.
    Rhythm,
    /// `schedule.interval`.
    Interval,
    /// `Cache-Control` or `Expires`.
    Freshness,
    /// `ttl`.
    Ttl,
    /// `sy:updatePeriod` and `sy:updateFrequency`.
    UpdatePeriod,
    /// `skipHours` or `skipDays`.
    Skip,
    /// Failures.
    BackOff,
    /// `Retry-After`, or a hold of the host.
    Hold,
    /// It is retired.
    Retired,
    /// It is gone.
    Gone,
}

/// The polling hints of a feed, as they are stored.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Hints {
    /// RSS `ttl`, in minutes.
    pub ttl_minutes: Option<u64>,
    /// Hours of the day in UTC, 0 to 23.
    pub skip_hours: Vec<u8>,
    /// Days of the week in UTC, 1 = Monday to 7 = Sunday.
    pub skip_days: Vec<u8>,
    /// `sy:updatePeriod` divided by `sy:updateFrequency`, in seconds.
    pub update_period_seconds: Option<u64>,
}

impl From<&PollHints> for Hints {
    fn from(hints: &PollHints) -> Self {
        Self {
            ttl_minutes: hints.ttl_minutes,
            skip_hours: hints.skip_hours.iter().copied().take(24).collect(),
            skip_days: hints.skip_days.iter().copied().take(7).collect(),
            update_period_seconds: hints.update_period_seconds,
        }
    }
}

/// What a poll brought.
#[derive(Debug, Clone, Copy)]
pub enum Polled<'a> {
    /// A document that could be read as a feed.
    Read {
        /// Entries in it that were not known.
        new: usize,
        /// Its hints.
        hints: &'a PollHints,
        /// Of the answer.
        freshness: Freshness,
        /// [`Answer::moved`](crate::Answer::moved).
        moved: Option<&'a str>,
    },
    /// 304.
    NotModified {
        /// Of the answer.
        freshness: Freshness,
        /// [`Answer::moved`](crate::Answer::moved).
        moved: Option<&'a str>,
    },
    /// A [`Failure`](crate::Failure), or a 200 that could not be read as a feed.
    Failed {
        /// What went wrong.
        kind: ReasonKind,
        /// [`Failure::retry_at`](crate::Failure::retry_at).
        retry_at: Option<Timestamp>,
    },
}

impl FeedState {
    /// The state after a poll that ended at `now`. `jitter` is a random number from 0 to 1, which
    /// spreads feeds of one rhythm.
    #[must_use]
    pub fn after(&self, polled: Polled<'_>, rules: &Rules, jitter: f64, now: Timestamp) -> Self {
        match polled {
            Polled::Read { new, hints, freshness, moved } => {
                let hints = Hints::from(hints);
                let state = Self { hints, ..self.clone() };
                state.succeeded(new, freshness, moved, rules, jitter, now)
            }
            Polled::NotModified { freshness, moved } => {
                self.succeeded(0, freshness, moved, rules, jitter, now)
            }
            Polled::Failed { kind: ReasonKind::HostHold, retry_at } => {
                self.postponed(retry_at, rules, now)
            }
            Polled::Failed { kind, retry_at } => self.failed(kind, retry_at, rules, now),
        }
    }

    /// Is the feed to be asked for? A due time further off than any that is ever set means that
    /// the clock went back: then too.
    ///
    /// In SQL: `due <= now OR due > now + longest`, with [`Rules::longest`].
    #[must_use]
    pub fn is_due(&self, rules: &Rules, now: Timestamp) -> bool {
        match (self.due, self.standing) {
            (_, Standing::Gone) => false,
            (None, _) => true,
            (Some(due), _) => due <= now || due > plus(now, rules.longest()),
        }
    }

    /// Where the feed is to be asked for from now on, once that is sure.
    #[must_use]
    pub fn moved_to(&self) -> Option<&str> {
        let (url, sightings) = self.moving.as_ref()?;
        (*sightings >= MOVE_SIGHTINGS).then_some(url.as_str())
    }

    /// The state of a feed that the operator brings back: live, due at once, failures forgotten.
    #[must_use]
    pub fn revive(&self) -> Self {
        Self { rhythm: self.rhythm, hints: self.hints.clone(), ..Self::default() }
    }

    fn succeeded(
        &self,
        new: usize,
        freshness: Freshness,
        moved: Option<&str>,
        rules: &Rules,
        jitter: f64,
        now: Timestamp,
    ) -> Self {
        let since = self.polled_at.map(|at| now.duration_since(at).unsigned_abs());
        let rhythm = self.rhythm.after(new, since);
        let (own, because) = if let Some(interval) = rules.interval {
            (interval, Because::Interval)
        } else {
            let own = rhythm.interval(rules.min_interval, rules.max_interval);
            (own.mul_f64(1.0 + JITTER * jitter.clamp(0.0, 1.0)), Because::Rhythm)
        };
        let (wait, because) = self.hints.floor(freshness, rules.max_hint, (own, because));
        let at = plus(now, wait);
        let free = self.hints.free_from(at, rules.max_hint);
        let (due, because) = if free > at { (free, Because::Skip) } else { (at, because) };
        Self {
            rhythm,
            hints: self.hints.clone(),
            failures: 0,
            failing_since: None,
            moving: self.sighted(moved),
            standing: Standing::Live,
            polled_at: Some(now),
            due: Some(due),
            because,
        }
    }

    fn sighted(&self, moved: Option<&str>) -> Option<(String, u32)> {
        let moved = moved?;
        let before = self.moving.as_ref().filter(|(url, _)| url == moved).map_or(0, |(_, n)| *n);
        Some((moved.to_owned(), before.saturating_add(1)))
    }

    /// The host was not free: it counts for nothing, and is tried when the host is free.
    fn postponed(&self, retry_at: Option<Timestamp>, rules: &Rules, now: Timestamp) -> Self {
        let at = retry_at.unwrap_or_else(|| plus(now, self.base(rules)));
        let due = at.min(plus(now, rules.max_back_off)).max(now);
        Self { due: Some(due), because: Because::Hold, ..self.clone() }
    }

    fn failed(
        &self,
        kind: ReasonKind,
        retry_at: Option<Timestamp>,
        rules: &Rules,
        now: Timestamp,
    ) -> Self {
        let failures = self.failures.saturating_add(1);
        let since = self.failing_since.unwrap_or(now);
        let state =
            Self { failures, failing_since: Some(since), polled_at: Some(now), ..self.clone() };
        if kind == ReasonKind::Gone {
            return Self { standing: Standing::Gone, due: None, because: Because::Gone, ..state };
        }
        let long = now.duration_since(since).unsigned_abs() >= RETIRE_AFTER;
        if (failures >= RETIRE_FAILURES && long) || self.standing == Standing::Retired {
            let due = Some(plus(now, RETIRED_PROBE));
            return Self { standing: Standing::Retired, due, because: Because::Retired, ..state };
        }
        // Also what will never be well for a page: an empty answer may be a server's bad moment.
        let wait = back_off(self.base(rules), failures).min(self.longest_back_off(rules));
        let (due, because) = match retry_at {
            Some(at) if at > plus(now, wait) => (at.min(plus(now, rules.max_hint)), Because::Hold),
            _ => (plus(now, wait), Because::BackOff),
        };
        Self { due: Some(due.max(plus(now, wait))), because, ..state }
    }

    /// A busy feed is looked after more often while it is down, or much of it would be lost
    /// between its return and the next look.
    fn longest_back_off(&self, rules: &Rules) -> Duration {
        let own = || self.base(rules).saturating_mul(LONGEST_BACK_OFF);
        rules.interval.map_or_else(own, |_| rules.max_back_off).min(rules.max_back_off)
    }

    fn base(&self, rules: &Rules) -> Duration {
        let own = || self.rhythm.interval(rules.min_interval, rules.max_interval);
        rules.interval.unwrap_or_else(own)
    }
}

impl Hints {
    /// The first time from `at` on that the feed does not ask to skip; a feed that skips more
    /// than a weekend is asked after the cap all the same.
    fn free_from(&self, at: Timestamp, cap: Duration) -> Timestamp {
        let free = skip::next_allowed(&self.skip_hours, &self.skip_days, at);
        let free = free.filter(|free| *free <= plus(at, LONGEST_SKIP));
        free.unwrap_or_else(|| plus(at, cap))
    }

    /// The longest of our own wait and what the origin asks for, each of that capped.
    fn floor(
        &self,
        freshness: Freshness,
        cap: Duration,
        own: (Duration, Because),
    ) -> (Duration, Because) {
        let minutes = |minutes: u64| Duration::from_secs(minutes.saturating_mul(60));
        let asked = [
            (freshness.fresh_for, Because::Freshness),
            (self.ttl_minutes.map(minutes), Because::Ttl),
            (self.update_period_seconds.map(Duration::from_secs), Because::UpdatePeriod),
        ];
        asked.into_iter().fold(own, |longest, (wait, because)| match wait.map(|w| w.min(cap)) {
            Some(wait) if wait > longest.0 => (wait, because),
            _ => longest,
        })
    }
}

impl Rules {
    /// Longest time from a poll to the next due time that is ever set.
    #[must_use]
    pub fn longest(&self) -> Duration {
        let own = self.interval.unwrap_or(self.max_interval).mul_f64(1.0 + JITTER);
        let longest = own.max(self.max_hint).max(self.max_back_off).max(RETIRED_PROBE);
        longest + self.max_hint.max(LONGEST_SKIP)
    }
}

fn back_off(base: Duration, failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(30);
    base.mul_f64(FIRST_BACK_OFF).saturating_mul(1 << doublings)
}

fn plus(now: Timestamp, wait: Duration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
