//! Dates as people write them.
//!
//! One reader for feeds and pages: what a text *says* is kept ([`Stated`]), what it means in
//! a zone is decided later, by who knows the zone.

use std::ops::Range;

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use crate::{DateZone, Published, Zones};

mod bare;
mod names;
mod read;
mod token;
mod zone;

pub use names::{is_day_name, month_of_name};
use read::Mode;

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

/// Which of two small numbers before a year is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DayOrder {
    /// Nothing is known: the day, but for slashes with AM or PM, which are American.
    #[default]
    Unknown,
    /// The day, as nearly everywhere.
    DayFirst,
    /// The month, as in the United States.
    MonthFirst,
}

/// A date in a line, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it says.
    pub stated: Stated,
    /// Its bytes in the line.
    pub range: Range<usize>,
}

/// Reads one date, alone in its text, as feeds and metadata write them: RFC 3339, RFC 2822,
/// ISO 8601, asctime, epochs, and forms in words of 48 languages. Linear; texts of more than
/// 4 KiB are read from their start only.
///
/// ```
/// use record::date::{Stated, parse};
///
/// assert!(matches!(parse("Thu, 02 May 2024 10:00:00 GMT"), Some(Stated::Instant { .. })));
/// assert!(matches!(parse("04 février 2024"), Some(Stated::Day(_))));
/// assert_eq!(parse("soon"), None);
/// ```
#[must_use]
pub fn parse(text: &str) -> Option<Stated> {
    parse_with(text, DayOrder::Unknown)
}

/// As [`parse`], with what is known about the order of day and month.
#[must_use]
pub fn parse_with(text: &str, order: DayOrder) -> Option<Stated> {
    if let Some(bare) = bare::read(text.trim()) {
        return Some(bare);
    }
    let tokens = token::tokens(text);
    (0..tokens.len().min(MOST_STARTS))
        .find_map(|at| read::date_at(&tokens, at, Mode::Field, order))
        .map(|(stated, _)| stated)
}

/// As [`parse`], but what cannot be true of something published is refused: before 1990, or
/// more than two days after `now` (without `now`: after 2100).
///
/// ```
/// let now = Some("2024-05-02T10:00:00Z".parse().unwrap());
/// assert!(record::date::parse_at("Thu, 02 May 2024 18:00:00 GMT", now).is_some());
/// assert_eq!(record::date::parse_at("Thu, 01 Jan 1970 00:00:00 GMT", now), None);
/// assert_eq!(record::date::parse_at("2042-01-01", now), None);
/// ```
#[must_use]
pub fn parse_at(text: &str, now: Option<Timestamp>) -> Option<Stated> {
    parse(text).filter(|stated| is_plausible(*stated, now))
}

/// Can something have been published then? See [`parse_at`].
#[must_use]
pub fn is_plausible(stated: Stated, now: Option<Timestamp>) -> bool {
    let Some(instant) = stated.instant_utc() else { return false };
    let latest = match now {
        Some(now) => now.saturating_add(SignedDuration::from_hours(48)).unwrap_or(now),
        None => LATEST,
    };
    (EARLIEST..=latest).contains(&instant)
}

/// The first full date in a line of text, with its time and zone where they stand beside it:
/// day, month and year must all be there, and the year in four digits. Linear in the line.
///
/// ```
/// use record::date::{DayOrder, find};
///
/// let line = "Publié le 4 février 2024 à 10h30 par la rédaction";
/// let found = find(line, DayOrder::Unknown).unwrap();
/// assert_eq!(&line[found.range], "4 février 2024 à 10h30");
/// assert_eq!(find("Chapter 3 of 12", DayOrder::Unknown), None);
/// ```
#[must_use]
pub fn find(line: &str, order: DayOrder) -> Option<Found> {
    let tokens = token::tokens(line);
    (0..tokens.len()).find_map(|at| {
        let (stated, next) = read::date_at(&tokens, at, Mode::Line, order)?;
        let start = tokens.get(at)?.start;
        let end = tokens.get(next.checked_sub(1)?)?.end;
        Some(Found { stated, range: start..end })
    })
}

/// 1990-01-01 and 2100-12-31 in UTC: nothing on the web is older, nothing is published later.
const EARLIEST: Timestamp = Timestamp::constant(631_152_000, 0);
const LATEST: Timestamp = Timestamp::constant(4_133_894_400, 0);

