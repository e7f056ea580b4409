//! Dates as people write them.
//!
//! One reader for feeds and pages: what a text *says* is kept ([`Stated`]), what it means in
//! a zone is decided later, by who knows the zone.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::{Offset, TimeZone};

use crate::{DateZone, Published, Zones};

/// What a date's text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stated {
    /// A time with its offset.
    Instant {
        /// The instant.
        instant: Timestamp,
        /// The offset as it was written.
        offset: Offset,
    },
    /// A time without an offset.
    Local(DateTime),
    /// A day without a time.
    Day(Date),
}

impl Stated {
    /// The instant; a time without an offset is taken as UTC, a day as its first moment.
    #[must_use]
    pub fn instant_utc(self) -> Option<Timestamp> {
        let local = match self {
            Self::Instant { instant, .. } => return Some(instant),
            Self::Local(time) => time,
            Self::Day(day) => day.to_datetime(jiff::civil::Time::midnight()),
        };
        TimeZone::UTC.to_timestamp(local).ok()
    }

    /// The publication time that this means, with the zone of a time without an offset taken
    /// from `zones`, and where the zone came from. A plain day needs no zone.
    #[must_use]
    pub fn published(self, zones: &Zones) -> (Published, Option<DateZone>) {
        match self {
            Self::Instant { instant, offset } => {
                (Published::At { instant, offset }, Some(DateZone::Given))
            }
            Self::Local(time) => {
                let (zone, from) = zones.pick();
                match zone.to_timestamp(time) {
                    Ok(instant) => {
                        (Published::At { instant, offset: zone.to_offset(instant) }, Some(from))
                    }
                    Err(_) => (Published::Day(time.date()), None),
                }
            }
            Self::Day(day) => (Published::Day(day), None),
        }
    }
}

/// Reads one date, alone in its text: RFC 3339, RFC 2822, ISO 8601 and plain days.
#[must_use]
pub fn parse(text: &str) -> Option<Stated> {
    static PARSER: DateTimeParser = DateTimeParser::new();
    let text = text.trim();
    if let Ok(pieces) = jiff::fmt::temporal::Pieces::parse(text) {
        let day = pieces.date();
        return Some(match (pieces.time(), pieces.to_numeric_offset()) {
            (None, _) => Stated::Day(day),
            (Some(time), None) => Stated::Local(day.to_datetime(time)),
            (Some(time), Some(offset)) => {
                let instant = offset.to_timestamp(day.to_datetime(time)).ok()?;
                Stated::Instant { instant, offset }
            }
        });
    }
    if let Ok(zoned) =
        jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_zoned(text)
    {
        return Some(Stated::Instant { instant: zoned.timestamp(), offset: zoned.offset() });
    }
    PARSER.parse_date(text).ok().map(Stated::Day)
}

/// Is `line` exactly a `YYYYMMDD` day of the calendar, as the record format writes it?
#[must_use]
pub fn parse_compact(line: &str) -> Option<Date> {
    if line.len() != 8 || !line.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: u32 = line.parse().ok()?;
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    if year == 0 {
        return None;
    }
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// A day as the record format writes it: `YYYYMMDD`.
#[must_use]
pub fn compact(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compact_day_must_be_a_real_one() {
        assert_eq!(parse_compact("20240229").map(compact), Some("20240229".into()));
        for bad in ["20230229", "2024022", "202402291", "2024-2-2", "00000101", "２０２４０２２９"]
        {
            assert_eq!(parse_compact(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_forms_of_the_standards_are_read() {
        assert!(matches!(parse("2024-05-02T10:00:00+12:00"), Some(Stated::Instant { .. })));
        assert!(matches!(parse("Thu, 02 May 2024 10:00:00 GMT"), Some(Stated::Instant { .. })));
        assert!(matches!(parse("2024-05-02 10:00"), Some(Stated::Local(_))));
        assert!(matches!(parse("2024-05-02"), Some(Stated::Day(_))));
        assert_eq!(parse("soon"), None);
    }
}
