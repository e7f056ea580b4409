//! An HTML page to a record: decode, guard, parse once, fields, body, judgement.

use record::{Line, Page, Reason, ReasonKind, Record, fold};

use crate::body::Body;
use crate::fields::{self, Fields, active_markup};
use crate::html_parse::Parsed;
use crate::{Cleaned, Hints, body, charset, classify, html_parse, raw_text};

/// Decoded text that a page may have, in bytes.
const MAX_TEXT: usize = 8 * 1024 * 1024;

pub(crate) fn clean(page: &Page, hints: &Hints<'_>) -> Result<Cleaned, Reason> {
    if page.body.len() > 2 * MAX_TEXT {
        return Err(too_large(page.body.len()));
    }
    let (text, _) = charset::decode(&page.body, page.content_type.as_deref());
    if text.trim_ascii().is_empty() {
        return Err(Reason::of(ReasonKind::Empty));
    }
    if text.len() > MAX_TEXT {
        return Err(too_large(text.len()));
    }
    let parsed = html_parse::parse(&text);
    let mut trace = Vec::new();
    if let Some(kind) = parsed.cut {
        trace.push(format!("page: read in part: {}", kind.sentence()));
    }
    let hints = &Hints { now: hints.now.or(Some(page.fetched_at)), ..hints.clone() };
    let (record, body, explained) =
        record(&parsed, page, hints).map_err(|reason| parsed.cut.map_or(reason, Reason::of))?;
    trace.extend(explained);
    trace.extend(body.trace);
    // The last step of both kinds of input is the same filter of lines: what comes out is left
    // as it is by cleaning it again.
    let settled = raw_text::settle(record, hints)?;
    trace.extend(settled.trace);
    Ok(Cleaned { removed: body.removed + settled.removed, trace, ..settled })
}

fn too_large(length: usize) -> Reason {
    Reason::new(ReasonKind::TooLarge, format!("{length} bytes (at most {MAX_TEXT})"))
}

/// The record, how its body was found, and how its fields were.
type Made = (Record, Body, Vec<String>);

fn record(parsed: &Parsed<'_>, page: &Page, hints: &Hints<'_>) -> Result<Made, Reason> {
    let html = &parsed.html;
    let context = fields::Context {
        url: page.url.as_deref().or(hints.url),
        requested_url: page.requested_url.as_deref(),
        hints,
        long_scripts: &parsed.long_scripts,
    };
    let mut fields = fields::extract(html, &context);
    let mut body = body::extract(html, &fields, hints.entry);
    let found =
        classify::Evidence { fields: &fields, url: context.url, words: body.words as usize };
    if let Some(reason) = classify::judge(&found) {
        return Err(reason);
    }
    let title = title(&fields, hints).ok_or_else(|| Reason::of(ReasonKind::NoTitle))?;
    drop_headline(&mut body.paragraphs, &title);
    if body.paragraphs.is_empty() {
        return Err(Reason::of(ReasonKind::NoBody));
    }
    let mut record = Record::new(title, std::mem::take(&mut body.paragraphs));
    fields::language(&mut fields, &record.body_text());
    let explained = fields.explain();
    record.date = fields.date;
    record.url = fields.url.take();
    record.meta = fields.into_meta(hints.feed_url);
    Ok((record, body, explained))
}

/// A first paragraph that is the headline but for the markup that was taken out of that.
fn drop_headline(paragraphs: &mut Vec<Line>, title: &Line) {
    let is_headline = |p: &Line| p.contains('<') && fold(&active_markup::without(p)) == fold(title);
    if paragraphs.first().is_some_and(is_headline) {
        paragraphs.remove(0);
    }
}

fn title(fields: &Fields, hints: &Hints<'_>) -> Option<Line> {
    let of_entry = || Line::new(hints.entry?.title.as_deref()?);
    let of_page = || Line::new(fields.page_title.as_deref()?);
    fields.title.clone().or_else(of_entry).or_else(of_page)
}
