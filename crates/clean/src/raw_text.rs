//! Raw text to a record: the text form, or the dump of a whole page without markup.
//!
//! One [`pass`] reads the text form, finds the headline, judges the lines, and takes the day
//! and the authors from the lines that state them. Passes are repeated until one changes
//! nothing, so that cleaning what was cleaned changes nothing: [`settle`] is also the last
//! step of cleaning a page.

mod byline;
mod dateline;
mod decode;
mod tables;
mod title;

use std::ops::Range;

use record::date::Stated;
use record::{Line, Reason, ReasonKind, Record, text};

use self::title::Headline;
use crate::lines::{self, Lines};
use crate::{Cleaned, Hints};

/// Lines that one input may have.
const MAX_LINES: usize = 100_000;

/// Passes after which an input that still changes is refused. Real pages settle in two or
/// three; each pass that changes something shortens the text.
const MAX_PASSES: usize = 32;

pub(crate) fn clean(bytes: &[u8], hints: &Hints<'_>) -> Result<Cleaned, Reason> {
    let decoded = decode::decode(bytes)?;
    if decoded.lines().count() > MAX_LINES {
        return Err(Reason::new(ReasonKind::TooComplex, format!("more than {MAX_LINES} lines")));
    }
    if decoded.trim().is_empty() {
        return Err(Reason::of(ReasonKind::Empty));
    }
    settle(text::parse(&decoded)?, hints)
}

/// Filters the lines of `record` until nothing changes any more.
///
/// # Errors
/// [`ReasonKind::NoBody`] where no line of an article is left.
pub(crate) fn settle(mut record: Record, hints: &Hints<'_>) -> Result<Cleaned, Reason> {
    let lines = record.body.len();
    let mut page = Page::of(&record);
    let mut trace = Vec::new();
    for _ in 0..MAX_PASSES {
        let before = (record.date, page.lines.len());
        let new_title = pass(&mut page, &mut record, hints, &mut trace);
        if page.lines.len() < 2 {
            return Err(Reason::of(ReasonKind::NoBody));
        }
        if !new_title && before == (record.date, page.lines.len()) {
            let mut kept = page.lines.into_iter();
            record.title = kept.next().unwrap_or(record.title);
            record.body = kept.collect();
            let removed = lines.saturating_sub(record.body.len());
            return Ok(Cleaned { record, removed, trace });
        }
    }
    Err(Reason::new(ReasonKind::TooComplex, "the judgement of its lines does not settle"))
}

/// One pass: it takes lines away, may replace the title by a line of the text or cut it, and
/// may add the day; it changes nothing else in the text form. So every pass that changes
/// something makes the text shorter or adds the one day, and the passes come to an end.
/// Answers whether the title is another one.
fn pass(page: &mut Page, record: &mut Record, hints: &Hints<'_>, trace: &mut Vec<String>) -> bool {
    let Some(headline) = headline(page, record) else { return false };
    let scores = lines::judge(&page.scanned, headline.at);
    let mut keep: Vec<bool> =
        (0..page.lines.len()).map(|at| is_kept(page, at, &headline, &scores)).collect();
    tables::keep(&page.scanned, headline.at, &mut keep);
    let kept = |at: usize| keep.get(at).copied().unwrap_or_default();
    let head = page.head(headline.at, kept);
    if record.date.is_none()
        && let Some((at, stated)) = dateline::find(page, headline.at, head.clone(), kept, hints)
    {
        set_date(record, stated, hints);
        trace.push(format!("date: {} states it", quoted(page, at)));
    }
    if record.meta.authors.is_empty() {
        record.meta.authors = byline::find(page, head, kept);
        if !record.meta.authors.is_empty() {
            record.meta.provenance.insert("authors".into(), "text".into());
        }
    }
    if let Some(first) = keep.first_mut() {
        *first = true;
    }
    page.retain(&keep);
    let new_title = page.lines.first().is_some_and(|title| *title != headline.title);
    if new_title {
        trace.push(format!("title: the headline says '{}'", headline.title));
        page.set_title(headline.title);
    }
    new_title
}

