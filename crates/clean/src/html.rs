//! An HTML page to a record: decode, guard, parse once, fields, body, judgement.

use record::{Line, Page, PageUrl, Reason, ReasonKind, Record, fold};

use crate::body::{self, Body};
use crate::fields::{self, Fields, active_markup};
use crate::{
    Cleaned, Hints, SiteRule, charset, classify, double_encoding, html_parse, raw_text, site_rules,
};

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
    if charset::is_binary(text.as_bytes()) {
        return Err(Reason::of(ReasonKind::Binary));
    }
    let mut trace = Vec::new();
    let mended = double_encoding::mended(&text);
    if mended.is_some() {
        trace.push("page: it was encoded twice".to_owned());
    }
    let parsed = html_parse::parse(mended.as_deref().unwrap_or(&text));
    if let Some(kind) = parsed.cut {
        trace.push(format!("page: read in part: {}", kind.sentence()));
    }
    let hints = &Hints { now: hints.now.or(Some(page.fetched_at)), ..hints.clone() };
    let context = fields::Context {
        url: page.url.as_deref().or(hints.url),
        requested_url: page.requested_url.as_deref(),
        hints,
        long_scripts: &parsed.long_scripts,
    };
    let mut fields = fields::extract(&parsed.html, &context);
    let rule = rule(&fields, &context);
    if let Some(rule) = rule {
        site_rules::fill(rule, &parsed.html, &context, &mut fields);
    }
    let body = body::extract(parsed.html, &parsed.long_scripts, &fields, hints.entry, rule);
    let cut = |reason| parsed.cut.map_or(reason, Reason::of);
    let cleaned = finish(fields, body, &context, cut)?;
    trace.extend(cleaned.trace);
    Ok(Cleaned { trace, ..cleaned })
}

/// The site's rule, by the page's own URL, else the host that the page names as its own.
fn rule<'a>(fields: &Fields, context: &fields::Context<'a>) -> Option<&'a SiteRule> {
    let rules = context.hints.rules?;
    let url = context.url.and_then(|url| PageUrl::parse(url).ok());
    let host = url.as_ref().or(fields.url.as_ref()).map(PageUrl::host);
    rules.of(host, fields.generator.as_deref())
}

/// The record of a page with these fields and this body; `cut` says why a page that was read in
/// part is refused.
pub(crate) fn finish(
    fields: Fields,
    body: Body,
    context: &fields::Context<'_>,
    cut: impl Fn(Reason) -> Reason,
) -> Result<Cleaned, Reason> {
    let removed = body.removed;
    let (record, mut trace) = record(fields, body, context).map_err(cut)?;
    // The last step of both kinds of input is the same filter of lines: what comes out is left
    // as it is by cleaning it again.
    let settled = raw_text::settle(record, context.hints)?;
    trace.extend(settled.trace);
    Ok(Cleaned { removed: removed + settled.removed, trace, ..settled })
}

fn too_large(length: usize) -> Reason {
    Reason::new(ReasonKind::TooLarge, format!("{length} bytes (at most {MAX_TEXT})"))
}

/// The record before the last filter, and how its fields and its body were found.
fn record(
    mut fields: Fields,
    body: Body,
    context: &fields::Context<'_>,
) -> Result<(Record, Vec<String>), Reason> {
    let hints = context.hints;
    let (words, likely) = (body.words as usize, body.likely as usize);
    let found = classify::Evidence { fields: &fields, url: context.url, words, likely };
    if let Some(reason) = classify::judge(&found) {
        return Err(reason);
    }
    let of_entry = body::of_entry(&body, &fields, hints.entry);
    let from_feed = of_entry.is_some();
    let mut body = of_entry.unwrap_or(body);
    let title = title(&fields, hints).ok_or_else(|| Reason::of(ReasonKind::NoTitle))?;
    drop_headline(&mut body.paragraphs, &title);
    if body.paragraphs.is_empty() {
        return Err(Reason::of(ReasonKind::NoBody));
    }
    let mut record = Record::new(title, std::mem::take(&mut body.paragraphs));
    fields::language(&mut fields, &record.body_text());
    if from_feed {
        fields.provenance.insert("body".into(), "feed".into());
    }
    let mut trace = fields.explain();
    trace.extend(std::mem::take(&mut body.trace));
    record.date = fields.date;
    record.url = fields.url.take();
    record.meta = fields.into_meta(hints.feed_url);
    Ok((record, trace))
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
