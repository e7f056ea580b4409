//! Dates in HTTP headers (RFC 9110 5.6.7).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Reads the three forms that a recipient must accept: IMF-fixdate, RFC 850, asctime.
///
/// A two-digit year more than 50 years ahead of `now` is of the past century, as the RFC asks.
pub(crate) fn parse(text: &str, now: Timestamp) -> Option<Timestamp> {
    let text = text.trim();
    if text.len() > 40 {
        return None;
    }
    let words: Vec<&str> = text.split([' ', ',', '-']).filter(|word| !word.is_empty()).collect();
    // Sun, 06 Nov 1994 08:49:37 GMT; Sunday, 06-Nov-94 08:49:37 GMT
    // Sun Nov  6 08:49:37 1994
    let ([_, day, month, year, time, "GMT" | "UTC" | "Z"] | [_, month, day, time, year]) =
        *words.as_slice()
    else {
        return None;
    };
    let mut clock = time.split(':').map(str::parse::<i8>);
    let (hour, minute, second) = (clock.next()?.ok()?, clock.next()?.ok()?, clock.next()?.ok()?);
    let year = full_year(year, now)?;
    // A leap second is the one before it.
    let time = DateTime::new(
        year,
        month_number(month)?,
        day.parse().ok()?,
        hour,
        minute,
        second.min(59),
        0,
    )
    .ok()?;
    TimeZone::UTC.to_timestamp(time).ok()
}

fn full_year(text: &str, now: Timestamp) -> Option<i16> {
    let year: i16 = text.parse().ok()?;
    if text.len() != 2 {
        return (text.len() == 4).then_some(year);
    }
    let this = now.to_zoned(TimeZone::UTC).year();
    let near = this - this.rem_euclid(100) + year;
    Some(if near > this + 50 { near - 100 } else { near })
}

fn month_number(name: &str) -> Option<i8> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let at = MONTHS.iter().position(|month| name.eq_ignore_ascii_case(month))?;
    i8::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_forms_of_the_standard() {
        let now: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
        let expected = "1994-11-06T08:49:37Z".parse().unwrap();
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(parse(text, now), Some(expected), "{text}");
        }
        assert!(parse("Sunday, 06-Nov-30 08:49:37 GMT", now) > Some(now));
        for bad in ["", "0", "-1", "soon", "Sun, 31 Feb 2024 00:00:00 GMT", "Sun, 06 Nov 1994"] {
            assert_eq!(parse(bad, now), None, "{bad}");
        }
    }
}
