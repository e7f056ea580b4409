//! Words that dates are made of, in many languages.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::zone::{self, Zone};

/// The lists, as data: see the comment at the top of each for the form and the source.
const NAMES: &str = include_str!("names.txt");
const WORDS: &str = include_str!("words.txt");

/// Longest word looked up, in bytes.
const LONGEST: usize = 48;

/// What a word in a date says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// A month, 1 to 12.
    Month(i8),
    /// A day of the week, which adds nothing.
    Weekday,
    /// A month in one language and a day of the week in another (`mar`).
    MonthOrWeekday(i8),
    /// Before or after noon.
    Meridiem {
        /// After noon?
        afternoon: bool,
        /// In Korean, which implies the zone?
        korean: bool,
    },
    /// A zone's name.
    Zone(Zone),
    /// `T` between day and time.
    T,
    /// Parts hours from minutes, or follows the time (`h`, `Uhr`, `時`).
    HourMark,
    /// Says that the number before or after is a year, month, day, minute or second.
    NumberMark {
        /// In Korean, which implies the zone?
        korean: bool,
    },
    /// Announces a time (`kl`, `um`).
    TimeIntro,
    /// A word that dates have for grammar's sake (`de`, `at`, `the`, `th`).
    Filler,
    /// Any other word.
    Unknown,
}

static TABLE: LazyLock<HashMap<&'static str, Word>> = LazyLock::new(|| {
    let mut table = HashMap::new();
    for line in NAMES.lines().chain(WORDS.lines()).filter(|l| !l.starts_with('#')) {
        let mut words = line.split_ascii_whitespace();
        let Some(kind) = words.next() else { continue };
        let number = if matches!(kind, "month" | "day") { words.next() } else { None };
        let number = number.and_then(|n| n.parse().ok()).unwrap_or(0);
        for word in words {
            table
                .entry(word)
                .and_modify(|old| *old = both(*old, kind))
                .or_insert_with(|| meaning(kind, number));
        }
    }
    table
});

fn both(old: Word, kind: &str) -> Word {
    match (old, kind) {
        (Word::Month(month), "day") => Word::MonthOrWeekday(month),
        _ => old,
    }
}

fn meaning(kind: &str, number: i8) -> Word {
    match kind {
        "month" => Word::Month(number),
        "day" => Word::Weekday,
        "morning" => Word::Meridiem { afternoon: false, korean: false },
        "afternoon" => Word::Meridiem { afternoon: true, korean: false },
        "korean-morning" => Word::Meridiem { afternoon: false, korean: true },
        "korean-afternoon" => Word::Meridiem { afternoon: true, korean: true },
        "t" => Word::T,
        "hour" => Word::HourMark,
        "mark" => Word::NumberMark { korean: false },
        "korean-mark" => Word::NumberMark { korean: true },
        "time" => Word::TimeIntro,
        _ => Word::Filler,
    }
}

/// What `word` says in a date.
pub(super) fn word(word: &str) -> Word {
    if word.len() > LONGEST {
        return Word::Unknown;
    }
    let folded = folded(word);
    // Many zones are words of some language (`EST`, `MET`, `ART`), so capitals are asked for.
    let capitals = word.len() <= 4 && word.bytes().all(|b| b.is_ascii_uppercase());
    if (capitals || matches!(folded.as_str(), "gmt" | "utc" | "z"))
        && let Some(zone) = zone::by_name(&folded)
    {
        return Word::Zone(zone);
    }
    TABLE.get(folded.as_str()).copied().unwrap_or(Word::Unknown)
}

/// Lower case, without marks above or below letters.
fn folded(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    word.chars()
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .nfc()
        .collect()
}

/// The month that `word` names in any of the languages known, 1 to 12.
///
/// ```
/// assert_eq!(record::date::month_of_name("février"), Some(2));
/// assert_eq!(record::date::month_of_name("Mär"), Some(3));
/// assert_eq!(record::date::month_of_name("soon"), None);
/// ```
#[must_use]
pub fn month_of_name(word: &str) -> Option<i8> {
    match self::word(word.trim_end_matches('.')) {
        Word::Month(month) | Word::MonthOrWeekday(month) => Some(month),
        _ => None,
    }
}

/// Is `word` the name of a day of the week in any of the languages known?
#[must_use]
pub fn is_day_name(word: &str) -> bool {
    matches!(self::word(word.trim_end_matches('.')), Word::Weekday | Word::MonthOrWeekday(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_languages_are_known() {
        for (name, month) in [
            ("January", 1),
            ("Februar", 2),
            ("mars", 3),
            ("abril", 4),
            ("mayo", 5),
            ("giugno", 6),
            ("lipca", 7),
            ("серпня", 8),
            ("сентября", 9),
            ("Οκτωβρίου", 10),
            ("Kasım", 11),
            ("décembre", 12),
            ("Ιούλ", 7),
            ("मार्च", 3),
            ("يناير", 1),
        ] {
            assert_eq!(month_of_name(name), Some(month), "{name}");
        }
        for name in ["Monday", "Mi", "Κυρ", "dimanche", "воскресенье", "torsdag", "mar"]
        {
            assert!(is_day_name(name), "{name}");
        }
    }
}
