//! When a host may be asked next: pure decisions of the time and what happened before.

use std::time::Duration;

use jiff::Timestamp;
use record::ReasonKind;

/// First pause after 429 without `Retry-After`; doubles up to an hour.
const REFUSED: Duration = Duration::from_mins(1);
/// Network failures in a row that say the host is down, not the page.
const DOWN_AFTER: u32 = 3;
/// First pause of a host that is down; doubles up to ten minutes.
const DOWN: Duration = Duration::from_secs(10);
/// A longer `Crawl-delay` is taken as this: a day between two pages would be a ban.
const MAX_CRAWL_DELAY: Duration = Duration::from_mins(5);

/// Added to a `Crawl-delay`: the time on the way differs from request to request, and it is at
/// the host that the delay is measured.
const ON_THE_WAY: Duration = Duration::from_millis(50);

/// The limits that the operator set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) per_host: usize,
    pub(crate) delay: Duration,
    pub(crate) max_hold: Duration,
}

/// What one host allows now. Times are of a clock that never jumps.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pace {
    /// Start of the last request.
    last: Option<Timestamp>,
    /// No request before this.
    hold: Option<Timestamp>,
    in_flight: usize,
    crawl_delay: Option<Duration>,
    refusals: u32,
    network_failures: u32,
    answered: Option<Timestamp>,
}

/// May a request start?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Now.
    Now,
    /// Not before this time.
    At(Timestamp),
    /// When one of those in flight is done.
    Full,
}

/// How a request ended, as far as the host's pace goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The host answered, with this status and the pause that it asked for.
    Answered(u16, Option<Duration>),
    /// It did not.
    Failed(ReasonKind),
}

impl Pace {
    /// May a request start at `now`?
    pub(crate) fn turn(&self, now: Timestamp, limits: Limits) -> Turn {
        let wait = self.hold.max(self.next(limits)).filter(|at| *at > now);
        let most = if self.crawl_delay.is_some() { 1 } else { limits.per_host.max(1) };
        match wait {
            Some(at) => Turn::At(at),
            None if self.in_flight >= most => Turn::Full,
            None => Turn::Now,
        }
    }

    /// A request starts at `now`.
    pub(crate) fn start(&mut self, now: Timestamp) {
        self.in_flight += 1;
        self.last = Some(now);
    }

