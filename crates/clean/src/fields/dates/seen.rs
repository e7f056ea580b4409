//! Dates that readers see: `time` elements and lines, worth more the nearer the headline they
//! stand.

use record::date::Stated;
use record::fold;

use super::collect::{push, read};
use super::{About, Vote};
use crate::fields::evidence::{Piece, Place, Stamp};
use crate::fields::roles::Roles;
use crate::fields::spoken_date::{self, Found, Habit, Label};
use crate::fields::{Case, Fields};

/// Most visible lines judged.
const MAX_LINES: usize = 40;
/// What a place outside of the article's element is worth less.
const OUTSIDE: f32 = -0.2;
/// Letters beside a date up to which it stands alone, and the text before it is its label.
const ALONE: usize = 12;

/// Where the headline stands: the heading with the title's words, and the article's own `h1`
/// where that is another (pages state titles that they show in a teaser only).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Heads {
    titled: Option<Place>,
    own: Option<Place>,
}

impl Heads {
    pub(super) fn of(case: &Case<'_>, fields: &Fields) -> Self {
        let headings = || case.evidence.headings.iter().filter(|(level, _)| *level <= 3);
        let title = fields.title.as_deref().map(fold);
        let titled = title.and_then(|t| headings().find(|(_, p)| fold(&p.text) == t));
        let central = |p: &Piece| !p.place.aside && !p.place.other;
        let own = headings().find(|(level, p)| *level == 1 && central(p));
        let own = own.or_else(|| headings().find(|(level, _)| *level == 1));
        let article = |(_, p): &&(u8, Piece)| {
            p.place.inside && central(p) && !case.site_names.contains(&fold(&p.text))
        };
        match titled {
            Some((level, piece)) => {
                let own = own.filter(|_| *level != 1).filter(article);
                Self { titled: Some(piece.place), own: own.map(|(_, p)| p.place) }
            }
            None => Self { titled: own.map(|(_, p)| p.place), own: None },
        }
    }

    fn all(self) -> impl Iterator<Item = Place> {
        self.titled.into_iter().chain(self.own)
    }

    /// Does the place stand within a few screens of a headline? True without one.
    fn are_near(self, place: Place) -> bool {
        let near = |head: Place| (-1500..=4000).contains(&after(place, head));
        self.titled.is_none() || self.all().any(near)
    }

    /// How much nearer the headline a place is than others: -0.5 to 0.25.
    fn nearness(self, place: Place) -> f32 {
        let alone = Place { aside: false, other: false, ..place };
        let without = || frame(place, alone);
        self.all().map(|head| nearness(place, head)).reduce(f32::max).unwrap_or_else(without)
    }
}

/// Bytes of text from the headline to the place.
fn after(place: Place, head: Place) -> i64 {
    i64::from(place.text_before) - i64::from(head.text_before)
}

/// What stands under the headline is the article's; above it, behind a menu, stands today's
/// date.
fn nearness(place: Place, head: Place) -> f32 {
    frame(place, head)
        + match after(place, head) {
            0..=150 => 0.25,
            -60..=-1 | 151..=400 => 0.22,
            401..=900 => 0.2,
            -300..=-61 => 0.12,
            -800..=2000 => 0.05,
            _ => -0.05,
        }
}

/// Furniture and other articles' teasers, unless the headline stands in the same (wrappers say
/// "sidebar" when they mean a page that has one), and what stands outside of the article's
/// element that has the headline: today's date in the page's head.
fn frame(place: Place, head: Place) -> f32 {
    let aside = if place.aside && !head.aside { -0.2 } else { 0.0 };
    let other = match place {
        _ if head.other => 0.0,
        Place { comment: true, .. } => -0.5,
        Place { other: true, .. } => -0.25,
        _ => 0.0,
    };
    let outside = if head.inside && !place.inside { OUTSIDE } else { 0.0 };
    aside + other + outside
}

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
