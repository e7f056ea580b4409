//! Origins with pages and feeds of their own.

use std::time::Duration;

use world::{Answer, Hit, Origin, Site};

use super::article;

/// A page with a text of its own.
pub(crate) fn page(number: u64) -> Answer {
    let text = article(number);
    let mut lines = text.lines();
    let title = lines.next().unwrap();
    let paragraphs: String = lines.skip(2).map(|p| format!("<p>{p}</p>\n")).collect();
    Answer::html(format!(
        "<!DOCTYPE html><html lang=en><head><title>{title}</title></head><body>\
         <article><h1>{title}</h1>{paragraphs}</article></body></html>"
    ))
}

/// A feed that links to these.
pub(crate) fn feed(links: &[&str]) -> Answer {
    let items: String = links
        .iter()
        .map(|link| format!("<item><title>T</title><link>{link}</link><guid>{link}</guid></item>"))
        .collect();
    Answer::rss(format!("<rss version='2.0'><channel><title>R</title>{items}</channel></rss>"))
}

pub(crate) fn start(site: Site) -> Origin {
    Origin::start(site).unwrap()
}

/// The shortest time between two requests in a row.
pub(crate) fn least_gap(hits: &[Hit]) -> Duration {
    hits.windows(2).map(|pair| pair[1].at.saturating_sub(pair[0].at)).min().unwrap_or(Duration::MAX)
}
