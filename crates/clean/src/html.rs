//! An HTML page to a record: decode, guard, parse once, fields, body, judgement.

use record::{Line, Page, PageUrl, Reason, ReasonKind, Record};
use scraper::{ElementRef, Html, Selector};

use crate::{Cleaned, Hints, body, charset, html_parse};

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
    let record = record(&parsed.html, page, hints)
        .map_err(|reason| parsed.cut.map_or(reason, Reason::of))?;
    Ok(Cleaned { record, removed: 0, trace })
}

fn too_large(length: usize) -> Reason {
    Reason::new(ReasonKind::TooLarge, format!("{length} bytes (at most {MAX_TEXT})"))
}

fn record(html: &Html, page: &Page, hints: &Hints<'_>) -> Result<Record, Reason> {
    let title = title(html)
        .or_else(|| Line::new(hints.entry?.title.as_deref()?))
        .ok_or_else(|| Reason::of(ReasonKind::NoTitle))?;
    let body = body::extract(html, &title);
    if body.is_empty() {
        return Err(Reason::of(ReasonKind::NoBody));
    }
    let mut record = Record::new(title, body);
    let published = attribute(html, "meta[property='article:published_time']", "content");
    if let Some(stated) = published.and_then(record::date::parse) {
        let (published, zone) = stated.published(&hints.zones);
        record.date = Some(published.day());
        record.meta.published = Some(published);
        record.meta.date_zone = zone;
    }
    record.url = url(html, page.url.as_deref().or(hints.url));
    Ok(record)
}

fn url(html: &Html, base: Option<&str>) -> Option<PageUrl> {
    let own = attribute(html, "link[rel='canonical']", "href")
        .or_else(|| attribute(html, "meta[property='og:url']", "content"));
    let Some(base) = base else { return PageUrl::parse(own?).ok() };
    let asked = PageUrl::parse(base).ok();
    let declared = own.and_then(|own| PageUrl::join(base, own).ok());
    declared
        .filter(|url| !url.is_front_page())
        .filter(|url| asked.as_ref().is_some_and(|asked| asked.domain() == url.domain()))
        .or(asked)
}

fn title(html: &Html) -> Option<Line> {
    let shown = first(html, "h1").and_then(|h1| Line::new(&h1.text().collect::<String>()));
    let shared = attribute(html, "meta[property='og:title']", "content").and_then(Line::new);
    let named = first(html, "title").and_then(|t| Line::new(&t.text().collect::<String>()));
    shared.or(shown).or(named)
}

fn attribute<'a>(html: &'a Html, selector: &str, name: &str) -> Option<&'a str> {
    first(html, selector)?.attr(name)
}

fn first<'a>(html: &'a Html, selector: &str) -> Option<ElementRef<'a>> {
    html.select(&Selector::parse(selector).ok()?).next()
}
