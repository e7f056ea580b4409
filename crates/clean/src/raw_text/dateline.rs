//! The line that states when the article was published.

use jiff::civil::Date;
use record::{Line, date};

use super::title::Headline;
use crate::Hints;
use crate::lines::Scanned;

/// Finds the day among the lines around the headline.
pub(super) fn find(
    lines: &[Line],
    scanned: &[Scanned],
    headline: &Headline,
    _hints: &Hints<'_>,
) -> Option<(usize, Date)> {
    let near = headline.at.saturating_sub(12)..=headline.at + 12;
    let around = lines.iter().zip(scanned).enumerate();
    let mut stated = around
        .filter(|(at, (_, seen))| near.contains(at) && seen.shape.words <= 8)
        .filter_map(|(at, (line, _))| read(line).map(|day| (at, day)));
    stated.next()
}

fn read(line: &str) -> Option<Date> {
    if let Some(stated) = date::parse(line) {
        return match stated {
            date::Stated::Day(day) => Some(day),
            date::Stated::Local(time) => Some(time.date()),
            date::Stated::Instant { instant, offset } => Some(offset.to_datetime(instant).date()),
        };
    }
    let mut words = line.split([' ', ',']).filter(|w| !w.is_empty());
    let day: i8 = words.next()?.parse().ok()?;
    let month = words.next()?.get(..3)?.to_lowercase();
    let year: i16 = words.next()?.parse().ok()?;
    let months =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let month = i8::try_from(months.iter().position(|m| *m == month)? + 1).ok()?;
    Date::new(year, month, day).ok()
}
