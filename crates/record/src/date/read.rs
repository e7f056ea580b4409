//! Day, time and zone from tokens.
//!
//! Every step looks at a fixed number of tokens from where it stands, so that trying each
//! place of a line is linear in the line.

mod clock;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use jiff::{Span, Timestamp};

use super::names::Word;
use super::token::{Kind, Token};
use super::zone::Zone;
use super::{DayOrder, Stated};

/// How strictly a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// A field that holds a date and nothing else: short forms count.
    Field,
    /// A line that may hold a date: only full, unmistakable forms count.
    Line,
}

/// Most tokens without meaning between the parts of one date.
const MOST_FILLERS: usize = 4;

/// Reads the date that starts at token `at`, and says which token follows it.
pub(super) fn date_at(
    tokens: &[Token],
    at: usize,
    mode: Mode,
    order: DayOrder,
) -> Option<(Stated, usize)> {
    let reader = Reader { tokens, mode, order };
    let Some(Kind::Word(word)) = reader.kind(at) else {
        return reader.date_and_time(at);
    };
    match word {
        Word::MonthOrWeekday(_) => {
            let after = reader.past_weekday(at + 1);
            reader.date_and_time(after).or_else(|| reader.date_and_time(at))
        }
        Word::Weekday => reader.date_and_time(reader.past_weekday(at + 1)),
        Word::Filler | Word::NumberMark { .. } | Word::TimeIntro if mode == Mode::Line => None,
        _ => reader.date_and_time(at),
    }
}

#[derive(Clone, Copy)]
struct Reader<'a> {
    tokens: &'a [Token],
    mode: Mode,
    order: DayOrder,
}

#[derive(Clone, Copy)]
struct Clock {
    time: Time,
    /// Hour 24: midnight at the end of the day.
    next_day: bool,
    zone: Option<Zone>,
    korean: bool,
}

