//! The only place that reads the clock.

use jiff::Timestamp;

/// Now, to the millisecond: what the database keeps.
#[expect(clippy::disallowed_methods, reason = "the one place; everybody else takes `now`")]
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}
