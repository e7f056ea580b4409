//! The line that names the authors.

use std::ops::Range;

use super::Page;
use crate::lines::{Kind, Lines};

/// Words that stand before the names, as they begin a line.
const BEFORE: &[&str] = &[
    "by",
    "written by",
    "story by",
    "reporting by",
    "posted by",
    "words by",
    "von",
    "ein artikel von",
    "text von",
    "par",
    "por",
    "di",
    "a cura di",
    "door",
    "av",
    "af",
    "skrevet av",
    "skrevet af",
    "oleh",
    "autor",
    "autorin",
    "author",
    "автор",
    "текст",
    "yazan",
    "penulis",
    "reporter",
    "tekst",
    "od",
    "napsal",
    "oprac",
    "de",
    "publicado por",
    "escrito por",
    "geschreven door",
];

/// Words between names.
const BETWEEN: &[&str] =
    &["and", "und", "et", "y", "e", "en", "och", "og", "i", "и", "ve", "dan", "&"];

/// Small words within names.
const WITHIN: &[&str] = &[
    "de", "da", "do", "dos", "del", "della", "di", "van", "von", "der", "den", "la", "le", "el",
    "al", "bin", "ibn", "ter", "ten", "zu", "du",
];

/// The authors that a byline in the page's `head` names; empty where none does.
pub(super) fn find(page: &Page, head: Range<usize>, kept: impl Fn(usize) -> bool) -> Vec<String> {
    for at in head.filter(|at| *at > 0 && !kept(*at)) {
        let (Some(text), Some(line)) = (page.lines.get(at), page.scanned.all.get(at)) else {
            continue;
        };
        if line.length() > 24.0 {
            continue;
        }
        let bare = page.scanned.all.get(at.wrapping_sub(1)).is_some_and(is_label);
        let names = match after_cue(text) {
            Some(rest) => names(rest),
            None if bare => names(text),
            None => continue,
        };
        if !names.is_empty() {
            return names;
        }
    }
    Vec::new()
}

/// A line that is nothing but "By" or its like.
fn is_label(line: &crate::lines::Scanned) -> bool {
    line.shape.words <= 2 && line.cues.share_of(Kind::Byline) >= 1.0
}

fn after_cue(text: &str) -> Option<&str> {
    let lower = text.to_lowercase();
    if lower.len() != text.len() {
        return None;
    }
    let longest =
        BEFORE.iter().filter(|cue| lower.starts_with(**cue)).max_by_key(|cue| cue.len())?;
    let rest = text.get(longest.len()..)?;
    let rest = rest.strip_prefix(':').or_else(|| rest.strip_prefix(' '))?;
    Some(rest.trim_start_matches([':', ' ']))
}

/// The names at the start of `text`, as far as it goes on like names.
fn names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut name: Vec<&str> = Vec::new();
    for word in text.split(' ') {
        let bare = word.trim_end_matches([',', ';', '|', '/']);
        if BETWEEN.contains(&bare) {
            close(&mut name, &mut names);
            continue;
        }
        if !(is_name(bare) || (!name.is_empty() && WITHIN.contains(&bare))) {
            close(&mut name, &mut names);
            return names;
        }
        name.push(bare);
        if bare.len() != word.len() {
            close(&mut name, &mut names);
        }
    }
    close(&mut name, &mut names);
    names
}

fn close(name: &mut Vec<&str>, names: &mut Vec<String>) {
    let joined = name.join(" ");
    let one = Lines::scan(std::iter::once(joined.as_str()));
    let odd = one.all.iter().any(|l| {
        [Kind::Published, Kind::Updated, Kind::Share, Kind::Credit, Kind::Navigation]
            .into_iter()
            .any(|kind| l.cues.share_of(kind) > 0.3)
    });
    if (2..=5).contains(&name.len()) && !odd && names.len() < 12 {
        names.push(joined);
    }
    name.clear();
}

fn is_name(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase)
        && word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '’'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_until_they_end() {
        assert_eq!(
            names("Ada Lovelace and Guido van Rossum"),
            ["Ada Lovelace", "Guido van Rossum"]
        );
        assert_eq!(names("Ada Lovelace, Reuters"), ["Ada Lovelace"]);
        assert_eq!(names("Ada Lovelace | 3 May 2024"), ["Ada Lovelace"]);
        assert_eq!(names("the staff"), Vec::<String>::new());
    }

    #[test]
    fn a_cue_stands_alone_before_the_name() {
        assert_eq!(after_cue("By Ada Lovelace"), Some("Ada Lovelace"));
        assert_eq!(after_cue("Autor: Ada Lovelace"), Some("Ada Lovelace"));
        assert_eq!(after_cue("Bygones"), None);
    }
}