/// The headline: stated where the text has the form of a record with its address, else chosen.
fn headline(page: &Page, record: &Record) -> Option<Headline> {
    if record.url.is_some() {
        return Some(Headline { title: page.lines.first()?.clone(), at: 0 });
    }
    title::choose(&page.lines, &page.scanned)
}

fn is_kept(page: &Page, at: usize, headline: &Headline, scores: &[f32]) -> bool {
    let (Some(line), Some(score)) = (page.lines.get(at), scores.get(at)) else { return false };
    let repeats = |of: usize| page.scanned.words(at) == page.scanned.words(of);
    let article = *score > 0.0 || title::is_framed(&page.scanned, headline.at, at);
    article && at != headline.at && !repeats(headline.at) && !repeats(0) && !is_header(line)
}

fn set_date(record: &mut Record, stated: Stated, hints: &Hints<'_>) {
    let (published, zone) = stated.published(&hints.zones);
    record.date = Some(published.day());
    record.meta.published = Some(published);
    record.meta.date_zone = zone;
    record.meta.provenance.insert("date".into(), "text".into());
}

fn quoted(page: &Page, at: usize) -> String {
    let line = page.lines.get(at).map_or("", Line::as_str);
    format!("'{}'", line.chars().take(80).collect::<String>())
}

/// Could the line be read as the day or the address of the text form? Such a line is never
/// body: where it stood first, the text would read back otherwise.
fn is_header(line: &str) -> bool {
    record::date::parse_compact(line).is_some() || text::header_url(line).is_some()
}

/// Copies of the headline looked at.
const MAX_COPIES: usize = 8;
/// Lines above the headline that belong to it.
const ABOVE: usize = 6;
/// Lines above the first paragraph that belong to it where no headline is found.
const ALONE: usize = 6;
/// Lines above the first paragraph at most.
const FAR: usize = 30;

/// The lines of a record as one page: the title, then the body.
struct Page {
    lines: Vec<Line>,
    scanned: Lines,
}

impl Page {
    fn of(record: &Record) -> Self {
        let mut lines = Vec::with_capacity(record.body.len() + 1);
        lines.push(record.title.clone());
        lines.extend(record.body.iter().cloned());
        let scanned = Lines::scan(lines.iter().map(Line::as_str));
        Self { lines, scanned }
    }

    fn retain(&mut self, keep: &[bool]) {
        self.scanned.retain(keep);
        let mut keep = keep.iter();
        self.lines.retain(|_| keep.next().copied().unwrap_or_default());
    }

    fn set_title(&mut self, title: Line) {
        self.scanned.replace_first(&title);
        if let Some(first) = self.lines.first_mut() {
            *first = title;
        }
    }

    /// The lines that say the same as line `at`, itself among them; few, or they are a list's.
    fn copies(&self, at: usize) -> impl Iterator<Item = usize> {
        let words = self.scanned.words(at);
        let same = move |line: &usize| self.scanned.words(*line) == words;
        (0..self.lines.len()).filter(same).take(MAX_COPIES)
    }

    /// The lines around the headline and above the article, where its day and its authors
    /// stand: to the second paragraph, from a little above the headline where that is near.
    fn head(&self, headline: usize, kept: impl Fn(usize) -> bool) -> Range<usize> {
        let all = self.scanned.all.iter().enumerate().skip(headline);
        let mut prose = all.filter(|(at, line)| line.is_prose() && kept(*at));
        let first = prose.next().map_or(headline, |(at, _)| at);
        let second = prose.next().map_or(first, |(at, _)| at);
        let above = if headline == 0 { first.saturating_sub(ALONE) } else { headline };
        let start = above.saturating_sub(ABOVE).max(first.saturating_sub(FAR));
        start..second.min(first + ABOVE).max(start) + 1
    }
}

#[cfg(test)]
mod tests;
