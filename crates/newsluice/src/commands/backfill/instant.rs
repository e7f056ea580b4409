//! `--since` and `--until`.

use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

use crate::config::Duration;

/// A time as typed: a day, a time with its zone, or a span back from now.
#[derive(Debug, Clone)]
pub(crate) struct When {
    /// As it was typed.
    pub(super) typed: String,
    meant: Meant,
}

#[derive(Debug, Clone, Copy)]
enum Meant {
    At(Timestamp),
    Ago(std::time::Duration),
}

impl When {
    /// The time that is meant.
    pub(crate) fn before(&self, now: Timestamp) -> Result<Timestamp, String> {
        match self.meant {
            Meant::At(at) => Ok(at),
            Meant::Ago(span) => SignedDuration::try_from(span)
                .ok()
                .and_then(|span| now.checked_sub(span).ok())
                .ok_or_else(|| format!("'{}' ago is before time began", self.typed)),
        }
    }
}

impl FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let meant = instant(text).map(Meant::At).or_else(|| {
            let is_span = text.ends_with(|c: char| c.is_ascii_alphabetic());
            let span = text.parse::<Duration>().ok().filter(|_| is_span);
            span.map(|span| Meant::Ago(span.0))
        });
        let meant = meant.ok_or_else(|| {
            format!(
                "'{text}' is no time: write a day (2024-05-02), a day in a zone \
                 (2024-05-02[Europe/Berlin]), a time with its zone (2024-05-02T08:00+02:00) or a \
                 span (30d, 12h)"
            )
        })?;
        Ok(Self { typed: text.to_owned(), meant })
    }
}

/// A day begins at midnight in the zone that it says, UTC where it says none.
fn instant(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    if let (true, Ok(at)) = (text.contains('T'), text.parse::<Zoned>()) {
        return Some(at.timestamp());
    }
    let (day, zone) = match text.strip_suffix(']').and_then(|text| text.split_once('[')) {
        Some((day, zone)) => (day, TimeZone::get(zone).ok()?),
        None => (text, TimeZone::UTC),
    };
    let day: Date = record::date::parse_compact(day).or_else(|| day.parse().ok())?;
    Some(day.to_zoned(zone).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_the_zone_that_they_say() {
        let now: Timestamp = "2024-05-02T12:00:00Z".parse().unwrap();
        let read = |text: &str| text.parse::<When>().unwrap().before(now).unwrap().to_string();
        assert_eq!(read("2024-05-01"), "2024-05-01T00:00:00Z");
        assert_eq!(read("20240501"), "2024-05-01T00:00:00Z");
        assert_eq!(read("2024-05-01[Europe/Berlin]"), "2024-04-30T22:00:00Z");
        assert_eq!(read("2024-05-01T08:00:00+02:00"), "2024-05-01T06:00:00Z");
        assert_eq!(read("30d"), "2024-04-02T12:00:00Z");
        assert_eq!(read("12h"), "2024-05-02T00:00:00Z");
        for nonsense in ["soon", "30", "2024-13-01", "2024-05-01[Mars/North]", ""] {
            assert!(nonsense.parse::<When>().is_err(), "{nonsense}");
        }
    }
}
