//! Named zones.

use jiff::civil::{Date, Weekday, date};
use jiff::tz::Offset;

/// A zone that a date names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    /// A fixed offset, in minutes east.
    Fixed(i32),
    /// A North American zone without its season (`PT`): the standard offset in minutes.
    American(i32),
}

impl Zone {
    /// The offset on `day`.
    pub(super) fn offset(self, day: Date) -> Option<Offset> {
        let minutes = match self {
            Self::American(minutes) if is_american_summer(day) => minutes + 60,
            Self::Fixed(minutes) | Self::American(minutes) => minutes,
        };
        Offset::from_seconds(minutes * 60).ok()
    }
}

/// RFC 822 (5), RFC 2822 (4.3), and the abbreviations of the IANA tz database that are in
/// use in feeds. Where several zones share one, the one of more news is taken.
const ZONES: &[(&str, i32)] = &[
    ("z", 0),
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("wet", 0),
    ("uct", 0),
    ("zulu", 0),
    ("west", 60),
    ("bst", 60),
    ("cet", 60),
    ("met", 60),
    ("mez", 60),
    ("wat", 60),
    ("cest", 120),
    ("mest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("sast", 120),
    ("cat", 120),
    ("eest", 180),
    ("msk", 180),
    ("eat", 180),
    ("trt", 180),
    ("idt", 180),
    ("msd", 240),
    ("gst", 240),
    ("irst", 210),
    ("pkt", 300),
    ("ist", 330),
    ("npt", 345),
    ("ict", 420),
    ("wib", 420),
    ("hkt", 480),
    ("sgt", 480),
    ("pht", 480),
    ("awst", 480),
    ("wita", 480),
    ("myt", 480),
    ("jst", 540),
    ("kst", 540),
    ("wit", 540),
    ("acst", 570),
    ("aest", 600),
    ("acdt", 630),
    ("aedt", 660),
    ("nzst", 720),
    ("nzdt", 780),
    ("nst", -210),
    ("ndt", -150),
    ("ast", -240),
    ("adt", -180),
    ("est", -300),
    ("edt", -240),
    ("cst", -360),
    ("cdt", -300),
    ("mst", -420),
    ("mdt", -360),
    ("pst", -480),
    ("pdt", -420),
    ("akst", -540),
    ("akdt", -480),
    ("hst", -600),
    ("brt", -180),
    ("art", -180),
    ("clt", -240),
    ("cot", -300),
    ("pet", -300),
    ("vet", -240),
    ("uyt", -180),
];

const AMERICAN: &[(&str, i32)] =
    &[("at", -240), ("et", -300), ("ct", -360), ("mt", -420), ("pt", -480)];

/// The zone called `name`, which is in lower case.
pub(super) fn by_name(name: &str) -> Option<Zone> {
    let find = |table: &[(&str, i32)]| table.iter().find(|(n, _)| *n == name).map(|(_, m)| *m);
    find(ZONES).map(Zone::Fixed).or_else(|| find(AMERICAN).map(Zone::American))
}

/// Is summer time kept in the United States on `day`? Since 2007 from the second Sunday of
/// March to the first of November, from 1987 from the first of April to the last of October;
/// the hour of the change is left aside.
fn is_american_summer(day: Date) -> bool {
    let year = day.year();
    let sunday = |month: i8, nth: i8| {
        date(year, month, 1).nth_weekday_of_month(nth, Weekday::Sunday).unwrap_or(day)
    };
    let (from, to) =
        if year >= 2007 { (sunday(3, 2), sunday(11, 1)) } else { (sunday(4, 1), sunday(10, -1)) };
    from <= day && day < to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_without_a_season_follow_the_day() {
        let pacific = by_name("pt").unwrap();
        let hours = |day| pacific.offset(day).unwrap().seconds() / 3600;
        assert_eq!(hours(date(2024, 1, 26)), -8);
        assert_eq!(hours(date(2024, 3, 10)), -7);
        assert_eq!(hours(date(2024, 11, 3)), -8);
        assert_eq!(hours(date(2004, 3, 20)), -8);
    }
}
