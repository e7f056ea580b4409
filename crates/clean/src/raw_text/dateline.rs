//! The line that states when the article was published.
//!
//! A wrong day is worse than none: only a line that the judgement takes away, near the
//! headline, with little in it but the date, can state it; and where several of them name
//! different days, only one that says "published" is believed.

use std::cell::OnceCell;
use std::ops::Range;

use jiff::civil::Date;
use record::date::{self, DayOrder, Stated};

use super::Page;
use crate::Hints;
use crate::lines::{Kind, Lines, Scanned};

/// The most words beside the date: a byline, a place, a section.
const MAX_BESIDE: usize = 14;

/// Words beside the date in a line that states nothing else: an hour's "Uhr", a section.
const BARE: usize = 2;
/// The same for a line that says "published".
const FEW: usize = 4;
/// Lines above and below a copy of the headline where its day may stand.
const BEFORE: usize = 3;
const AFTER: usize = 13;

/// A day that a line states.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    at: usize,
    stated: Stated,
    day: Date,
    published: bool,
    /// Words beside the date.
    words: usize,
}

/// Finds what the lines of the page's `head` state, and in which line; where they leave it
/// open, what stands beside any copy of the headline (line `headline`), or the one day that
/// lines anywhere call the publication's.
pub(super) fn find(
    page: &Page,
    headline: usize,
    head: Range<usize>,
    kept: impl Fn(usize) -> bool,
    hints: &Hints<'_>,
) -> Option<(usize, Stated)> {
    let slashed = OnceCell::new();
    let stated_in = |lines: &mut dyn Iterator<Item = usize>| -> Vec<Candidate> {
        lines
            .filter(|at| *at == 0 || !kept(*at))
            .filter_map(|at| read(page, at, hints, &slashed))
            .collect()
    };
    let near_copies = || -> Vec<Candidate> {
        let mut lines = page.copies(headline).flat_map(|at| at.saturating_sub(BEFORE)..at + AFTER);
        stated_in(&mut lines).into_iter().filter(|c| c.published || c.words <= BARE).collect()
    };
    let said_anywhere = || -> Vec<Candidate> {
        let all = stated_in(&mut (0..page.lines.len()));
        all.into_iter().filter(|c| c.published && c.words <= FEW).collect()
    };
    let found = choose(&stated_in(&mut head.clone()))
        .or_else(|| choose(&near_copies()))
        .or_else(|| unanimous(&said_anywhere()));
    found.map(|c| (c.at, c.stated))
}

fn choose(found: &[Candidate]) -> Option<Candidate> {
    let first_said = found.iter().find(|c| c.published);
    let bare: Vec<Candidate> = found.iter().filter(|c| c.words <= BARE).copied().collect();
    first_said.copied().or_else(|| unanimous(found)).or_else(|| unanimous(&bare))
}

fn unanimous(found: &[Candidate]) -> Option<Candidate> {
    let first = found.first()?;
    found.iter().all(|c| c.day == first.day).then_some(*first)
}

/// `slashed` keeps what slashes mean on this page, once it is known.
fn read(
    page: &Page,
    at: usize,
    hints: &Hints<'_>,
    slashed: &OnceCell<DayOrder>,
) -> Option<Candidate> {
    let (text, line) = (page.lines.get(at)?, page.scanned.all.get(at)?);
    if !has_room(line) || text.contains('@') || text.contains('©') {
        return None;
    }
    let found = date::find(text, order(page, text, slashed))?;
    let before = text.get(..found.range.start)?;
    let after = text.get(found.range.end..)?;
    let beside = Lines::scan([before, after].into_iter());
    let said = |kind: Kind| beside.all.first().is_some_and(|b| b.cues.share_of(kind) > 0.0);
    let published = said(Kind::Published);
    if (said(Kind::Updated) && !published) || said(Kind::Copyright) {
        return None;
    }
    let second = beside.all.first().is_some_and(|b| b.shape.digits >= 4);
    let words: usize = beside.all.iter().map(|b| b.shape.words as usize).sum();
    let sentence = beside.all.iter().any(|b| b.shape.sentence_ends > 0 && b.shape.words > 4);
    let in_range = date::is_plausible(found.stated, hints.now);
    if second
        || words > MAX_BESIDE
        || sentence
        || !in_range
        || is_ambiguous(text, &found, order(page, text, slashed))
    {
        return None;
    }
    let (published_at, _) = found.stated.published(&hints.zones);
    Some(Candidate { at, stated: found.stated, day: published_at.day(), published, words })
}

fn has_room(line: &Scanned) -> bool {
    line.shape.digits > 0 && line.length() <= 30.0
}

/// Day and month are told apart by nothing: `04/05/2024` where both orders are written.
fn is_ambiguous(text: &str, found: &date::Found, order: DayOrder) -> bool {
    let written = text.get(found.range.clone()).unwrap_or_default();
    if order != DayOrder::Unknown || !written.contains('/') {
        return false;
    }
    let mut numbers = written.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok());
    let (Some(a), Some(b)) = (numbers.next(), numbers.next()) else { return false };
    let small = |n: u32| (1..=12).contains(&n);
    small(a) && small(b) && a != b
}

/// Bytes of text that tell the language.
const SAMPLE: usize = 600;

/// The order of day and month, where slashes leave it open: only English writes both.
fn order(page: &Page, line: &str, slashed: &OnceCell<DayOrder>) -> DayOrder {
    if !line.contains('/') {
        return DayOrder::Unknown;
    }
    *slashed.get_or_init(|| order_of_page(page))
}

fn order_of_page(page: &Page) -> DayOrder {
    let mut sample = String::new();
    for (text, line) in page.lines.iter().zip(&page.scanned.all) {
        if line.is_prose() && sample.len() < SAMPLE {
            sample.push_str(text.get(..SAMPLE).unwrap_or(text));
            sample.push(' ');
        }
    }
    match whatlang::detect_lang(&sample) {
        None | Some(whatlang::Lang::Eng) => DayOrder::Unknown,
        Some(_) => DayOrder::DayFirst,
    }
}