impl Reader<'_> {
    fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|t| t.kind)
    }

    fn number(&self, at: usize) -> Option<(u64, usize)> {
        match self.kind(at)? {
            Kind::Number { value, digits } => Some((value, digits)),
            _ => None,
        }
    }

    fn is_mark(&self, at: usize, marks: &str) -> bool {
        matches!(self.kind(at), Some(Kind::Mark(c)) if marks.contains(c))
    }

    fn month(&self, at: usize) -> Option<u64> {
        match self.kind(at)? {
            Kind::Word(Word::Month(month) | Word::MonthOrWeekday(month)) => month.try_into().ok(),
            _ => None,
        }
    }

    fn past_weekday(&self, at: usize) -> usize {
        self.past(at, |kind| match kind {
            Kind::Mark(c) => matches!(c, ',' | '.' | '،' | '-' | ')'),
            Kind::Word(w) => matches!(w, Word::Filler | Word::NumberMark { .. }),
            Kind::Number { .. } => false,
        })
    }

    /// The first token from `at` that `skip` does not take.
    fn past(&self, at: usize, skip: impl Fn(Kind) -> bool) -> usize {
        let skipped = self.tokens.iter().skip(at).take(MOST_FILLERS);
        at + skipped.take_while(|t| skip(t.kind)).count()
    }

    /// Past what parts day, month and year.
    fn past_separator(&self, at: usize) -> usize {
        self.past(at, |kind| match kind {
            Kind::Mark(c) => {
                matches!(c, ',' | '.' | '-' | '/' | '،' | '‐' | '‑' | '–' | '\'' | '’' | '־')
            }
            Kind::Word(w) => matches!(w, Word::Filler | Word::NumberMark { .. } | Word::Weekday),
            Kind::Number { .. } => false,
        })
    }

    /// Past what parts day, month and year where all are numbers.
    fn past_number_separator(&self, at: usize) -> usize {
        self.past(at, |kind| match kind {
            Kind::Mark(c) => matches!(c, '.' | '-' | '/' | '‐' | '‑'),
            Kind::Word(w) => matches!(w, Word::NumberMark { .. }),
            Kind::Number { .. } => false,
        })
    }

    /// Past what parts a day from its time.
    fn past_gap(&self, at: usize) -> usize {
        self.past(at, |kind| match kind {
            Kind::Mark(c) => {
                matches!(
                    c,
                    ',' | '.' | '-' | '–' | '—' | '|' | '·' | '•' | '@' | '(' | '/' | '،' | ':'
                )
            }
            Kind::Word(w) => {
                // `AT` is a zone as well.
                matches!(
                    w,
                    Word::Filler | Word::T | Word::TimeIntro | Word::Zone(Zone::American(_))
                ) || matches!(w, Word::NumberMark { .. } | Word::Weekday)
                    || (w == Word::Unknown && self.mode == Mode::Field)
            }
            Kind::Number { .. } => false,
        })
    }

    fn date_and_time(&self, at: usize) -> Option<(Stated, usize)> {
        if let Some(found) = self.asctime(at) {
            return Some(found);
        }
        if let Some((day, next, korean)) = self.day(at) {
            let Some((clock, end)) = self.clock(self.past_gap(next)) else {
                return Some((Stated::Day(day), next));
            };
            return Some((stated(day, Clock { korean: clock.korean || korean, ..clock })?, end));
        }
        // `19:27, 2 Feb 2022`
        let (clock, next) = self.clock(at)?;
        let from = self.past_weekday(self.past_gap(next));
        let from = match self.kind(from) {
            Some(Kind::Word(Word::Weekday)) => self.past_weekday(from + 1),
            _ => from,
        };
        let (day, end, korean) = self.day(from)?;
        Some((stated(day, Clock { korean: clock.korean || korean, ..clock })?, end))
    }

    /// `Jan 4 16:29:06 +0000 2004`, the form of C's asctime with its variants.
    fn asctime(&self, at: usize) -> Option<(Stated, usize)> {
        let month = self.month(at)?;
        let (day, digits) = self.number(at + 1)?;
        let (clock, next) =
            self.clock(self.past(at + 2, |k| matches!(k, Kind::Mark(',' | '.'))))?;
        let (year, year_digits) = self.number(next)?;
        if digits > 2 || year_digits != 4 {
            return None;
        }
        let day = calendar_day(year, month, day)?;
        Some((stated(day, clock)?, next + 1))
    }

    /// A day in any of its forms, the token after it, and whether Korean marks stood in it.
    fn day(&self, at: usize) -> Option<(Date, usize, bool)> {
        let (day, end) = self
            .day_with_name(at)
            .or_else(|| self.day_in_numbers(at))
            .or_else(|| self.day_in_one_number(at))?;
        let marks = self.tokens.get(at..=end.min(self.tokens.len().saturating_sub(1)));
        let korean = marks
            .unwrap_or_default()
            .iter()
            .any(|t| t.kind == Kind::Word(Word::NumberMark { korean: true }));
        let end = if self.is_number_mark(end) { end + 1 } else { end };
        Some((day, end, korean))
    }

    fn is_number_mark(&self, at: usize) -> bool {
        matches!(self.kind(at), Some(Kind::Word(Word::NumberMark { .. })))
    }

    fn day_with_name(&self, at: usize) -> Option<(Date, usize)> {
        if let Some(month) = self.month(at) {
            // `March 1st, 2024`, or a month alone in a field.
            let (day, digits) = self.number(self.past_separator(at + 1))?;
            let second = self.past_separator(at + 1) + 1;
            if digits == 4 {
                let first = self.may_be_partial(at).then(|| calendar_day(day, month, 1));
                return first.flatten().map(|d| (d, second));
            }
            let year_at = self.past_separator(second);
            let year = self.year(year_at)?;
            return Some((calendar_day(year, month, day)?, year_at + 1));
        }
        let (first, digits) = self.number(at)?;
        let month_at = self.past_separator(at + 1);
        let month = self.month(month_at)?;
        let last_at = self.past_separator(month_at + 1);
        if digits == 4 {
            // `2024. február 4.`
            let (day, day_digits) = self.number(last_at)?;
            let day = (day_digits <= 2).then(|| calendar_day(first, month, day))??;
            return Some((day, last_at + 1));
        }
        Some((calendar_day(self.year(last_at)?, month, first)?, last_at + 1))
    }

    /// A year in four digits, or in two with `'` or where a field cannot mean another thing.
    fn year(&self, at: usize) -> Option<u64> {
        match self.number(at)? {
            (year, 4) => Some(year),
            (year, 2) if !self.is_clock_start(at) => {
                let quoted = at.checked_sub(1).is_some_and(|before| self.is_mark(before, "'’"));
                (quoted || self.mode == Mode::Field).then(|| full_year(year))
            }
            _ => None,
        }
    }

    fn is_clock_start(&self, at: usize) -> bool {
        self.is_mark(at + 1, ":") || matches!(self.kind(at + 1), Some(Kind::Word(Word::HourMark)))
    }

    /// Three numbers with marks between: which is which is told by the digits, the marks and,
    /// where they do not tell, `order`.
    fn day_in_numbers(&self, at: usize) -> Option<(Date, usize)> {
        let (a, a_digits) = self.number(at)?;
        let b_at = self.past_number_separator(at + 1);
        let (b, b_digits) = self.number(b_at)?;
        let c_at = self.past_number_separator(b_at + 1);
        if b_at == at + 1 {
            return None;
        }
        let Some((c, c_digits)) = self.number(c_at).filter(|_| c_at > b_at + 1) else {
            if b_at > at + 2 || !self.is_mark(at + 1, "-/.") || !self.may_be_partial(at) {
                return None;
            }
            let day = Self::partial_day((a, a_digits), (b, b_digits))?;
            return Some((day, b_at + 1));
        };
        let day = if a_digits == 4 {
            calendar_day(a, b, c)?
        } else if c_digits == 4 {
            self.day_before_year(at, a, b, c)?
        } else if c_digits == 2 && self.mode == Mode::Field {
            self.short_day(at, a, b, c)?
        } else {
            return None;
        };
        Some((day, c_at + 1))
    }

    fn day_before_year(&self, at: usize, a: u64, b: u64, year: u64) -> Option<Date> {
        let month_first = match self.order {
            DayOrder::MonthFirst => true,
            DayOrder::DayFirst => false,
            // Slashes with AM and PM are American.
            DayOrder::Unknown => self.is_mark(at + 1, "/") && self.has_meridiem(at),
        };
        let (day, month) = if month_first { (b, a) } else { (a, b) };
        calendar_day(year, month, day).or_else(|| calendar_day(year, day, month))
    }

    fn has_meridiem(&self, at: usize) -> bool {
        self.tokens
            .iter()
            .skip(at)
            .take(16)
            .any(|token| matches!(token.kind, Kind::Word(Word::Meridiem { .. })))
    }

    /// `03-12-31` (ISO 8601:1988, 5.2.1.1) and `31.12.03`.
    fn short_day(&self, at: usize, a: u64, b: u64, c: u64) -> Option<Date> {
        let year_first = || calendar_day(full_year(a), b, c);
        let year_last = || self.day_before_year(at, a, b, full_year(c));
        if self.is_mark(at + 1, "-") {
            year_first().or_else(year_last)
        } else {
            year_last().or_else(year_first)
        }
    }

    /// A day or year alone is the rest of something that could not be read.
    fn may_be_partial(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.kind(before));
        self.mode == Mode::Field && !matches!(before, Some(Kind::Number { .. } | Kind::Mark(_)))
    }

    /// `2003-12`, the first of that month, and `2003-335`, by its number in the year.
    fn partial_day(a: (u64, usize), b: (u64, usize)) -> Option<Date> {
        match (a, b) {
            ((year, 4), (month, 1 | 2)) => calendar_day(year, month, 1),
            ((year, 4), (number, 3)) => day_of_year(year, number),
            _ => None,
        }
    }

    /// `20031231`.
    fn day_in_one_number(&self, at: usize) -> Option<(Date, usize)> {
        let (number, digits) = self.number(at)?;
        if digits != 8 {
            return None;
        }
        let day = calendar_day(number / 10_000, number / 100 % 100, number % 100)?;
        (1970..=2100).contains(&day.year()).then_some((day, at + 1))
    }
}

