//! The forms in which days are written: each is a fixed pattern of tokens.

use jiff::civil::Date;

use super::scan::Scan;
use super::tokens::Token;
use super::{Habit, calendar, months};

/// A day at the beginning of some tokens.
pub(super) struct Hit {
    pub(super) day: Date,
    /// How many of the tokens state it.
    pub(super) tokens: usize,
    /// Letters of the name of its month.
    pub(super) letters: usize,
    /// Day and month could be the other way round.
    pub(super) ambiguous: bool,
}

/// The day that the first tokens state, in any of the forms.
pub(super) fn day_at(tokens: &[Token<'_>], habit: Habit<'_>) -> Option<Hit> {
    let patterns = [compact, year_first, numbers, vietnamese, day_month_year, month_day_year];
    patterns.iter().find_map(|pattern| pattern(tokens, habit))
}

/// `20240502`, alone.
pub(super) fn compact(tokens: &[Token<'_>], _: Habit<'_>) -> Option<Hit> {
    let Some(Token::Number { value, digits: 8, .. }) = tokens.first() else { return None };
    let day = calendar::day(i64::from(value / 10_000), value / 100 % 100, value % 100)?;
    Some(Hit { day, tokens: 1, letters: 0, ambiguous: false })
}

/// `2024-05-02`, `2024年5月2日`, `2024. május 2.`, `令和6年5月2日`.
pub(super) fn year_first(tokens: &[Token<'_>], habit: Habit<'_>) -> Option<Hit> {
    let (year, start) = match tokens {
        [Token::Word(era), Token::Number { value, .. }, Token::Mark('年'), ..] => {
            (calendar::era_year(era, *value)?, 1)
        }
        [Token::Number { value, digits: 4, .. }, ..] => (i64::from(*value), 0),
        _ => return None,
    };
    let mut scan = Scan { tokens, at: start + 1 };
    scan.skip_marks(&['-', '/', '.', ' ', '年', '년', ',', '\u{2011}', '–']);
    scan.skip_filler();
    scan.skip_marks(&[' ']);
    let (month, letters, jalali) = match scan.next()? {
        Token::Number { value, digits: 1 | 2, .. } => (*value, 0, None),
        Token::Word(word) => {
            let name = months::find(word, habit.language)?;
            (name.number, word.chars().count(), Some(name.jalali))
        }
        _ => return None,
    };
    scan.skip_marks(&['-', '/', '.', ' ', '月', '월', ',', '\u{2011}', '–']);
    scan.skip_filler();
    let second = scan.next()?;
    let (month, number, letters, jalali) = match second {
        Token::Number { value, digits: 1 | 2 } => (month, *value, letters, jalali),
        // `2024. gada 2. maijā`: the first number was the day.
        Token::Word(word) if letters == 0 => {
            let name = months::find(word, habit.language)?;
            (name.number, month, word.chars().count(), Some(name.jalali))
        }
        _ => return None,
    };
    let day = calendar::day_of(year, month, number, jalali)?;
    scan.skip_marks(&['日', '일', '号']);
    Some(Hit { day, tokens: scan.at, letters, ambiguous: false })
}

/// `2.5.2024`, `5/2/24`, `02-05-2024`.
fn numbers(tokens: &[Token<'_>], habit: Habit<'_>) -> Option<Hit> {
    let mut scan = Scan { tokens, at: 0 };
    let Token::Number { value: first, digits: 1 | 2, .. } = scan.next()? else { return None };
    let mark = scan.separator()?;
    let Token::Number { value: second, digits: 1 | 2, .. } = scan.next()? else { return None };
    if scan.separator()? != mark {
        return None;
    }
    let Token::Number { value: year, digits, .. } = scan.next()? else { return None };
    let year = match digits {
        4 => i64::from(*year),
        2 if mark != '-' || !habit.language.is_empty() => 2000 + i64::from(*year),
        _ => return None,
    };
    let month_first = match (*first, *second) {
        (13.., _) => false,
        (_, 13..) => true,
        _ => habit.month_first && mark != '.',
    };
    let (day, month) = if month_first { (*second, *first) } else { (*first, *second) };
    let day = calendar::day_of(year, month, day, None)?;
    let ambiguous = *first <= 12 && *second <= 12 && first != second && mark != '.';
    Some(Hit { day, tokens: scan.at, letters: 0, ambiguous })
}

/// `2 May 2024`, `2. Mai 2024`, `2 de mayo de 2024`, `2 พฤษภาคม 2567`.
fn day_month_year(tokens: &[Token<'_>], habit: Habit<'_>) -> Option<Hit> {
    let mut scan = Scan { tokens, at: 0 };
    let Token::Number { value: day, digits: 1 | 2, .. } = scan.next()? else { return None };
    scan.skip_marks(&['.', ' ', '-', '/', 'º', '°', ',']);
    scan.skip_filler();
    let Token::Word(word) = scan.next()? else { return None };
    let name = months::find(word, habit.language)?;
    scan.skip_marks(&['.', ' ', '-', '/', ',', '\'', '’', '،', '׳']);
    scan.skip_filler();
    let year = scan.year()?;
    let day = calendar::day_of(year, name.number, *day, Some(name.jalali))?;
    Some(Hit { day, tokens: scan.at, letters: word.chars().count(), ambiguous: false })
}

/// `2 tháng 5 năm 2024`.
fn vietnamese(tokens: &[Token<'_>], _: Habit<'_>) -> Option<Hit> {
    let words = tokens.iter().filter(|t| !matches!(t, Token::Mark(' ' | ',')));
    let mut words = words.filter(|t| **t != Token::Word("năm")).take(4);
    let (day, month, year) = match (words.next()?, words.next()?, words.next()?, words.next()?) {
        (
            Token::Number { value: day, .. },
            Token::Word(sign),
            Token::Number { value: month, digits: 1 | 2 },
            Token::Number { value: year, digits: 4 },
        ) if matches!(sign.to_lowercase().as_str(), "tháng" | "thg") => (day, month, year),
        _ => return None,
    };
    let at = tokens
        .iter()
        .position(|t| matches!(t, Token::Number { value, digits: 4 } if value == year))?;
    let day = calendar::day(i64::from(*year), *month, *day)?;
    Some(Hit { day, tokens: at + 1, letters: 8, ambiguous: false })
}

/// `May 2, 2024`, `Tháng 5 2, 2024`.
fn month_day_year(tokens: &[Token<'_>], habit: Habit<'_>) -> Option<Hit> {
    let mut scan = Scan { tokens, at: 0 };
    let Token::Word(word) = scan.next()? else { return None };
    // Most words are followed by words: the table is asked only where a number is near.
    if !tokens.iter().take(5).any(|t| matches!(t, Token::Number { .. })) {
        return None;
    }
    let name = months::find(word, habit.language)?;
    scan.skip_marks(&['.', ' ', '-', '/']);
    scan.skip_filler();
    let Token::Number { value: day, digits: 1 | 2, .. } = scan.next()? else { return None };
    scan.skip_filler();
    scan.skip_marks(&['.', ',', ' ', '-', '/', '\'', '’', '،']);
    scan.skip_filler();
    scan.skip_clock();
    let year = scan.year()?;
    let day = calendar::day_of(year, name.number, *day, Some(name.jalali))?;
    Some(Hit { day, tokens: scan.at, letters: word.chars().count(), ambiguous: false })
}
