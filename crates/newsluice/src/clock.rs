//! The only place that reads the clock.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rustix::time::{ClockId, clock_gettime};

/// Milliseconds that tests put the clock forward.
static SHIFT: AtomicI64 = AtomicI64::new(0);

/// Now, to the millisecond: what the database keeps.
#[expect(clippy::disallowed_methods, reason = "the one place; everybody else takes `now`")]
pub(crate) fn now() -> Timestamp {
    let millis = Timestamp::now().as_millisecond() + SHIFT.load(Ordering::Relaxed);
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX)
}

/// Puts the clock of this process forward, or back: for tests of what a jump does.
pub(crate) fn shift(milliseconds: i64) {
    SHIFT.store(milliseconds, Ordering::Relaxed);
}

/// Tells jumps of the clock from time that passed, sleep of the machine included.
#[derive(Debug)]
pub(crate) struct Jumps {
    wall: Timestamp,
    boot: Duration,
}

/// What a clock may run ahead or behind without having jumped: time servers mend less at once.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(20);

impl Jumps {
    /// From now on.
    pub(crate) fn watch() -> Self {
        Self { wall: now(), boot: since_boot() }
    }

    /// By how much the clock jumped since the last look.
    pub(crate) fn look(&mut self) -> Option<SignedDuration> {
        let before = std::mem::replace(self, Self::watch());
        let passed = self.boot.saturating_sub(before.boot);
        jump(self.wall.duration_since(before.wall), passed)
    }
}

/// The part of `moved` that is not time that `passed`.
fn jump(moved: SignedDuration, passed: Duration) -> Option<SignedDuration> {
    let jumped = moved - SignedDuration::try_from(passed).ok()?;
    (jumped.abs() > TOLERANCE).then_some(jumped)
}

fn since_boot() -> Duration {
    let time = clock_gettime(ClockId::Boottime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_that_passes_is_no_jump() {
        let hour = Duration::from_hours(1);
        let moved = |seconds: i64| jump(SignedDuration::from_secs(seconds), hour);
        assert_eq!(moved(3_600), None);
        assert_eq!(moved(3_610), None);
        assert_eq!(moved(3_600 + 86_400), Some(SignedDuration::from_hours(24)));
        assert_eq!(moved(0), Some(SignedDuration::from_hours(-1)));
    }
}
