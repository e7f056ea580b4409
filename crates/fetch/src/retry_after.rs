//! `Retry-After` in both its forms (RFC 9110 10.2.3).

use std::time::Duration;

use jiff::Timestamp;

use crate::freshness::delta_seconds;
use crate::http_date;

/// How long to wait from now. A date is measured against the answer's own `Date`, since the
/// origin's clock may be wrong; a date in the past, or none that can be read, is `None`.
pub(crate) fn parse(value: &str, date: Option<&str>, now: Timestamp) -> Option<Duration> {
    let wait = if let Some(wait) = delta_seconds(value) {
        wait
    } else {
        let until = http_date::parse(value, now)?;
        let from = date.and_then(|text| http_date::parse(text, now)).unwrap_or(now);
        Duration::try_from(until.duration_since(from)).ok()?
    };
    (!wait.is_zero()).then_some(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates() {
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        let seconds = |value, date| parse(value, date, now).map(|wait| wait.as_secs());
        assert_eq!(seconds("120", None), Some(120));
        assert_eq!(seconds(" 120 ", None), Some(120));
        assert_eq!(seconds("Sun, 22 Nov 2026 12:00:10 GMT", None), Some(10));
        let theirs = Some("Thu, 01 Jan 2015 00:00:00 GMT");
        assert_eq!(seconds("Thu, 01 Jan 2015 00:00:30 GMT", theirs), Some(30));
        for nothing in ["0", "-5", "1.5", "soon", "", "Sun, 22 Nov 2026 11:00:00 GMT"] {
            assert_eq!(seconds(nothing, None), None, "{nothing}");
        }
    }
}
