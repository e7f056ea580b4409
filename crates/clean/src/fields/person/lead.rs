//! What stands before names: "By …", "Von …", "记者：…".

use super::east_asian;
use super::phrases::TABLE;

/// Does the text begin as a byline does ("By …"), with a name after it?
pub(crate) fn starts_as_byline(text: &str) -> bool {
    if !east_asian::names(text).is_empty() {
        return true;
    }
    let text = unwrapped(text);
    if text.len() > 120 || !text.starts_with(char::is_alphabetic) {
        return false;
    }
    let rest = without_prefix(text);
    let labelled = text.starts_with(is_unspaced) && text.contains(['：', ':']);
    if labelled && rest.is_some_and(are_unspaced_names) {
        return true;
    }
    let Some(rest) = rest.filter(|r| !r.is_empty()) else { return false };
    let words: Vec<&str> = rest.split_whitespace().take(12).collect();
    words.len() >= 2
        && words.len() <= 10
        && words
            .iter()
            .take(2)
            .all(|w| w.starts_with(|c: char| !c.is_lowercase() && c.is_alphabetic()))
}

/// `（责编：…）` without its brackets.
pub(super) fn unwrapped(text: &str) -> &str {
    text.trim_start_matches(['(', '（', '[', '【']).trim_end_matches([')', '）', ']', '】'])
}

/// Is it of a script that does not set words apart?
fn is_unspaced(c: char) -> bool {
    c as u32 >= 0x2e80
}

/// Names of two to five characters, side by side.
fn are_unspaced_names(text: &str) -> bool {
    let names = text.split(['、', '，', ',', ' ', '\u{3000}']).filter(|name| !name.is_empty());
    let is_name = |name: &str| {
        name.chars().all(|c| is_unspaced(c) && c.is_alphabetic())
            && (2..=5).contains(&name.chars().count())
    };
    let mut names = names.peekable();
    names.peek().is_some() && names.all(is_name)
}

/// Is this the label of a byline ("Written by")?
pub(crate) fn is_byline_label(text: &str) -> bool {
    let text = text.trim().trim_end_matches(':');
    may_begin(text) && {
        let lower = text.to_lowercase();
        TABLE.before.iter().any(|p| *p == lower)
    }
}

/// Is the text's first word one that stands before names? Asked of every short text of a page,
/// so without allocating for ASCII.
fn may_begin(text: &str) -> bool {
    let end = text.find(|c: char| !c.is_alphabetic() && c != '(').unwrap_or(text.len());
    let word = text.get(..end).unwrap_or_default();
    if word.len() > 40 || word.chars().any(|c| c as u32 >= 0x2e80) {
        return text.chars().next().is_some_and(|c| c as u32 >= 0x2e80);
    }
    let mut small = [0_u8; 16];
    if word.is_ascii() {
        let letter = word
            .bytes()
            .next()
            .map_or(26, |b| usize::from(b.to_ascii_lowercase().wrapping_sub(b'a')));
        let bits = TABLE.lengths.get(letter).copied().unwrap_or_default();
        if word.len() >= 32 || bits & (1 << word.len()) == 0 {
            return false;
        }
        let Some(slot) = small.get_mut(..word.len()) else { return false };
        slot.copy_from_slice(word.as_bytes());
        slot.make_ascii_lowercase();
        return std::str::from_utf8(slot).is_ok_and(|w| TABLE.first.contains(w));
    }
    TABLE.first.contains(word.to_lowercase().as_str())
}

/// Without one phrase that stands before names.
pub(super) fn without_prefix(text: &str) -> Option<&str> {
    if !may_begin(text) {
        return None;
    }
    let head = text.get(..text.floor_char_boundary(40)).unwrap_or_default();
    let lower = head.to_lowercase();
    for phrase in &TABLE.before {
        if !lower.starts_with(phrase) {
            continue;
        }
        // Lower-casing may change lengths: count characters, not bytes.
        let length: usize = text.chars().take(phrase.chars().count()).map(char::len_utf8).sum();
        let rest = text.get(length..).unwrap_or_default();
        let ends_word = rest.is_empty()
            || rest.starts_with(|c: char| !c.is_alphanumeric() && c != '\'' && c != '-');
        let unspaced = phrase.chars().any(|c| c as u32 >= 0x2e80);
        if ends_word || unspaced {
            return Some(rest.trim_start_matches([':', '：', ' ', '-', '/', '|', '–', '.', ',']));
        }
    }
    None
}
