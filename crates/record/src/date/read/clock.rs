//! The time of day and the zone after it.

use jiff::civil::Time;

use super::{Clock, Mode, Reader};
use crate::date::names::Word;
use crate::date::token::Kind;
use crate::date::zone::Zone;

impl Reader<'_> {
    /// A time with what belongs to it.
    pub(super) fn clock(&self, at: usize) -> Option<(Clock, usize)> {
        let (before, at) = match self.kind(at)? {
            Kind::Word(word @ Word::Meridiem { .. }) => (Some(word), at + 1),
            _ => (None, at),
        };
        let introduced =
            at.checked_sub(1).and_then(|i| self.kind(i)) == Some(Kind::Word(Word::TimeIntro));
        let (parts, mut next) = self.hands(at, introduced || before.is_some())?;
        let mut meridiem = before;
        if let Some(Kind::Word(word @ Word::Meridiem { .. })) = self.kind(next) {
            meridiem = Some(word);
            next += 1;
        } else if matches!(self.kind(next), Some(Kind::Word(Word::HourMark))) {
            next += 1;
        }
        let korean = matches!(meridiem, Some(Word::Meridiem { korean: true, .. }));
        let (hour, minute, second, nanosecond) = parts;
        let hour = match meridiem {
            Some(Word::Meridiem { afternoon, .. }) if hour <= 12 => {
                hour % 12 + if afternoon { 12 } else { 0 }
            }
            _ => hour,
        };
        let next_day = hour == 24;
        let time = Time::new(
            i8::try_from(hour % 24).ok()?,
            i8::try_from(minute).ok()?,
            i8::try_from(second.min(59)).ok()?,
            nanosecond,
        )
        .ok()?;
        let (zone, next) = self.zone(next);
        Some((Clock { time, next_day, zone, korean }, next))
    }

    /// Hours, minutes, seconds and nanoseconds.
    fn hands(&self, at: usize, introduced: bool) -> Option<((u64, u64, u64, i32), usize)> {
        let (hour, digits) = self.number(at)?;
        if self.mode == Mode::Field && (digits == 6 || digits == 4) && self.follows_t(at) {
            let seconds = if digits == 6 { hour % 100 } else { 0 };
            let minutes = if digits == 6 { hour / 100 } else { hour };
            return Some(((minutes / 100, minutes % 100, seconds, 0), at + 1));
        }
        if digits > 2 || hour > 24 {
            return None;
        }
        let dotted = self.is_mark(at + 1, ".")
            && (introduced || matches!(self.kind(at + 3), Some(Kind::Word(Word::HourMark))));
        let marked = matches!(self.kind(at + 1), Some(Kind::Word(Word::HourMark)));
        if self.is_mark(at + 1, ":") || dotted || marked {
            let Some((minute, _)) = self.number(at + 2).filter(|(m, d)| *m < 60 && *d <= 2) else {
                return marked.then_some(((hour, 0, 0, 0), at + 2));
            };
            return Some(self.seconds(hour, minute, at + 3));
        }
        let word = matches!(self.kind(at + 1), Some(Kind::Word(Word::Meridiem { .. })));
        word.then_some(((hour, 0, 0, 0), at + 1))
    }

    fn follows_t(&self, at: usize) -> bool {
        at.checked_sub(1).and_then(|i| self.kind(i)) == Some(Kind::Word(Word::T))
    }

    fn seconds(&self, hour: u64, minute: u64, at: usize) -> ((u64, u64, u64, i32), usize) {
        let marked = self.is_number_mark(at);
        let none = ((hour, minute, 0, 0), if marked { at + 1 } else { at });
        if !marked && !self.is_mark(at, ":") {
            return none;
        }
        let Some((second, _)) = self.number(at + 1).filter(|(s, d)| *s <= 60 && *d <= 2) else {
            return none;
        };
        let mut next = at + 2;
        let mut nanosecond = 0;
        if self.is_mark(next, ".,")
            && let Some((fraction, digits)) = self.number(next + 1)
            && self.tokens.get(next + 1).is_some_and(|t| !t.spaced)
        {
            nanosecond = nanoseconds(fraction, digits);
            next += 2;
        }
        if self.is_number_mark(next) {
            next += 1;
        }
        ((hour, minute, second, nanosecond), next)
    }

    /// The zone after a time, with all its names.
    fn zone(&self, at: usize) -> (Option<Zone>, usize) {
        if let Some((minutes, next)) = self.offset(at) {
            // `+0100 (CET)` says it twice.
            return (Some(Zone::Fixed(minutes)), self.past_zone_comment(next));
        }
        let open = usize::from(self.is_mark(at, "("));
        let mut name_at = at + open;
        // `Etc/GMT`
        if self.mode == Mode::Field
            && matches!(self.kind(name_at), Some(Kind::Word(Word::Unknown)))
            && self.is_mark(name_at + 1, "/")
        {
            name_at += 2;
        }
        let Some(zone) = self.zone_name(name_at) else { return (None, at) };
        let mut next = name_at + 1;
        if zone == Zone::Fixed(0)
            && let Some((minutes, after)) = self.offset(next)
        {
            return (Some(Zone::Fixed(minutes)), after);
        }
        if self.is_mark(next, ")") {
            next += 1;
        }
        (Some(zone), next)
    }

    fn zone_name(&self, at: usize) -> Option<Zone> {
        match self.kind(at)? {
            Kind::Word(Word::Zone(zone)) => Some(zone),
            _ => None,
        }
    }

    fn past_zone_comment(&self, at: usize) -> usize {
        let named = self.is_mark(at, "(")
            && matches!(self.kind(at + 1), Some(Kind::Word(_)))
            && self.is_mark(at + 2, ")");
        if named { at + 3 } else { at }
    }

    /// `+02:00`, `-0500`, `+2`: minutes east.
    fn offset(&self, at: usize) -> Option<(i32, usize)> {
        let sign = match self.kind(at)? {
            Kind::Mark('+') => 1,
            Kind::Mark('-' | '−' | '–') => -1,
            _ => return None,
        };
        let (number, digits) = self.number(at + 1)?;
        if self.tokens.get(at + 1).is_some_and(|t| t.spaced) {
            return None;
        }
        let (hours, minutes, next) = match digits {
            3 | 4 => (number / 100, number % 100, at + 2),
            1 | 2 if self.is_mark(at + 2, ":") => {
                let (minutes, _) = self.number(at + 3)?;
                (number, minutes, at + 4)
            }
            1 | 2 => (number, 0, at + 2),
            _ => return None,
        };
        if hours > 15 || minutes > 59 {
            return None;
        }
        Some((sign * i32::try_from(hours * 60 + minutes).ok()?, next))
    }
}

fn nanoseconds(fraction: u64, digits: usize) -> i32 {
    let scaled = match u32::try_from(digits) {
        Ok(digits @ 0..=9) => fraction * 10u64.pow(9 - digits),
        Ok(digits @ 10..=18) => fraction / 10u64.pow(digits - 9),
        _ => 0,
    };
    i32::try_from(scaled).unwrap_or(0)
}
