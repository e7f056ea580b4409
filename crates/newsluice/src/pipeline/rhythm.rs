//! When a feed is polled next. Pure: a function of what is known and of now.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use record::PollHints;

/// The operator's bounds on polling.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rhythm {
    /// Replaces every feed's own rhythm.
    pub(crate) fixed: Option<Duration>,
    /// Never sooner by our own rhythm.
    pub(crate) min: Duration,
    /// Never later, whatever a hint says.
    pub(crate) max: Duration,
}

/// What a poll showed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Shown<'a> {
    /// How long the answer stays fresh.
    pub(crate) fresh_for: Option<Duration>,
    /// What the feed itself asks for.
    pub(crate) hints: Option<&'a PollHints>,
    /// Polls failed in a row, this one included.
    pub(crate) failures: u32,
    /// When the host allows the next request.
    pub(crate) retry_at: Option<Timestamp>,
}

impl Rhythm {
    /// The next time: our own rhythm, doubled with each failure, and never before what the
    /// origin asked for, as far as that is below `max`.
    pub(crate) fn next(self, shown: Shown<'_>, now: Timestamp) -> Timestamp {
        let own = self.fixed.unwrap_or(self.min);
        let own = own.saturating_mul(1 << shown.failures.min(16));
        let own = own.min(self.max.max(self.fixed.unwrap_or_default()));
        let asked = shown.fresh_for.into_iter().chain(shown.hints.and_then(asked_for)).max();
        let wait = own.max(asked.unwrap_or_default().min(self.max));
        let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::from_hours(24));
        let due = now.saturating_add(wait).unwrap_or(now);
        shown.retry_at.map_or(due, |at| at.max(due))
    }
}

/// The pause that a feed asks for: the longest of its hints.
fn asked_for(hints: &PollHints) -> Option<Duration> {
    let ttl = hints.ttl_minutes.map(|minutes| Duration::from_secs(minutes.saturating_mul(60)));
    let period = hints.update_period_seconds.map(Duration::from_secs);
    ttl.max(period)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RHYTHM: Rhythm =
        Rhythm { fixed: None, min: Duration::from_mins(15), max: Duration::from_hours(24) };

    fn minutes(shown: Shown<'_>) -> i64 {
        let next = RHYTHM.next(shown, Timestamp::UNIX_EPOCH);
        next.as_second() / 60
    }

    #[test]
    fn hints_lengthen_and_are_capped() {
        assert_eq!(minutes(Shown::default()), 15);
        let hour = Some(Duration::from_hours(1));
        assert_eq!(minutes(Shown { fresh_for: hour, ..Shown::default() }), 60);
        let hints = PollHints { ttl_minutes: Some(90), ..PollHints::default() };
        assert_eq!(minutes(Shown { fresh_for: hour, hints: Some(&hints), ..Shown::default() }), 90);
        let absurd = PollHints { ttl_minutes: Some(u64::MAX), ..PollHints::default() };
        assert_eq!(minutes(Shown { hints: Some(&absurd), ..Shown::default() }), 24 * 60);
    }

    #[test]
    fn failures_back_off_and_the_host_has_the_last_word() {
        assert_eq!(minutes(Shown { failures: 2, ..Shown::default() }), 60);
        assert_eq!(minutes(Shown { failures: 60, ..Shown::default() }), 24 * 60);
        let at = Timestamp::from_second(7200).ok();
        assert_eq!(minutes(Shown { retry_at: at, ..Shown::default() }), 120);
    }
}
