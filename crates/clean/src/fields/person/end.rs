//! Where names end: at a bar, a date, a phrase like "Updated".

use super::name::{MAX_CHARS, looks_like_name};
use super::phrases::TABLE;
use crate::fields::spoken_date;

/// Up to what is no name any more: a bar, a date, a phrase like "Updated".
pub(super) fn until_end(text: &str) -> &str {
    let mut end = text.len();
    for mark in ["|", "•", "·", "—", " – ", " - ", "\u{b7}", "◆", "/ ", " @", "→", "Follow"]
    {
        if let Some(at) = text.find(mark)
            && at > 0
        {
            end = end.min(at);
        }
    }
    let head = text.get(..end).unwrap_or(text);
    let mut at = 0;
    for word in head.split_inclusive([' ', ',']) {
        let rest = head.get(at..).unwrap_or_default();
        if at > 0 && (ends_names(head, at, rest) || starts_number(rest)) {
            return head.get(..at).unwrap_or(head).trim();
        }
        at += word.len();
    }
    head.trim()
}

/// Does the text begin with a phrase that is no name any more? Short words only in lower case:
/// capitals are particles of names in some languages.
fn ends_names(before: &str, at: usize, rest: &str) -> bool {
    let before = before.get(..at).unwrap_or_default();
    let named = before.len() <= 4 * MAX_CHARS
        && looks_like_name(before.trim_matches(|c: char| !c.is_alphabetic()));
    let head = rest.get(..rest.floor_char_boundary(32)).unwrap_or(rest);
    let lower = head.to_lowercase();
    TABLE.after.iter().any(|phrase| {
        let short = phrase.len() <= 5;
        let text = if short { head } else { lower.as_str() };
        let tail = text.strip_prefix(phrase).filter(|_| named || !short);
        tail.is_some_and(|t| !t.starts_with(|c: char| c.is_alphanumeric()))
    })
}

/// A number, or a month's name before one: the date begins.
pub(super) fn starts_number(rest: &str) -> bool {
    let mut words = rest.split([' ', ',', '.']).filter(|w| !w.is_empty());
    let number = |w: Option<&str>| w.is_some_and(|w| w.starts_with(char::is_numeric));
    let Some(first) = words.next() else { return false };
    if number(Some(first)) {
        let digits = first.chars().filter(|c| c.is_numeric()).count();
        return digits == 4
            || first.contains([':', '/'])
            || spoken_date::is_month(words.next().unwrap_or_default());
    }
    spoken_date::is_month(first) && number(words.next())
}
