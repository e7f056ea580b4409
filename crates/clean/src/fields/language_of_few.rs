//! The language of a few words, a title: two detectors and the function words vote, since each
//! alone is wrong on texts that short.
//!
//! One detector compares profiles of trigrams and knows 70 languages, the other learned 16 from
//! single sentences (whichlang, trained on Tatoeba): that one is right on more titles, but
//! always answers, also for languages that it does not know.

use super::function_words::{self, Counts};
use super::language_tag::{is_kin, two_letters};

/// Words by which a language leads all others and needs no detector.
const LEAD: usize = 2;

/// What the second detector knows.
const KNOWN: [&str; 16] = [
    "ar", "zh", "de", "en", "fr", "hi", "it", "ja", "ko", "nl", "pt", "ru", "es", "sv", "tr", "vi",
];

/// The language of `text`, which the first detector takes for `first`; `None` where the votes
/// differ.
pub(super) fn language_of_few(text: &str, first: &'static str) -> Option<&'static str> {
    let second = two_letters(whichlang::detect_language(text).three_letter_code());
    vote(&function_words::counts(text), [first, second], text.is_ascii())
}

fn vote(
    counts: &Counts,
    [first, second]: [&'static str; 2],
    is_ascii: bool,
) -> Option<&'static str> {
    if let Some(language) = counts.leading_by(LEAD) {
        return Some(language);
    }
    let agreed = first == second;
    if counts.best() == 0 {
        // English titles often have no function word; those of other languages that are taken
        // for English by both are few, and English ones taken for another are not, unless a
        // letter is there that English has not.
        return (agreed && (first == "en" || !is_ascii)).then_some(first);
    }
    let is_among = |language: &str| counts.of(language) == Some(counts.best());
    let has_rival = |language: &str, all: bool| {
        counts.leaders().any(|other| other != language && (all || is_kin(language, other)))
    };
    if agreed && is_among(first) && (KNOWN.contains(&first) || !has_rival(first, false)) {
        return Some(first);
    }
    if is_among(second) && (second == "en" || !has_rival(second, true)) {
        return Some(second);
    }
    let unknown = !KNOWN.contains(&first);
    (unknown && is_among(first) && !has_rival(first, true)).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_told_by_words_and_by_two_detectors() {
        for (title, first, language) in [
            ("The end of it", "nl", Some("en")),
            ("Tips for Online Success", "en", Some("en")),
            ("Tips for Online Success", "da", Some("en")),
            ("Storm Closes Schools Across Northern Counties", "en", Some("en")),
            ("Rennes et Brest unis", "fr", Some("fr")),
            ("Bürger wählen Oberbürgermeister", "de", Some("de")),
            ("Suomi voitti Ruotsin ja nousi kärkeen", "fi", Some("fi")),
        ] {
            assert_eq!(language_of_few(title, first), language, "{title}");
        }
    }

    #[test]
    fn where_the_votes_differ_nothing_is_said() {
        for (title, first) in [
            ("Mann og hund", "no"),
            ("Klatch Coffee", "de"),
            ("Dreieck gilt als Symbol", "de"),
            ("Understanding Web Design", "de"),
            ("QuickBooks online also do", "pt"),
        ] {
            assert_eq!(language_of_few(title, first), None, "{title}");
        }
    }
}
