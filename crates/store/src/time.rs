//! Times as the database keeps them: whole milliseconds.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The time as the database keeps it, cut to whole milliseconds.
///
/// Whoever decides by a time before it is stored must decide by this one, or the decision
/// could differ after a restart.
#[must_use]
pub fn stored_time(time: Timestamp) -> Timestamp {
    from_millis(millis(time))
}

pub(crate) fn millis(time: Timestamp) -> i64 {
    time.as_nanosecond().div_euclid(1_000_000) as i64
}

pub(crate) fn from_millis(millis: i64) -> Timestamp {
    let limit = if millis < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(millis).unwrap_or(limit)
}

/// The first moment of a day, counted in UTC.
pub(crate) fn day_millis(day: Date) -> i64 {
    let midnight = day.to_datetime(jiff::civil::Time::midnight());
    TimeZone::UTC.to_timestamp(midnight).map_or(i64::MIN, millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_cut_down_to_milliseconds_on_both_sides_of_1970() {
        let time = |nanos| Timestamp::from_nanosecond(nanos).unwrap();
        assert_eq!(stored_time(time(1_999_999)), time(1_000_000));
        assert_eq!(stored_time(time(-1)), time(-1_000_000));
        assert_eq!(millis(Timestamp::UNIX_EPOCH), 0);
        assert_eq!(day_millis(jiff::civil::date(1970, 1, 2)), 86_400_000);
    }
}
