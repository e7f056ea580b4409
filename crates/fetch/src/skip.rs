//! `skipHours` and `skipDays` of RSS 2.0: when a feed asks not to be read.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The first time from `at` on that is in none of these hours (UTC, 0 to 23) and days (1 =
/// Monday to 7 = Sunday); `None` when there is none, so that a feed cannot forbid itself for ever.
pub(crate) fn next_allowed(hours: &[u8], days: &[u8], at: Timestamp) -> Option<Timestamp> {
    if hours.is_empty() && days.is_empty() {
        return Some(at);
    }
    let mut time = at;
    for _ in 0..=7 * 24 {
        let utc = time.to_zoned(TimeZone::UTC);
        let hour = u8::try_from(utc.hour()).unwrap_or_default();
        let day = u8::try_from(utc.weekday().to_monday_one_offset()).unwrap_or_default();
        if !hours.contains(&hour) && !days.contains(&day) {
            return Some(time);
        }
        let into_hour = time.as_second().rem_euclid(3600);
        let next = Timestamp::from_second(time.as_second() - into_hour).ok()?;
        time = next.checked_add(Duration::from_hours(1)).ok()?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(hours: &[u8], days: &[u8]) -> Option<String> {
        // A Sunday.
        let at = "2026-11-22T22:30:00Z".parse().unwrap();
        next_allowed(hours, days, at).map(|time| time.to_string())
    }

    #[test]
    fn the_next_hour_that_is_not_skipped() {
        assert_eq!(next(&[], &[]).unwrap(), "2026-11-22T22:30:00Z");
        assert_eq!(next(&[21], &[6]).unwrap(), "2026-11-22T22:30:00Z");
        assert_eq!(next(&[22], &[]).unwrap(), "2026-11-22T23:00:00Z");
        assert_eq!(next(&[22, 23, 0, 1], &[]).unwrap(), "2026-11-23T02:00:00Z");
        assert_eq!(next(&[0], &[7]).unwrap(), "2026-11-23T01:00:00Z");
        let all: Vec<u8> = (0..24).collect();
        assert_eq!(next(&all, &[]), None);
        assert_eq!(next(&[], &[1, 2, 3, 4, 5, 6, 7]), None);
    }
}
