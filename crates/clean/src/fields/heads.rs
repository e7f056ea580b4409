//! Where the headline stands, and what stands beside it.

use record::fold;

use super::evidence::{Piece, Place};
use super::{Case, Fields};

/// What a place outside of the article's element is worth less.
const OUTSIDE: f32 = -0.2;
/// Bytes of text between a headline and the lines of facts above it; below it there may be
/// twice as many, the standfirst's.
const BESIDE: i64 = 300;

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
    pub(super) fn are_near(self, place: Place) -> bool {
        let near = |head: Place| (-1500..=4000).contains(&after(place, head));
        self.titled.is_none() || self.all().any(near)
    }

    /// Does the place stand in the lines of facts beside a headline, and in no comment or aside
    /// that the headline is not in? False without a headline.
    pub(super) fn are_beside(self, place: Place) -> bool {
        let beside = |head: Place| (-BESIDE..=2 * BESIDE).contains(&after(place, head));
        let same = |head: Place| (head.comment || !place.comment) && (head.aside || !place.aside);
        self.all().any(|head| beside(head) && same(head))
    }

    /// How much nearer the headline a place is than others: -0.5 to 0.25.
    pub(super) fn nearness(self, place: Place) -> f32 {
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
