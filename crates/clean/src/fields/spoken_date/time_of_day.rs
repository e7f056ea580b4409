//! The time of day beside a day, with its zone.

use jiff::civil::Time;
use jiff::tz::Offset;

use super::tokens::Token;

/// How many tokens may stand between a day and its time.
const REACH: usize = 6;

/// The time that follows a day, its zone, and how many tokens it takes.
pub(crate) fn after(tokens: &[Token<'_>]) -> Option<(Time, Option<Offset>, usize)> {
    for start in 0..REACH.min(tokens.len()) {
        let rest = tokens.get(start..)?;
        match rest.first()? {
            Token::Number { .. } => {
                let (time, used) = clock(rest, half_before(tokens.get(..start)?))?;
                let (offset, more) = zone(rest.get(used..).unwrap_or_default());
                return Some((time, offset, start + used + more));
            }
            Token::Mark('|' | '©') => return None,
            Token::Word(word) if word.chars().count() > 4 => return None,
            _ => {}
        }
    }
    None
}

/// The time that a day follows.
pub(crate) fn before(tokens: &[Token<'_>]) -> Option<(Time, Option<Offset>)> {
    let first = tokens.len().saturating_sub(REACH + 6);
    (first..tokens.len()).find_map(|start| {
        let rest = tokens.get(start..)?;
        let fresh = start == 0 || !matches!(tokens.get(start - 1), Some(Token::Mark(':' | '.')));
        let half = half_before(tokens.get(..start)?);
        let (time, used) = clock(rest, half).filter(|_| fresh)?;
        let rest = rest.get(used..)?;
        let (offset, more) = zone(rest);
        (rest.len() - more <= 4).then_some((time, offset))
    })
}

/// `14:05`, `2.05 pm`, `14h05`, `14時05分`, `14:05:09`; with a full stop only before words
/// that say it is a time. After noon, where the word before says so?
fn clock(tokens: &[Token<'_>], half_before: Option<bool>) -> Option<(Time, usize)> {
    let [Token::Number { value: hour, digits: 1 | 2 }, mark, rest @ ..] = tokens else {
        return None;
    };
    let dotted = matches!(mark, Token::Mark('.'));
    let spelled = match mark {
        Token::Mark(':' | '.' | '時' | '时' | '点' | '시' | '：') => true,
        Token::Word(word) => word.eq_ignore_ascii_case("h"),
        _ => false,
    };
    let rest = match rest {
        [Token::Mark(' '), inner @ ..] if matches!(mark, Token::Mark('시')) => inner,
        rest => rest,
    };
    let (minute, mut used) = match rest {
        [Token::Number { value, digits: 2 }, ..] if spelled => {
            (*value, tokens.len() - rest.len() + 1)
        }
        _ => return on_the_hour(*hour, tokens, half_before),
    };
    let mut second = 0;
    if let [Token::Mark(':'), Token::Number { value, digits: 2 }, ..] =
        tokens.get(used..).unwrap_or_default()
    {
        second = *value;
        used += 2;
    }
    let rest = tokens.get(used..).unwrap_or_default();
    let (half, more) = half_of_day(rest);
    if dotted && half.is_none() && !says_time(rest) {
        return None;
    }
    let time = time(*hour, minute, second.min(59), half.or(half_before))?;
    Some((time, used + more))
}

/// `2 pm`, `下午2点`.
fn on_the_hour(
    hour: u32,
    tokens: &[Token<'_>],
    half_before: Option<bool>,
) -> Option<(Time, usize)> {
    if let (Some(half), Some(Token::Mark('時' | '时' | '点' | '시'))) = (half_before, tokens.get(1))
    {
        return Some((time(hour, 0, 0, Some(half))?, 2));
    }
    let (half, used) = half_of_day(tokens.get(1..)?);
    Some((time(hour, 0, 0, Some(half?))?, 1 + used))
}

/// Is it after noon by the word that ends these tokens, as East Asia writes it before the hour?
fn half_before(tokens: &[Token<'_>]) -> Option<bool> {
    let last = tokens.iter().rev().find(|token| **token != Token::Mark(' '))?;
    match last {
        Token::Word("오후" | "午後" | "下午" | "晚上" | "晚间" | "晚間" | "傍晚" | "中午") => {
            Some(true)
        }
        Token::Word("오전" | "午前" | "上午" | "早上" | "凌晨" | "清晨") => Some(false),
        _ => None,
    }
}

fn time(hour: u32, minute: u32, second: u32, after_noon: Option<bool>) -> Option<Time> {
    let hour = match after_noon {
        Some(true) if hour < 12 => hour + 12,
        Some(false) if hour == 12 => 0,
        _ => hour,
    };
    let small = |n: u32| i8::try_from(n).ok();
    Time::new(small(hour)?, small(minute)?, small(second)?, 0).ok()
}

/// `am`, `p.m.` …: after noon? And how many tokens that takes.
fn half_of_day(tokens: &[Token<'_>]) -> (Option<bool>, usize) {
    let start = usize::from(matches!(tokens.first(), Some(Token::Mark(' '))));
    let Some(Token::Word(word)) = tokens.get(start) else { return (None, 0) };
    let half = match word.to_ascii_lowercase().as_str() {
        "am" | "ص" | "صباحا" | "صباحاً" | "πμ" => Some(false),
        "pm" | "م" | "مساء" | "مساءً" | "μμ" => Some(true),
        half @ ("a" | "p" | "π" | "μ" | "Π" | "Μ") => {
            let rest = tokens.get(start + 1..).unwrap_or_default();
            return match dotted(rest) {
                Some(used) => (Some(matches!(half, "p" | "μ" | "Μ")), start + 1 + used),
                None => (None, 0),
            };
        }
        _ => None,
    };
    (half, if half.is_some() { start + 1 } else { 0 })
}

/// The rest of `p.m.`, `p. m.`, `μ.μ.` after its first letter: how many tokens it takes.
fn dotted(tokens: &[Token<'_>]) -> Option<usize> {
    let is_m = |word: &str| matches!(word, "m" | "M" | "μ" | "Μ");
    match tokens {
        [Token::Mark('.'), Token::Word(m), ..] if is_m(m) => Some(3),
        [Token::Mark('.'), Token::Mark(' '), Token::Word(m), ..] if is_m(m) => Some(4),
        _ => None,
    }
}

fn says_time(tokens: &[Token<'_>]) -> bool {
    let word = tokens.iter().take(2).find_map(|t| match t {
        Token::Word(word) => Some(word.to_lowercase()),
        _ => None,
    });
    word.is_some_and(|w| matches!(w.as_str(), "uhr" | "h" | "hrs" | "wib" | "wita" | "ore" | "น"))
}

/// The zone after a time, and how many tokens it takes.
fn zone(tokens: &[Token<'_>]) -> (Option<Offset>, usize) {
    let start = tokens.iter().take_while(|t| matches!(t, Token::Mark(' ' | ',' | '('))).count();
    let rest = tokens.get(start..).unwrap_or_default();
    match rest {
        [
            Token::Word(word),
            Token::Mark(sign @ ('+' | '-' | '−')),
            Token::Number { value, digits },
            ..,
        ] if is_universal(word) => {
            (numeric(*sign, *value, *digits, rest.get(3..).unwrap_or_default()), start + 3)
        }
        [
            Token::Mark(sign @ ('+' | '-' | '−')),
            Token::Number { value, digits: digits @ (2 | 4) },
            ..,
        ] => (numeric(*sign, *value, *digits, rest.get(2..).unwrap_or_default()), start + 2),
        [Token::Word(word), ..] => match named(word) {
            Some(minutes) => (Offset::from_seconds(minutes * 60).ok(), start + 1),
            None => (None, 0),
        },
        _ => (None, 0),
    }
}

fn numeric(sign: char, value: u32, digits: u8, rest: &[Token<'_>]) -> Option<Offset> {
    let (hours, minutes) = match (digits, rest) {
        (4, _) => (value / 100, value % 100),
        (_, [Token::Mark(':'), Token::Number { value: minutes, digits: 2 }, ..]) => {
            (value, *minutes)
        }
        _ => (value, 0),
    };
    if hours > 14 || minutes > 59 {
        return None;
    }
    let seconds = i32::try_from((hours * 60 + minutes) * 60).ok()?;
    Offset::from_seconds(if sign == '+' { seconds } else { -seconds }).ok()
}

fn is_universal(word: &str) -> bool {
    ["utc", "gmt"].iter().any(|z| word.eq_ignore_ascii_case(z))
}

/// Minutes east of UTC for abbreviations that mean one zone in news (IANA tz names; those
/// with several meanings, like IST, are left out).
fn named(word: &str) -> Option<i32> {
    Some(match word {
        "UTC" | "GMT" | "Z" | "WET" => 0,
        "BST" | "CET" | "MEZ" | "WEST" | "WAT" => 60,
        "CEST" | "MESZ" | "EET" | "SAST" | "CAT" => 120,
        "EEST" | "MSK" | "EAT" | "TRT" | "МСК" => 180,
        "PKT" => 300,
        "WIB" => 420,
        "WITA" | "SGT" | "HKT" | "AWST" => 480,
        "JST" | "KST" | "WIT" => 540,
        "AEST" => 600,
        "AEDT" => 660,
        "NZST" => 720,
        "NZDT" => 780,
        "EST" | "CDT" => -300,
        "EDT" => -240,
        "CST" | "MDT" => -360,
        "MST" | "PDT" => -420,
        "PST" | "AKDT" => -480,
        "BRT" | "ART" => -180,
        _ => return None,
    })
}