    /// A request that started is over.
    pub(crate) fn leave(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// Learns from how a request ended.
    pub(crate) fn learn(&mut self, ending: Ending, now: Timestamp, limits: Limits) {
        let pause = match ending {
            Ending::Answered(status @ (429 | 503), Some(wait)) => {
                self.refusals += u32::from(status == 429);
                Some(wait)
            }
            Ending::Answered(429, None) => {
                self.refusals += 1;
                Some(doubled(REFUSED, self.refusals - 1).min(Duration::from_hours(1)))
            }
            Ending::Answered(..) => {
                self.refusals = 0;
                None
            }
            Ending::Failed(ReasonKind::Dns | ReasonKind::Connect | ReasonKind::Timeout) => {
                self.network_failures += 1;
                let over = self.network_failures.checked_sub(DOWN_AFTER);
                over.map(|over| doubled(DOWN, over).min(Duration::from_mins(10)))
            }
            Ending::Failed(_) => None,
        };
        if matches!(ending, Ending::Answered(..)) {
            self.network_failures = 0;
            self.answered = Some(now);
        }
        if let Some(pause) = pause {
            self.hold_until(now.checked_add(pause.min(limits.max_hold)).ok());
        }
    }

    /// Holds the host at least until then.
    pub(crate) fn hold_until(&mut self, until: Option<Timestamp>) {
        self.hold = self.hold.max(until);
    }

    /// The time before which nothing may be asked, if it is still to come.
    pub(crate) fn held(&self, now: Timestamp) -> Option<Timestamp> {
        self.hold.filter(|until| *until > now)
    }

    /// Takes over what robots.txt says; `None` for no `Crawl-delay`.
    pub(crate) fn set_crawl_delay(&mut self, delay: Option<Duration>) {
        self.crawl_delay = delay.filter(|delay| !delay.is_zero());
    }

    /// Time between the starts of two requests.
    pub(crate) fn delay(&self, limits: Limits) -> Duration {
        let asked = self.crawl_delay.map(|delay| delay.min(MAX_CRAWL_DELAY) + ON_THE_WAY);
        limits.delay.max(asked.unwrap_or_default())
    }

    /// Earliest start of the next request. A `Crawl-delay` counts from the request for
    /// robots.txt that told it.
    fn next(&self, limits: Limits) -> Option<Timestamp> {
        self.last?.checked_add(self.delay(limits)).ok()
    }

    /// Did the host answer within this time, so that a connection to it may have been kept?
    pub(crate) fn answered_within(&self, time: Duration, now: Timestamp) -> bool {
        self.answered.is_some_and(|at| now.duration_since(at).unsigned_abs() <= time)
    }

    /// Is there nothing to remember?
    pub(crate) fn is_idle(&self, now: Timestamp, limits: Limits) -> bool {
        self.in_flight == 0 && self.hold.max(self.next(limits)).is_none_or(|at| at <= now)
    }
}

fn doubled(first: Duration, times: u32) -> Duration {
    first.saturating_mul(1 << times.min(16))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMITS: Limits = Limits {
        per_host: 2,
        delay: Duration::from_millis(300),
        max_hold: Duration::from_hours(24),
    };

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + millis).unwrap()
    }

    #[test]
    fn two_at_once_and_no_faster_than_the_delay() {
        let mut pace = Pace::default();
        assert_eq!(pace.turn(at(0), LIMITS), Turn::Now);
        pace.start(at(0));
        assert_eq!(pace.turn(at(1), LIMITS), Turn::At(at(300)));
        assert_eq!(pace.turn(at(300), LIMITS), Turn::Now);
        pace.start(at(300));
        assert_eq!(pace.turn(at(700), LIMITS), Turn::Full);
        pace.leave();
        assert_eq!(pace.turn(at(700), LIMITS), Turn::Now);
    }

    #[test]
    fn retry_after_holds_the_host() {
        for status in [429, 503] {
            let mut pace = Pace::default();
            pace.learn(Ending::Answered(status, Some(Duration::from_secs(10))), at(0), LIMITS);
            assert_eq!(pace.turn(at(9_999), LIMITS), Turn::At(at(10_000)));
            assert_eq!(pace.turn(at(10_000), LIMITS), Turn::Now);
        }
    }

    #[test]
    fn an_absurd_hold_is_capped_and_a_shorter_one_does_not_lift_a_longer() {
        let mut pace = Pace::default();
        pace.learn(
            Ending::Answered(429, Some(Duration::from_secs(u64::from(u32::MAX)))),
            at(0),
            LIMITS,
        );
        assert_eq!(pace.held(at(1)), Some(at(86_400_000)));
        pace.learn(Ending::Answered(503, Some(Duration::from_secs(1))), at(0), LIMITS);
        assert_eq!(pace.held(at(1)), Some(at(86_400_000)));
    }

    #[test]
    fn refusals_without_a_time_double() {
        let mut pace = Pace::default();
        pace.learn(Ending::Answered(429, None), at(0), LIMITS);
        assert_eq!(pace.held(at(0)), Some(at(60_000)));
        pace.learn(Ending::Answered(429, None), at(60_000), LIMITS);
        assert_eq!(pace.held(at(60_000)), Some(at(180_000)));
        pace.learn(Ending::Answered(503, None), at(180_000), LIMITS);
        assert_eq!(pace.held(at(180_000)), None);
    }

    #[test]
    fn a_host_that_is_down_is_left_alone_for_a_while() {
        let mut pace = Pace::default();
        for _ in 0..2 {
            pace.learn(Ending::Failed(ReasonKind::Timeout), at(0), LIMITS);
        }
        assert_eq!(pace.held(at(0)), None);
        pace.learn(Ending::Failed(ReasonKind::Connect), at(0), LIMITS);
        assert_eq!(pace.held(at(0)), Some(at(10_000)));
        pace.learn(Ending::Answered(500, None), at(10_000), LIMITS);
        pace.learn(Ending::Failed(ReasonKind::Connect), at(10_000), LIMITS);
        assert_eq!(pace.held(at(10_000)), None);
    }

    #[test]
    fn a_crawl_delay_means_one_at_a_time() {
        let mut pace = Pace::default();
        pace.set_crawl_delay(Some(Duration::from_secs(2)));
        pace.start(at(0));
        assert_eq!(pace.turn(at(1_000), LIMITS), Turn::At(at(2_050)));
        assert_eq!(pace.turn(at(2_050), LIMITS), Turn::Full);
        pace.set_crawl_delay(Some(Duration::from_hours(10)));
        assert_eq!(pace.delay(LIMITS), MAX_CRAWL_DELAY + ON_THE_WAY);
    }

    proptest! {
        /// Whatever happens in between, no second sees more than four starts.
        #[test]
        fn never_more_than_four_a_second(steps in prop::collection::vec(0..400i64, 1..100)) {
            let mut pace = Pace::default();
            let (mut now, mut starts) = (0, Vec::new());
            for step in steps {
                now += step;
                if pace.turn(at(now), LIMITS) == Turn::Now {
                    pace.start(at(now));
                    starts.push(now);
                } else if step % 3 == 0 {
                    pace.leave();
                }
            }
            for window in starts.windows(5) {
                prop_assert!(window[4] - window[0] >= 1000);
            }
        }
    }
}
