//! Dates in visible text, as newspapers of many countries write them.
//!
//! Linear in the text: it is cut into numbers, words and marks once, and each number is the
//! start of at most a handful of fixed patterns.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use record::date::Stated;

mod calendar;
mod forms;
mod months;
mod scan;
mod time_of_day;
mod tokens;

use forms::{Hit, compact, day_at, year_first};
use tokens::{Token, tokenise};

/// What a date's neighbours say it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    /// "published", "posted on" …
    Published,
    /// "originally published", "first published" …
    First,
    /// "updated", "Stand" …
    Updated,
    /// "copyright", "valid until" …
    Other,
}

/// A date found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// What it says.
    pub(crate) stated: Stated,
    /// What the words before it say it is.
    pub(crate) label: Option<Label>,
    /// Letters of the text that are not part of the date or its label: a line of date alone
    /// has few.
    pub(crate) letters_around: usize,
    /// Day and month could be the other way round.
    pub(crate) ambiguous: bool,
}

/// How a page of some language and country reads `3/4/2024`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Habit<'a> {
    /// The primary language, in lower case; empty when unknown.
    pub(crate) language: &'a str,
    /// The month comes first, as in the United States.
    pub(crate) month_first: bool,
}

/// Is the word a month's name in any language?
pub(crate) fn is_month(word: &str) -> bool {
    months::find(word, "").is_some()
}

/// What `text` says a date after it is, if it is a label: a few words, the last of which say so.
pub(crate) fn label(text: &str) -> Option<Label> {
    let words: Vec<&str> =
        text.split([' ', ':', '：', '\u{a0}']).filter(|w| !w.is_empty()).collect();
    if words.len() > MAX_LABEL_WORDS {
        return None;
    }
    // "published on", "publié le": a preposition may stand between.
    let (last, before) = words.split_last()?;
    let short = last.chars().count() <= 3;
    months::label_at_end(&words).or_else(|| months::label_at_end(before).filter(|_| short))
}

/// Most words of a text that is the label of a date beside it.
const MAX_LABEL_WORDS: usize = 5;
/// Most dates taken from one text.
const MAX_FOUND: usize = 4;

/// The dates in `text`, in its order.
pub(crate) fn find(text: &str, habit: Habit<'_>) -> Vec<Found> {
    let tokens = tokenise(text);
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let mut found = Vec::new();
    let mut at = 0;
    let mut after_last = 0;
    while at < tokens.len() && found.len() < MAX_FOUND {
        let rest = tokens.get(at..).unwrap_or_default();
        let Some(hit) = day_at(rest, habit).filter(|_| is_fresh(&tokens, at)) else {
            at += 1;
            continue;
        };
        let before = tokens.get(after_last..at).unwrap_or_default();
        let after = rest.get(hit.tokens..).unwrap_or_default();
        let (stated, used) = with_time(hit.day, before, after);
        found.push(Found {
            stated,
            label: months::label(before),
            letters_around: letters.saturating_sub(hit.letters),
            ambiguous: hit.ambiguous,
        });
        at += hit.tokens + used;
        after_last = at;
    }
    found
}

