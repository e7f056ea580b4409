//! Dates that are digits and little else.

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};

use super::Stated;
use super::read::{calendar_day, day_of_year, full_year};

/// Reads `text` where it is nothing but digits, perhaps with a sign or a fraction: epochs and
/// the short forms of ISO 8601:1988, which feeds of old use.
pub(super) fn read(text: &str) -> Option<Stated> {
    if text.len() > 24 {
        return None;
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let unsigned = whole.strip_prefix('-');
    let digits = unsigned.unwrap_or(whole);
    let is_digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    if unsigned.is_some() {
        return year_and_month(&digits.replace('-', ""));
    }
    if !is_digits(digits) || !is_digits(fraction) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    match digits.len() {
        4 => calendar_day(number, 1, 1).filter(|day| is_recent(*day)).map(Stated::Day),
        5 => day_of_year(full_year(number / 1000), number % 1000).map(Stated::Day),
        6 => {
            let day = calendar_day(full_year(number / 10_000), number / 100 % 100, number % 100);
            day.map(Stated::Day)
        }
        7 => {
            day_of_year(number / 1000, number % 1000).filter(|day| is_recent(*day)).map(Stated::Day)
        }
        8 => day(number).map(Stated::Day),
        10 | 13 | 16 => epoch(number, digits.len()),
        12 => local(number / 10_000, number % 10_000 * 100),
        14 => local(number / 1_000_000, number % 1_000_000),
        _ => None,
    }
}

/// `-03-12` and `-0312`: a year of the century and a month.
fn year_and_month(digits: &str) -> Option<Stated> {
    let number: u64 = digits.parse().ok()?;
    let day = calendar_day(full_year(number / 100), number % 100, 1);
    day.filter(|_| digits.len() == 4).map(Stated::Day)
}

fn is_recent(day: Date) -> bool {
    (1970..=2100).contains(&day.year())
}

fn day(number: u64) -> Option<Date> {
    calendar_day(number / 10_000, number / 100 % 100, number % 100).filter(|day| is_recent(*day))
}

fn local(day_digits: u64, time_digits: u64) -> Option<Stated> {
    let part = |divisor: u64| i8::try_from(time_digits / divisor % 100).ok();
    let time = Time::new(part(10_000)?, part(100)?, part(1)?, 0).ok()?;
    Some(Stated::Local(day(day_digits)?.to_datetime(time)))
}

/// Seconds, milliseconds or microseconds since 1970.
fn epoch(number: u64, digits: usize) -> Option<Stated> {
    let micros = match digits {
        10 => number.checked_mul(1_000_000)?,
        13 => number.checked_mul(1000)?,
        _ => number,
    };
    let since = SignedDuration::from_micros(i64::try_from(micros).ok()?);
    let instant = Timestamp::from_duration(since).ok()?;
    Some(Stated::Instant { instant, offset: jiff::tz::Offset::UTC })
}
