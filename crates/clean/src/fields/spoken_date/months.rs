//! Month names and the words that say what a date is, as tables.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Label;
use super::tokens::Token;
use crate::fields::text_of::CHANGED;

/// A month by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Month {
    /// 1 to 12.
    pub(crate) number: u32,
    /// A month of the solar Hijri calendar.
    pub(crate) jalali: bool,
}

struct Names {
    anywhere: HashMap<String, u32>,
    special: HashMap<&'static str, HashMap<String, u32>>,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let mut names = Names { anywhere: HashMap::new(), special: HashMap::new() };
    let lines = include_str!("../months.txt").lines();
    for line in lines.filter(|l| !l.starts_with('#')) {
        let mut words = line.split_whitespace();
        let (Some(number), Some(language)) = (words.next(), words.next()) else { continue };
        let Ok(number) = number.parse() else { continue };
        for word in words {
            let word = word.trim_end_matches('.').to_owned();
            if language == "*" {
                names.anywhere.entry(word).or_insert(number);
            } else {
                names.special.entry(language).or_default().insert(word, number);
            }
        }
    }
    names
});

/// The months of the solar Hijri calendar, with the spellings of Iran and Afghanistan.
const JALALI: [&[&str]; 12] = [
    &["فروردین", "حمل"],
    &["اردیبهشت", "ثور"],
    &["خرداد", "جوزا"],
    &["تیر", "سرطان"],
    &["مرداد", "اسد"],
    &["شهریور", "سنبله"],
    &["مهر", "میزان"],
    &["آبان", "عقرب"],
    &["آذر", "قوس"],
    &["دی", "جدی"],
    &["بهمن", "دلو"],
    &["اسفند", "حوت"],
];

/// The month that `word` names on a page in `language`.
pub(crate) fn find(word: &str, language: &str) -> Option<Month> {
    let length = word.chars().count();
    if !(2..=14).contains(&length) {
        return None;
    }
    if word.starts_with(|c: char| matches!(c as u32, 0x600..=0x6ff)) {
        let at = JALALI.iter().position(|names| names.contains(&word));
        if let Some(at) = at {
            return Some(Month { number: at as u32 + 1, jalali: true });
        }
    }
    let lower = word.to_lowercase().replace('\u{307}', ""); // the dot that İ leaves
    let special = NAMES.special.get(language).and_then(|names| names.get(&lower));
    let number = special.or_else(|| NAMES.anywhere.get(&lower))?;
    Some(Month { number: *number, jalali: false })
}

/// Words that may stand between the parts of a date.
pub(crate) fn is_filler(word: &str) -> bool {
    let lower = word.to_lowercase();
    matches!(
        lower.as_str(),
        "st" | "nd"
            | "rd"
            | "th"
            | "of"
            | "de"
            | "del"
            | "d"
            | "den"
            | "do"
            | "er"
            | "ro"
            | "ter"
            | "the"
            | "le"
            | "a"
            | "m"
            | "gada"
            | "r"
            | "tháng"
            | "năm"
            | "ko"
            | "urteko"
            | "ngày"
            | "di"
            | "i"
            | "ம்"
            | "พ.ศ"
            | "ที่"
            | "ve"
            | "às"
            | "të"
            | "سنة"
            | "של"
            | "يوم"
            | "года"
            | "г"
            | "ж"
            | "թ"
            | "оны"
            | "р"
            | "дугаар"
            | "дүгээр"
            | "сарын"
            | "ค.ศ"
            | "thg"
            | "tahun"
    )
}

/// What the words before a date say it is: the nearest label wins, the longest of the
/// nearest.
pub(crate) fn label(before: &[Token<'_>]) -> Option<Label> {
    let start = before.len().saturating_sub(16);
    let near = before.get(start..).unwrap_or_default();
    if near.iter().any(|t| matches!(t, Token::Mark('©'))) {
        return Some(Label::Other);
    }
    if near.iter().any(|t| matches!(t, Token::Mark(CHANGED))) {
        return Some(Label::Updated);
    }
    let words: Vec<String> = near
        .iter()
        .filter_map(|t| match t {
            Token::Word(word) => Some(word.to_lowercase()),
            _ => None,
        })
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    (1..=words.len()).rev().find_map(|end| last_of(words.get(..end)?))
}

/// The label that the last of `words` are, in any case.
pub(crate) fn label_at_end(words: &[&str]) -> Option<Label> {
    let words: Vec<String> = words.iter().map(|w| w.to_lowercase()).collect();
    last_of(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The longest label that ends the words.
fn last_of(words: &[&str]) -> Option<Label> {
    let longest = 3_usize.min(words.len());
    let end = |length: usize| words.get(words.len() - length..);
    (1..=longest).rev().find_map(|length| LABELS.get(&end(length)?.join(" ")).copied())
}

static LABELS: LazyLock<HashMap<String, Label>> = LazyLock::new(|| {
    let mut labels = HashMap::new();
    for line in include_str!("../date_words.txt").lines().filter(|l| !l.starts_with('#')) {
        let Some((kind, phrases)) = line.split_once(": ") else { continue };
        let label = match kind {
            "first" => Label::First,
            "published" => Label::Published,
            "updated" => Label::Updated,
            _ => Label::Other,
        };
        labels.extend(phrases.split(", ").map(|p| (p.trim().to_owned(), label)));
    }
    labels
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_by_language_are_told_by_it() {
        let number = |word, language| find(word, language).map(|m| m.number);
        assert_eq!(number("listopada", "pl"), Some(11));
        assert_eq!(number("listopada", "hr"), Some(10));
        assert_eq!(number("MAI", "de"), Some(5));
        assert_eq!(number("monday", "en"), None);
    }
}