/// Can a date begin at this token? The minutes of a clock and the digits of a code begin none.
fn is_fresh(tokens: &[Token<'_>], at: usize) -> bool {
    let number = matches!(tokens.get(at), Some(Token::Number { .. }));
    let before = |back: usize| at.checked_sub(back).and_then(|at| tokens.get(at));
    let clock = matches!(before(1), Some(Token::Mark(':')))
        && matches!(before(2), Some(Token::Number { .. }));
    let latin = |word: &str| word.ends_with(|c: char| c.is_ascii_alphabetic());
    let code = matches!(before(1), Some(Token::Word(word)) if latin(word))
        && matches!(before(2), Some(Token::Number { .. }));
    !(number && (clock || code))
}

/// The day in the path of a URL (`/2024/05/02/`, `-20240502-`).
pub(crate) fn in_path(path: &str) -> Option<Date> {
    let tokens = tokenise(path);
    let fresh = |at: usize| at == 0 || matches!(tokens.get(at - 1), Some(Token::Mark(_)));
    (0..tokens.len()).filter(|at| fresh(*at)).find_map(|at| {
        let rest = tokens.get(at..)?;
        let hit = compact(rest, Habit::default())
            .or_else(|| joined(rest))
            .or_else(|| year_first(rest, Habit::default()))?;
        // More digits behind: a number that only looks like a day.
        let ends = !matches!(rest.get(hit.tokens), Some(Token::Number { .. }));
        ends.then_some(hit.day)
    })
}

/// `2024/0502`.
fn joined(tokens: &[Token<'_>]) -> Option<Hit> {
    let [
        Token::Number { value: year, digits: 4 },
        Token::Mark('/'),
        Token::Number { value, digits: 4 },
        ..,
    ] = tokens
    else {
        return None;
    };
    let day = calendar::day(i64::from(*year), value / 100, value % 100)?;
    Some(Hit { day, tokens: 3, letters: 0, ambiguous: false })
}

/// The day with the time of day that stands beside it, and how many tokens after it are used.
fn with_time(day: Date, before: &[Token<'_>], after: &[Token<'_>]) -> (Stated, usize) {
    if let Some((time, offset, used)) = time_of_day::after(after) {
        return (stated(day, time, offset), used);
    }
    match time_of_day::before(before) {
        Some((time, offset)) => (stated(day, time, offset), 0),
        None => (Stated::Day(day), 0),
    }
}

fn stated(day: Date, time: Time, offset: Option<Offset>) -> Stated {
    let local: DateTime = day.to_datetime(time);
    match offset.and_then(|o| Some((o.to_timestamp(local).ok()?, o))) {
        Some((instant, offset)) => Stated::Instant { instant, offset },
        None => Stated::Local(local),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one(text: &str, language: &str) -> String {
        let habit = Habit { language, month_first: false };
        match find(text, habit).first().map(|f| f.stated) {
            Some(Stated::Day(day)) => day.to_string(),
            Some(Stated::Local(time)) => time.to_string(),
            Some(Stated::Instant { instant, offset }) => {
                format!("{:.0}", instant.display_with_offset(offset))
            }
            None => "none".to_owned(),
        }
    }

    #[test]
    fn days_are_read_in_many_languages() {
        let day = "2024-05-02";
        for (text, language) in [
            ("2 May 2024", "en"),
            ("May 2nd, 2024", "en"),
            ("Thursday, May 2, 2024", "en"),
            ("2. Mai 2024", "de"),
            ("02.05.2024", "de"),
            ("02.05.24", "de"),
            ("2 mai 2024", "fr"),
            ("2 de mayo de 2024", "es"),
            ("2 maggio 2024", "it"),
            ("2 de maio de 2024", "pt"),
            ("2 mei 2024", "nl"),
            ("2 maj 2024", "sv"),
            ("2. mai 2024", "nb"),
            ("2. maj 2024", "da"),
            ("2. toukokuuta 2024", "fi"),
            ("2 maja 2024", "pl"),
            ("2. května 2024", "cs"),
            ("2. mája 2024", "sk"),
            ("2024. május 2.", "hu"),
            ("2 mai 2024", "ro"),
            ("2 май 2024", "bg"),
            ("2 мая 2024 г.", "ru"),
            ("2 травня 2024", "uk"),
            ("2. svibnja 2024.", "hr"),
            ("2 Μαΐου 2024", "el"),
            ("2 Mayıs 2024", "tr"),
            ("2 مايو 2024", "ar"),
            ("٢ مايو ٢٠٢٤", "ar"),
            ("2 במאי 2024", "he"),
            ("۱۳ اردیبهشت ۱۴۰۳", "fa"),
            ("2 मई 2024", "hi"),
            ("২ মে ২০২৪", "bn"),
            ("2 พฤษภาคม 2567", "th"),
            ("2 Mei 2024", "id"),
            ("2/5/2024", "vi"),
            ("2024年5月2日", "zh"),
            ("令和6年5月2日", "ja"),
            ("2024년 5월 2일", "ko"),
            ("2024. 5. 2.", "ko"),
            ("2024 m. gegužės 2 d.", "lt"),
            ("2. mai 2024", "et"),
            ("2 de maig de 2024", "ca"),
            ("2024-05-02", ""),
            ("20240502", ""),
            ("Ngày 2 tháng 5 năm 2024", "vi"),
            ("2024. gada 2. maijā", "lv"),
            ("Thu May 2 16:33:00 CEST 2024", ""),
            ("3d23d65-5 May 2, 2024", "en"),
            ("2 | 5 | 2024", "de"),
            ("2 may 2024", "az"),
            ("2024 ж. 2 мамыр", "kk"),
            ("2 მაისი, 2024", "ka"),
            ("2024 թ. մայիսի 2", "hy"),
            ("2024 оны 5-р сарын 2", "mn"),
            ("2 de maio de 2024", "gl"),
            ("2 Mei 2024", "sw"),
            ("2 मे, 2024", "mr"),
            ("2 મે, 2024", "gu"),
            ("2 ਮਈ 2024", "pa"),
            ("2 ឧសភា 2024", "km"),
            ("2024 မေ 2", "my"),
            ("2 thg 5, 2024", "vi"),
            ("2 พฤษภาคม ค.ศ. 2024", "th"),
        ] {
            assert_eq!(one(text, language), day, "{text}");
        }
    }

    #[test]
    fn abbreviations_and_elisions_are_read() {
        assert_eq!(one("2 d’agost del 2024", "ca"), "2024-08-02");
        assert_eq!(one("2 באפר׳ 2024", "he"), "2024-04-02");
        assert_eq!(one("5 tetor 2025", "sq"), "2025-10-05");
        assert_eq!(one("5 de xullo de 2017", "gl"), "2017-07-05");
    }

    #[test]
    fn times_and_zones_beside_the_day_are_read() {
        for (text, want) in [
            ("2 May 2024, 14:05", "2024-05-02T14:05:00"),
            ("May 2, 2024 at 2:05 p.m.", "2024-05-02T14:05:00"),
            ("2 de mayo de 2024, 2:05 p. m.", "2024-05-02T14:05:00"),
            ("2 Μαΐου 2024, 2:05 μ.μ.", "2024-05-02T14:05:00"),
            ("2024년 5월 2일 오후 2:05", "2024-05-02T14:05:00"),
            ("2024年5月2日 下午2:05", "2024-05-02T14:05:00"),
            ("2024年5月2日午後2時05分", "2024-05-02T14:05:00"),
            ("2024年5月2日 下午2点", "2024-05-02T14:00:00"),
            ("上午12:05 2024/05/02", "2024-05-02T00:05:00"),
            ("02.05.2024 um 14.05 Uhr", "2024-05-02T14:05:00"),
            ("2 mai 2024 à 14h05", "2024-05-02T14:05:00"),
            ("2024年5月2日 14時05分", "2024-05-02T14:05:00"),
            ("14:05, 2 мая 2024", "2024-05-02T14:05:00"),
            ("14:05 May 2, 2024", "2024-05-02T14:05:00"),
            ("2 May 2024 14:05 GMT", "2024-05-02T14:05:00+00:00"),
            ("2024-05-02 14:05:09 +0900", "2024-05-02T14:05:09+09:00"),
            ("May 2, 2024 12:05 AM EDT", "2024-05-02T00:05:00-04:00"),
        ] {
            assert_eq!(one(text, "en"), want, "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in
            ["12 of 2024", "99/99/2024", "call 020 7946 0018", "31.02.2024", "2024", "v1.2.3456"]
        {
            assert_eq!(one(text, "en"), "none", "{text}");
        }
    }

    #[test]
    fn the_words_before_say_what_it_is() {
        let found = find("Published 2 May 2024 | Updated: 3 May 2024", Habit::default());
        assert_eq!(found[0].label, Some(Label::Published));
        assert_eq!(found[1].label, Some(Label::Updated));
        assert_eq!(find("© 2 May 2024", Habit::default())[0].label, Some(Label::Other));
        let us = Habit { language: "en", month_first: true };
        assert_eq!(find("5/2/2024", us)[0].stated, Stated::Day(jiff::civil::date(2024, 5, 2)));
    }

    proptest! {
        #[test]
        fn anything_is_survived(text in "[0-9a-z./:, 年月日-]{0,40}|\\PC{0,40}") {
            find(&text, Habit::default());
        }
    }
}
