//! How often a feed brings something new.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What was seen counts half after this: long enough to bridge a night, short enough to follow
/// a feed that wakes up.
const HALF_LIFE: Duration = Duration::from_hours(48);
/// A feed about which nothing is known is taken to bring an entry every two hours …
const PRIOR_GAP: Duration = Duration::from_hours(2);
/// … with the weight of this much observation.
const PRIOR_WEIGHT: f64 = 0.5;

/// A running estimate of new entries a second: entries and time seen, both fading.
///
/// For entries that come at random (a Poisson process) `entries / seconds` is the estimate of
/// greatest likelihood, and with the prior its mean under a gamma distribution; fading lets it
/// follow.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Rhythm {
    entries: f64,
    seconds: f64,
}

impl Rhythm {
    /// After a poll with so many new entries, so long since the one before; the first poll finds
    /// the whole window new and says nothing.
    #[must_use]
    pub(crate) fn after(self, new: usize, since: Option<Duration>) -> Self {
        let Some(since) = since else { return self };
        let seconds = since.as_secs_f64();
        let fade = 0.5_f64.powf(seconds / HALF_LIFE.as_secs_f64());
        let new = u32::try_from(new).unwrap_or(u32::MAX).min(1000);
        Self {
            entries: self.entries * fade + f64::from(new),
            seconds: self.seconds * fade + seconds,
        }
    }

    /// The time in which one new entry is expected, within these bounds. A window that holds
    /// several entries then never rolls over between two polls, but for sudden bursts.
    #[must_use]
    pub fn interval(&self, min: Duration, max: Duration) -> Duration {
        let entries = self.entries + PRIOR_WEIGHT;
        let seconds = self.seconds + PRIOR_WEIGHT * PRIOR_GAP.as_secs_f64();
        let gap = (seconds / entries).clamp(0.0, 1e9);
        Duration::from_secs_f64(gap).min(max).max(min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIN: Duration = Duration::from_mins(5);
    const MAX: Duration = Duration::from_hours(6);

    /// Polls a feed with an entry every `gap` for `polls` polls at its own interval.
    fn polled(gap: Duration, polls: usize) -> Duration {
        let (mut rhythm, mut owed) = (Rhythm::default(), 0.0);
        for _ in 0..polls {
            let wait = rhythm.interval(MIN, MAX);
            owed += wait.as_secs_f64() / gap.as_secs_f64();
            let new = owed as usize;
            owed -= new as f64;
            rhythm = rhythm.after(new, Some(wait));
        }
        rhythm.interval(MIN, MAX)
    }

    #[test]
    fn it_settles_on_the_gap_between_entries() {
        for minutes in [10, 30, 60, 240] {
            let gap = Duration::from_mins(minutes);
            let ratio = polled(gap, 100).as_secs_f64() / gap.as_secs_f64();
            assert!((0.7..1.3).contains(&ratio), "{minutes} min: {ratio}");
        }
        assert_eq!(polled(Duration::from_secs(10), 100), MIN);
        assert_eq!(polled(Duration::from_hours(100), 100), MAX);
    }

    #[test]
    fn a_new_feed_is_asked_after_two_hours_at_most() {
        assert_eq!(Rhythm::default().interval(MIN, MAX), PRIOR_GAP);
        assert_eq!(Rhythm::default().after(60, None), Rhythm::default());
    }
}
