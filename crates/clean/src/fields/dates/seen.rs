//! Dates that readers see: `time` elements and lines, worth more the nearer the headline they
//! stand.

use record::date::Stated;

use super::collect::{push, read};
use super::{About, Vote};
use crate::fields::Case;
use crate::fields::evidence::{Piece, Stamp};
use crate::fields::heads::Heads;
use crate::fields::roles::Roles;
use crate::fields::spoken_date::{self, Found, Habit, Label};

/// Most visible lines judged.
const MAX_LINES: usize = 40;
/// Letters beside a date up to which it stands alone, and the text before it is its label.
const ALONE: usize = 12;

/// The votes of `time` elements.
pub(super) fn times(case: &Case<'_>, habit: Habit<'_>, heads: Heads, votes: &mut Vec<Vote>) {
    for tag in case.evidence.times.iter().take(MAX_LINES) {
        let stamp = tag.stamp.and_then(|s| read(s, habit));
        let shown = spoken_date::find(&tag.piece.text, habit).into_iter().next();
        let label = shown.as_ref().and_then(|f| f.label).or_else(|| spoken_date::label(tag.lead));
        let about = about(tag.piece.roles, label);
        let mut weight = 0.5 + heads.nearness(tag.piece.place);
        weight += 0.1 * f32::from(u8::from(tag.pubdate || is_publication(label)));
        if tag.piece.place.linked {
            weight -= 0.15;
        }
        if label == Some(Label::Other) {
            weight -= 0.3;
        }
        let seen = shown.map(|f| (f.stated, f.ambiguous));
        push(votes, "time", about, weight, stamp.or(seen));
        // What is shown beside the machine's form tells the paper's own clock.
        if stamp.is_some() {
            push(votes, "time", about, weight - 0.05, seen.filter(|(s, _)| is_local(*s)));
        }
    }
}

fn is_local(stated: Stated) -> bool {
    matches!(stated, Stated::Local(_))
}

fn is_publication(label: Option<Label>) -> bool {
    matches!(label, Some(Label::Published | Label::First))
}

fn about(roles: Roles, label: Option<Label>) -> About {
    match label {
        Some(Label::Updated) => About::Updated,
        // Systems give both words to the one date of an article that was never changed.
        None if roles.has(Roles::UPDATED) && !roles.has(Roles::PUBLISHED) => About::Updated,
        _ => About::Published,
    }
}

/// The votes of lines with dates.
pub(super) fn lines(case: &Case<'_>, habit: Habit<'_>, heads: Heads, votes: &mut Vec<Vote>) {
    let stamps = &case.evidence.stamps;
    let last = stamps.len().saturating_sub(8);
    let mut judged = 0;
    for (at, stamp) in stamps.iter().enumerate() {
        let piece = &stamp.piece;
        let dated = piece.roles.has(Roles::DATE.with(Roles::UPDATED));
        let asked = heads.are_near(piece.place) || dated || at < 10 || at >= last;
        if judged >= MAX_LINES || !asked {
            continue;
        }
        judged += 1;
        let nearness = heads.nearness(piece.place);
        for (nth, mut found) in spoken_date::find(&piece.text, habit).into_iter().enumerate() {
            found.label = found.label.or_else(|| label_before(stamp, nth, &found));
            let weight = worth_of_line(piece, &found) + nearness;
            let about = about(piece.roles, found.label);
            push(votes, "text", about, weight, Some((found.stated, found.ambiguous)));
        }
    }
}

/// What the text before a line that is a date alone says it is.
fn label_before(stamp: &Stamp<'_>, nth: usize, found: &Found) -> Option<Label> {
    let alone = nth == 0 && found.letters_around <= ALONE;
    alone.then(|| spoken_date::label(stamp.lead)).flatten()
}

fn worth_of_line(piece: &Piece, found: &Found) -> f32 {
    let words = found.letters_around;
    let by_words = match words {
        0..=12 => 0.4,
        13..=40 => 0.3,
        41..=80 => 0.15,
        _ => 0.02,
    };
    let facts = piece.roles.has(Roles::META.with(Roles::AUTHOR));
    let by_class = match words {
        _ if piece.roles.has(Roles::DATE) => 0.5,
        0..=40 if facts => 0.42,
        41..=89 if facts => 0.36,
        _ => 0.0,
    };
    let timed = if matches!(found.stated, Stated::Day(_)) { 0.0 } else { 0.05 };
    let worth = f32::max(by_words, by_class) + timed;
    match found.label {
        Some(Label::First) if words < 160 => f32::max(worth, 0.7) + 0.1,
        Some(Label::Published) if words < 120 => f32::max(worth, 0.5) + 0.1,
        Some(Label::Other) => 0.02,
        _ => worth,
    }
}