/// Korean forms without a zone are in Korea's.
const KOREA: Zone = Zone::Fixed(540);

fn stated(day: Date, clock: Clock) -> Option<Stated> {
    let mut local = DateTime::from_parts(day, clock.time);
    if clock.next_day {
        local = local.checked_add(Span::new().days(1)).ok()?;
    }
    let zone = clock.zone.or(clock.korean.then_some(KOREA));
    let Some(zone) = zone else { return Some(Stated::Local(local)) };
    let offset = zone.offset(local.date())?;
    instant(local, offset)
}

fn instant(local: DateTime, offset: Offset) -> Option<Stated> {
    let instant: Timestamp = offset.to_timestamp(local).ok()?;
    Some(Stated::Instant { instant, offset })
}

/// Two digits to four: the years 1970 to 2069 (POSIX strptime has 1969 to 2068).
pub(super) const fn full_year(year: u64) -> u64 {
    if year < 70 { 2000 + year } else { year.saturating_add(1900) }
}

/// A day of the calendar. A year of the Buddhist era, as Thai dates have it, is converted.
pub(super) fn calendar_day(year: u64, month: u64, day: u64) -> Option<Date> {
    let year = if (2533..=2643).contains(&year) { year - 543 } else { year };
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
        .ok()
        .filter(|day| day.year() > 0)
}

/// A day by its number in the year, from 1.
pub(super) fn day_of_year(year: u64, number: u64) -> Option<Date> {
    let first = calendar_day(year, 1, 1)?;
    let day = first.checked_add(Span::new().days(i64::try_from(number).ok()?.checked_sub(1)?));
    day.ok().filter(|day| day.year() == first.year() && number > 0 && number <= 366)
}
