//! Years and days of other calendars.

use jiff::civil::Date;

/// The earliest year that a page's article may have.
const FIRST_YEAR: i64 = 1990;
/// The last; what is later than the capture is judged elsewhere.
const LAST_YEAR: i64 = 2100;

/// A day of the Gregorian calendar within the years of the web.
pub(crate) fn day(year: i64, month: u32, day: u32) -> Option<Date> {
    if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
        return None;
    }
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    Date::new(i16::try_from(year).ok()?, month, day).ok()
}

/// A day whose year may be of the Buddhist era (Thailand) or the solar Hijri calendar (Iran,
/// Afghanistan). `jalali` says of which calendar the month's name is, where it had a name.
pub(crate) fn day_of(year: i64, month: u32, number: u32, jalali: Option<bool>) -> Option<Date> {
    match (year, jalali) {
        (1360..=1450, Some(true) | None) => from_jalali(year, month, number),
        (_, Some(true)) => None,
        (2533..=2643, _) => day(year - 543, month, number),
        _ => day(year, month, number),
    }
}

/// The Gregorian year of a Japanese era's year.
pub(crate) fn era_year(word: &str, year: u32) -> Option<i64> {
    let start = if word.ends_with("令和") {
        2018
    } else if word.ends_with("平成") {
        1988
    } else {
        return None;
    };
    Some(start + i64::from(year))
}

/// The Gregorian day of a solar Hijri one, by the 33-year cycle, exact for the years
/// 1206 to 1498 (K. M. Borkowski, "The Persian calendar for 3000 years", 1996).
fn from_jalali(year: i64, month: u32, number: u32) -> Option<Date> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&number) || (month > 6 && number > 30) {
        return None;
    }
    let month = i64::from(month);
    let days_before = if month <= 7 { (month - 1) * 31 } else { (month - 1) * 30 + 6 };
    let cycle_year = year + 1595;
    let mut days = -355_668
        + 365 * cycle_year
        + cycle_year / 33 * 8
        + (cycle_year % 33 + 3) / 4
        + i64::from(number)
        + days_before;
    let mut gregorian = 400 * (days / 146_097);
    days %= 146_097;
    if days > 36_524 {
        days -= 1;
        gregorian += 100 * (days / 36_524);
        days %= 36_524;
        if days >= 365 {
            days += 1;
        }
    }
    gregorian += 4 * (days / 1461);
    days %= 1461;
    if days > 365 {
        gregorian += (days - 1) / 365;
        days = (days - 1) % 365;
    }
    let first = day(gregorian, 1, 1)?;
    first.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn other_calendars_are_converted() {
        assert_eq!(day_of(1403, 1, 1, Some(true)), Some(date(2024, 3, 20)));
        assert_eq!(day_of(1402, 12, 29, None), Some(date(2024, 3, 19)));
        assert_eq!(day_of(1403, 12, 30, None), Some(date(2025, 3, 20)));
        assert_eq!(day_of(1399, 7, 1, None), Some(date(2020, 9, 22)));
        assert_eq!(day_of(2567, 5, 2, Some(false)), Some(date(2024, 5, 2)));
        assert_eq!(day_of(1899, 5, 2, None), None);
        assert_eq!(era_year("令和", 6), Some(2024));
    }
}
