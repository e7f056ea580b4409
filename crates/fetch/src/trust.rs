//! Trust in 304, but verified.
//!
//! Some servers answer "not modified" for ever: their validators come from a cache, a deploy or
//! a time with too few digits. So now and then a feed is asked for without validators, and what
//! comes is compared with what was known.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Validators, http_date};

/// At most one check of a host in this time, and none before a host is known so long.
const PAUSE: Duration = Duration::from_hours(24);
/// First time without trust after a lie; doubles with each, up to eight times.
const DISTRUST: Duration = Duration::from_hours(7 * 24);

/// What a host's 304s are worth: a plain value for the host's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Trust {
    /// 304s since the last check.
    pub unchecked: u32,
    /// When the first 304 came.
    pub since: Option<Timestamp>,
    /// When the last check was.
    pub checked_at: Option<Timestamp>,
    /// How often the host was caught.
    pub lies: u32,
    /// Until when no 304 of the host is believed.
    pub distrusted_until: Option<Timestamp>,
}

/// How to ask a feed of this host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// With the validators.
    Conditionally,
    /// Without, to check on the 304s: tell [`Trust::checked`] what came of it.
    ToCheck,
    /// Without, because its 304s are not believed.
    Unconditionally,
}

impl Trust {
    /// How to ask now. `every` is the number of 304s after which one is checked; 0 = never (and
    /// to be 0 under `schedule.interval`).
    #[must_use]
    pub fn ask(&self, every: u32, now: Timestamp) -> Ask {
        let past = |at: Option<Timestamp>| {
            at.is_some_and(|at| now.duration_since(at).unsigned_abs() >= PAUSE)
        };
        if self.distrusted_until.is_some_and(|until| now < until) {
            return Ask::Unconditionally;
        }
        let rested = self.checked_at.is_none() || past(self.checked_at);
        if every > 0 && self.unchecked >= every && past(self.since) && rested {
            return Ask::ToCheck;
        }
        Ask::Conditionally
    }

    /// After a 304.
    #[must_use]
    pub fn not_modified(self, now: Timestamp) -> Self {
        let unchecked = self.unchecked.saturating_add(1);
        Self { unchecked, since: self.since.or(Some(now)), ..self }
    }

    /// After a check; `caught` is what [`lied`] says of it.
    #[must_use]
    pub fn checked(self, caught: bool, now: Timestamp) -> Self {
        let lies = self.lies + u32::from(caught);
        let distrust = DISTRUST.saturating_mul(1 << self.lies.min(3));
        let until = now.checked_add(distrust).ok();
        Self {
            unchecked: 0,
            checked_at: Some(now),
            lies,
            distrusted_until: if caught { until } else { None },
            ..self
        }
    }
}

/// Does an unconditional answer show that the last 304 was wrong? `changed`: are there entries
/// in it that are new or differ from what is known; `held`: the validators held until now;
/// `last_304`: when the last 304 came.
///
/// New entries prove nothing alone, they may be of the last minute. They do under the same
/// validators, or under a `Last-Modified` from before the last 304.
#[must_use]
pub fn lied(changed: bool, held: &Validators, got: &Validators, last_304: Timestamp) -> bool {
    let same = !held.is_empty() && held == got;
    let modified = got.last_modified.as_deref();
    let modified = modified.and_then(|text| http_date::parse(text, last_304));
    changed && (same || modified.is_some_and(|at| at < last_304))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(hours: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + hours * 3600).unwrap()
    }

    #[test]
    fn a_check_every_so_often_but_not_on_the_first_day_and_once_a_day() {
        let mut trust = Trust::default();
        for hour in 0..24 {
            assert_eq!(trust.ask(5, hours(hour)), Ask::Conditionally);
            trust = trust.not_modified(hours(hour));
        }
        assert_eq!(trust.ask(0, hours(24)), Ask::Conditionally);
        assert_eq!(trust.ask(25, hours(24)), Ask::Conditionally);
        assert_eq!(trust.ask(5, hours(24)), Ask::ToCheck);
        trust = trust.checked(false, hours(24));
        for hour in 24..48 {
            trust = trust.not_modified(hours(hour));
            assert_eq!(trust.ask(5, hours(hour)), Ask::Conditionally);
        }
        assert_eq!(trust.ask(5, hours(48)), Ask::ToCheck);
    }

    #[test]
    fn a_liar_is_not_believed_for_a_while() {
        let caught = Trust::default().checked(true, hours(0));
        assert_eq!(caught.ask(5, hours(24 * 7 - 1)), Ask::Unconditionally);
        assert_eq!(caught.ask(5, hours(24 * 7)), Ask::Conditionally);
        let again = caught.checked(true, hours(0));
        assert_eq!(again.ask(5, hours(24 * 14 - 1)), Ask::Unconditionally);
    }

    #[test]
    fn only_what_could_have_been_told_is_a_lie() {
        let tags = |etag: &str, modified: &str| Validators {
            etag: Some(etag.to_owned()),
            last_modified: (!modified.is_empty()).then(|| modified.to_owned()),
        };
        let held = tags("\"1\"", "");
        let last = "2026-11-22T12:00:00Z".parse().unwrap();
        assert!(lied(true, &held, &held, last));
        assert!(!lied(false, &held, &held, last));
        assert!(!lied(true, &held, &tags("\"2\"", ""), last));
        assert!(lied(true, &held, &tags("\"2\"", "Sun, 22 Nov 2026 11:00:00 GMT"), last));
        assert!(!lied(true, &held, &tags("\"2\"", "Sun, 22 Nov 2026 12:01:00 GMT"), last));
        assert!(!lied(true, &Validators::default(), &Validators::default(), last));
    }
}
