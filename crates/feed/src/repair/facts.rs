//! What a feed says of itself beside its entries.

use record::PollHints;

use super::names::Field;

/// What feed-rs does not read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// RFC 5005: the whole feed; an archive page.
    pub complete: bool,
    pub archive: bool,
    ttl_minutes: Option<u64>,
    period_seconds: Option<u64>,
    frequency: Option<u64>,
    skip_hours: Vec<u8>,
    skip_days: Vec<u8>,
}

impl Facts {
    /// Takes a field's text.
    pub(super) fn take(&mut self, field: Field, text: &str) {
        match field {
            Field::Ttl => self.ttl_minutes = text.trim().parse().ok().or(self.ttl_minutes),
            Field::UpdatePeriod => self.period_seconds = period(text).or(self.period_seconds),
            Field::UpdateFrequency => self.frequency = text.trim().parse().ok(),
            Field::SkipHours => self.skip_hours = numbers(text, hour),
            Field::SkipDays => self.skip_days = numbers(text, day),
            _ => {}
        }
    }

    /// What it asks of those who poll it.
    pub(crate) fn hints(&self) -> PollHints {
        let frequency = self.frequency.unwrap_or(1).max(1);
        PollHints {
            ttl_minutes: self.ttl_minutes,
            skip_hours: self.skip_hours.clone(),
            skip_days: self.skip_days.clone(),
            update_period_seconds: self.period_seconds.map(|period| period / frequency),
        }
    }
}

fn period(text: &str) -> Option<u64> {
    match text.trim().to_ascii_lowercase().as_str() {
        "hourly" => Some(3600),
        "daily" => Some(86_400),
        "weekly" => Some(604_800),
        "monthly" => Some(2_592_000),
        "yearly" => Some(31_536_000),
        _ => None,
    }
}

/// The words between the tags of `<hour>0</hour><hour>1</hour>`, each as a number, sorted.
fn numbers(text: &str, number: fn(&str) -> Option<u8>) -> Vec<u8> {
    let mut numbers: Vec<u8> =
        text.split(['<', '>']).map(str::trim).filter_map(number).take(64).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// Some feeds write midnight as 24.
fn hour(word: &str) -> Option<u8> {
    word.parse::<u8>().ok().filter(|hour| *hour <= 24).map(|hour| hour % 24)
}

fn day(word: &str) -> Option<u8> {
    const DAYS: [&str; 7] =
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let place = DAYS.iter().position(|day| day.eq_ignore_ascii_case(word))?;
    u8::try_from(place + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_feed_asks_is_understood() {
        let mut facts = Facts::default();
        facts.take(Field::UpdateFrequency, "2");
        facts.take(Field::UpdatePeriod, " hourly ");
        facts.take(Field::Ttl, "60");
        facts.take(Field::SkipHours, "<hour>3</hour><hour>24</hour><hour>99</hour>");
        facts.take(Field::SkipDays, "<day>Sunday</day><day>monday</day>");
        let hints = facts.hints();
        assert_eq!((hints.ttl_minutes, hints.update_period_seconds), (Some(60), Some(1800)));
        assert_eq!((hints.skip_hours, hints.skip_days), (vec![0, 3], vec![1, 7]));
    }
}
