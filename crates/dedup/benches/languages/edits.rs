//! What becomes of an article that others take over.

use crate::dice::Dice;

/// The kinds of edit.
pub(crate) const KINDS: [&str; 10] = [
    "exact",
    "dateline",
    "truncated",
    "excerpt",
    "dropped",
    "inserted",
    "updated",
    "corrected",
    "joined",
    "lighter",
];

/// `body` after one kind of edit, `None` where it has not enough text for that. `other` is a
/// paragraph of another article in the same language.
pub(crate) fn edited(kind: &str, body: &str, other: &str, dice: &mut Dice) -> Option<String> {
    let mut paragraphs: Vec<&str> = body.lines().collect();
    match kind {
        "exact" => {}
        "dateline" => return Some(format!("BERLIN (dpa) - {body}")),
        "truncated" => return Some(cut(body, 35 + dice.roll(35))),
        "excerpt" => return (body.len() > 900).then(|| cut(body, 12 + dice.roll(16))),
        "dropped" if paragraphs.len() > 3 => drop(paragraphs.remove(paragraphs.len() / 2)),
        "inserted" if !other.is_empty() && other.len() * 3 < body.len() => {
            paragraphs.insert(paragraphs.len() / 2, other);
        }
        "updated" if !other.is_empty() && other.len() * 2 < body.len() => {
            paragraphs.insert(0, other);
        }
        "corrected" => return corrected(body, dice),
        "joined" => return Some(paragraphs.join(" ")),
        "lighter" => {
            let mut sentences: Vec<&str> = body.split_inclusive(['.', '。', '!', '?']).collect();
            sentences.retain(|_| dice.roll(100) >= 18);
            return Some(sentences.concat());
        }
        _ => return None,
    }
    Some(paragraphs.join("\n"))
}

/// The first so many hundredths.
fn cut(body: &str, percent: usize) -> String {
    body.chars().take(body.chars().count() * percent / 100).collect()
}

/// With the last digit of the first three figures changed.
fn corrected(body: &str, dice: &mut Dice) -> Option<String> {
    let mut changed: Vec<char> = body.chars().collect();
    let is_digit = |c: Option<&char>| c.is_some_and(char::is_ascii_digit);
    let last = |at: &usize| is_digit(changed.get(*at)) && !is_digit(changed.get(at + 1));
    let ends: Vec<usize> = (0..changed.len()).filter(last).take(3).collect();
    for at in &ends {
        let digit = changed[*at].to_digit(10)? as usize;
        changed[*at] = char::from_digit((digit + 1 + dice.roll(8)) as u32 % 10, 10)?;
    }
    (!ends.is_empty()).then(|| changed.into_iter().collect())
}
