//! What a rule says of title, authors and date: for what the page's own evidence leaves open.

use record::{Line, Published, Zones, date, fold};
use scraper::{Html, Selector};

use super::SiteRule;
use crate::fields::{Context, Fields, person_names};

/// Bytes of an element's text that are read.
const MAX_TEXT: usize = 600;

/// Fills in what is unknown. A title may also be cut to the part that the rule's element shows.
pub(crate) fn fill(rule: &SiteRule, html: &Html, context: &Context<'_>, fields: &mut Fields) {
    let source = format!("site rule {}", rule.name);
    let title = rule.title.as_ref().and_then(|selector| Line::new(&text(html, selector)?));
    if let Some(title) = title.filter(|title| is_better(title, fields)) {
        fields.title = Some(title);
        fields.provenance.insert("title".to_owned(), source.clone());
    }
    let mut note = |field: &str| {
        fields.provenance.insert(field.to_owned(), source.clone());
    };
    if fields.authors.is_empty()
        && let Some(byline) = rule.author.as_ref().and_then(|s| text(html, s))
    {
        fields.authors = person_names(&byline);
        if !fields.authors.is_empty() {
            note("authors");
        }
    }
    if fields.date.is_none()
        && let Some(published) = rule.date.as_ref().and_then(|s| day(html, s, context))
    {
        note("date");
        fields.date = Some(published.day());
        fields.published = Some(published);
    }
}

/// Is it a title where the page states none but the window's, or the page's own without more?
fn is_better(title: &Line, fields: &Fields) -> bool {
    let Some(known) = &fields.title else { return true };
    let of_window = fields.provenance.get("title").is_some_and(|source| source == "title");
    let (known, own) = (fold(known), fold(title));
    known != own && (of_window || (known.contains(&own) && own.len() * 3 > known.len()))
}

fn text(html: &Html, selector: &Selector) -> Option<String> {
    let element = html.select(selector).next()?;
    let mut text: String = element.text().take(80).collect::<Vec<_>>().join(" ");
    text.truncate(text.floor_char_boundary(MAX_TEXT));
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!folded.is_empty()).then_some(folded)
}

fn day(html: &Html, selector: &Selector, context: &Context<'_>) -> Option<Published> {
    let element = html.select(selector).next()?.value();
    let attribute = ["datetime", "content"].iter().find_map(|name| element.attr(name));
    let shown = || text(html, selector);
    let stated = date::parse(&attribute.map(ToOwned::to_owned).or_else(shown)?)?;
    let zones: &Zones = &context.hints.zones;
    date::is_plausible(stated, context.hints.now).then(|| stated.published(zones).0)
}