/// In a field the date starts within so many tokens.
const MOST_STARTS: usize = 12;

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
    use proptest::prelude::*;

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

    fn utc(text: &str) -> Option<String> {
        Some(parse(text)?.instant_utc()?.to_string())
    }

    #[test]
    fn dates_of_many_forms_are_read() {
        for (text, instant) in [
            ("Sun Jan  4 16:29:06 2004", "2004-01-04T16:29:06Z"),
            ("Thu Aug 30 17:26:16 +0000 2012", "2012-08-30T17:26:16Z"),
            ("Sun Jan  4 16:29:06 PST 2004", "2004-01-05T00:29:06Z"),
            ("2018-10-23 04:07:42 +02:00", "2018-10-23T02:07:42Z"),
            ("13 Feb, 2012", "2012-02-13T00:00:00Z"),
            ("2006/09/15", "2006-09-15T00:00:00Z"),
            ("Fri, 2006/09/15 08:19:53 EDT", "2006-09-15T12:19:53Z"),
            ("2003-12", "2003-12-01T00:00:00Z"),
            ("2003", "2003-01-01T00:00:00Z"),
            ("2003335", "2003-12-01T00:00:00Z"),
            ("2003-335", "2003-12-01T00:00:00Z"),
            ("-0312", "2003-12-01T00:00:00Z"),
            ("20031231T101455Z", "2003-12-31T10:14:55Z"),
            ("20240304123000", "2024-03-04T12:30:00Z"),
            ("01.03.2024 12:30:00", "2024-03-01T12:30:00Z"),
            ("3/4/2024 1:05:09 PM", "2024-03-04T13:05:09Z"),
            ("13/4/2024 13:05", "2024-04-13T13:05:00Z"),
            ("Mo, 04 Mär 2024 10:00:00 +0100", "2024-03-04T09:00:00Z"),
            ("04 février 2024", "2024-02-04T00:00:00Z"),
            ("1709554200", "2024-03-04T12:10:00Z"),
            ("1709554200123", "2024-03-04T12:10:00.123Z"),
            ("March 1, 2024, 12:30 PM", "2024-03-01T12:30:00Z"),
            ("March 1st, 2024 at 12:30 a.m.", "2024-03-01T00:30:00Z"),
            ("Seg, 24 Set 2018 10:11:12 -0300", "2018-09-24T13:11:12Z"),
            ("Κυρ, 11 Ιούλ 2004 12:00:00 EST", "2004-07-11T17:00:00Z"),
            ("2004-július-13T9:15-05:00", "2004-07-13T14:15:00Z"),
            ("2024年3月4日 下午1:05", "2024-03-04T13:05:00Z"),
            ("2004년 05월 28일  01:31:15", "2004-05-27T16:31:15Z"),
            ("Thu, 31 Dec 2015 24:00:00 GMT", "2016-01-01T00:00:00Z"),
            ("Wed, 19 Aug 2009 18:28:00 GMT-01:01", "2009-08-19T19:29:00Z"),
            ("Mon, 26 July 2004 16:31:00 ET", "2004-07-26T20:31:00Z"),
            ("Thu, 01 Jan 04 19:48:21 +0000 (UTC)", "2004-01-01T19:48:21Z"),
            ("Thu, 05 Nov 2020 09:05:00 z", "2020-11-05T09:05:00Z"),
            ("2024-05-02T10:00:60.5Z", "2024-05-02T10:00:59.5Z"),
            ("۲ مارس ۲۰۲۴", "2024-03-02T00:00:00Z"),
            ("4 มีนาคม 2567", "2024-03-04T00:00:00Z"),
        ] {
            assert_eq!(utc(text).as_deref(), Some(instant), "{text}");
        }
        for text in [
            "",
            "soon",
            "32 Jan 2024",
            "2024-02-30",
            "12",
            "1.2.3",
            "10:30",
            "v2.0.1",
            "99999999999999999999.1.22",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn dates_are_found_in_lines() {
        for (line, part, instant) in [
            ("2 Feb, 2022 19:27", "2 Feb, 2022 19:27", "2022-02-02T19:27:00Z"),
            ("By A. Author | March 5, 2024 | 3 comments", "March 5, 2024", "2024-03-05T00:00:00Z"),
            ("Stand: 04.02.2024, 10:30 Uhr", "04.02.2024, 10:30 Uhr", "2024-02-04T10:30:00Z"),
            (
                "Actualizado: 4 de febrero de 2024 a las 10:30",
                "4 de febrero de 2024 a las 10:30",
                "2024-02-04T10:30:00Z",
            ),
            ("19:27, 2 февраля 2022 г.", "19:27, 2 февраля 2022", "2022-02-02T19:27:00Z"),
            ("2024. február 4. 10:30", "2024. február 4. 10:30", "2024-02-04T10:30:00Z"),
            (
                "Posted on Monday, 4 March 2024 10:30 GMT+1 by x",
                "Monday, 4 March 2024 10:30 GMT+1",
                "2024-03-04T09:30:00Z",
            ),
            ("Thứ Hai, 4/3/2024, 10:30", "4/3/2024, 10:30", "2024-03-04T10:30:00Z"),
            ("Ngày 4 tháng 3 năm 2024", "4 tháng 3 năm 2024", "2024-03-04T00:00:00Z"),
            ("発売 2024年3月4日 10時30分", "2024年3月4日 10時30分", "2024-03-04T10:30:00Z"),
        ] {
            let found = find(line, DayOrder::Unknown).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(line.get(found.range), Some(part));
            assert_eq!(found.stated.instant_utc().unwrap().to_string(), instant, "{line}");
        }
        for line in ["The 2 of us in May", "10:30 - 12:00", "In 2024 there were 3", "5-4-3-2-1"] {
            assert_eq!(find(line, DayOrder::Unknown), None, "{line}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in "\\PC{0,60}|[0-9:/. +TZ-]{0,40}") {
            if let Some(found) = find(&text, DayOrder::Unknown) {
                prop_assert!(text.get(found.range).is_some());
            }
            prop_assert_eq!(parse(&text), parse(&text));
        }

        #[test]
        fn what_is_printed_is_read_back(seconds in 631_152_000i64..4_133_894_400) {
            let instant = Timestamp::from_second(seconds).unwrap();
            prop_assert_eq!(parse(&instant.to_string()).unwrap().instant_utc(), Some(instant));
            let mail = jiff::fmt::rfc2822::to_string(&instant.to_zoned(TimeZone::UTC)).unwrap();
            prop_assert_eq!(parse(&mail).unwrap().instant_utc(), Some(instant));
        }
    }
}
