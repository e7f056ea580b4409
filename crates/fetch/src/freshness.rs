//! How long an answer says that it stays good (RFC 9111 4.2).

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::http_date;

/// What the headers of an answer say about asking again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Freshness {
    /// How long from now it stays fresh: `max-age` minus `Age`, else `Expires` minus `Date`;
    /// `None` where the origin says nothing or that it is not to be kept.
    pub fresh_for: Option<Duration>,
}

/// The headers that freshness hangs on.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct CacheHeaders<'a> {
    pub(crate) cache_control: Option<&'a str>,
    pub(crate) age: Option<&'a str>,
    pub(crate) expires: Option<&'a str>,
    pub(crate) date: Option<&'a str>,
}

/// The freshness that `headers` give an answer received at `now`.
///
/// `max-age` goes before `Expires` (RFC 9111 5.3). `no-cache` and `no-store` say that asking
/// again at any time is right; so does a date that cannot be read.
pub(crate) fn freshness(headers: CacheHeaders<'_>, now: Timestamp) -> Freshness {
    let control = headers.cache_control.unwrap_or_default();
    let mut directives =
        control.split(',').map(|d| d.trim().split_once('=').unwrap_or((d.trim(), "")));
    let refuses =
        |name: &str| name.eq_ignore_ascii_case("no-cache") || name.eq_ignore_ascii_case("no-store");
    if directives.clone().any(|(name, _)| refuses(name)) {
        return Freshness { fresh_for: None };
    }
    let max_age = directives.find(|(name, _)| name.eq_ignore_ascii_case("max-age"));
    let fresh_for = match max_age {
        Some((_, value)) => delta_seconds(value).map(|max_age| {
            let age = headers.age.and_then(delta_seconds).unwrap_or_default();
            max_age.saturating_sub(age)
        }),
        None => headers.expires.and_then(|text| until_expiry(text, headers.date, now)),
    };
    Freshness { fresh_for: fresh_for.filter(|time| !time.is_zero()) }
}

/// From `Date` to `Expires`: both by the origin's clock, which may be wrong.
fn until_expiry(expires: &str, date: Option<&str>, now: Timestamp) -> Option<Duration> {
    let expires = http_date::parse(expires, now)?;
    let date = date.and_then(|text| http_date::parse(text, now)).unwrap_or(now);
    Duration::try_from(expires.duration_since(date)).ok()
}

/// Seconds as a header writes them (RFC 9111 1.2.2): digits, perhaps quoted; what is too large
/// for the type is "for ever" and capped by the schedule.
pub(crate) fn delta_seconds(text: &str) -> Option<Duration> {
    let digits = text.trim().trim_matches('"');
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(Duration::from_secs(digits.parse().unwrap_or(u64::from(u32::MAX)).min(u32::MAX.into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fresh(control: &str, age: &str, expires: &str, date: &str) -> Option<u64> {
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        let some = |text: &'static str| (!text.is_empty()).then_some(text);
        let leak = |text: &str| some(Box::leak(text.to_owned().into_boxed_str()));
        let headers = CacheHeaders {
            cache_control: leak(control),
            age: leak(age),
            expires: leak(expires),
            date: leak(date),
        };
        freshness(headers, now).fresh_for.map(|time| time.as_secs())
    }

    #[test]
    fn max_age_minus_age() {
        assert_eq!(fresh("max-age=12", "", "", ""), Some(12));
        assert_eq!(fresh("public, Max-Age=\"300\", must-revalidate", "100", "", ""), Some(200));
        assert_eq!(fresh("max-age=100", "200", "", ""), None);
        assert_eq!(fresh("s-maxage=100", "", "", ""), None);
        assert_eq!(fresh("max-age=99999999999999999999", "", "", ""), Some(u32::MAX.into()));
        assert_eq!(fresh("max-age=-1", "", "Sun, 22 Nov 2026 13:00:00 GMT", ""), None);
    }

    #[test]
    fn expires_by_the_clock_of_the_origin() {
        let (expires, date) = ("Thu, 01 Jan 2015 01:00:00 GMT", "Thu, 01 Jan 2015 00:00:00 GMT");
        assert_eq!(fresh("", "", expires, date), Some(3600));
        assert_eq!(fresh("", "", "Sun, 22 Nov 2026 12:01:00 GMT", ""), Some(60));
        assert_eq!(fresh("max-age=5", "", expires, date), Some(5));
        assert_eq!(fresh("", "", "0", date), None);
        assert_eq!(fresh("", "", expires, "Thu, 01 Jan 2015 02:00:00 GMT"), None);
    }

    #[test]
    fn no_cache_asks_for_no_patience() {
        assert_eq!(fresh("no-cache, max-age=100", "", "", ""), None);
        assert_eq!(fresh("no-store", "", "Sun, 22 Nov 2030 13:00:00 GMT", ""), None);
    }
}
