//! One invented outlet: its feed and its pages.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};
use world::{Answer, Site};

use super::articles::Page;

/// Where each outlet has its feed.
pub(super) const FEED: &str = "/feed.xml";
/// A page behind a wall against bots.
pub(super) const WALLED: &str = "/en/behind-a-wall";
/// A page that is gone.
pub(super) const DEAD: &str = "/en/taken-down";

/// The outlet `name` with these pages, the newest of them as old as `now`.
pub(super) fn site(name: &'static str, pages: Vec<Page>, now: Timestamp) -> Site {
    let (pages, polls) = (Arc::new(pages), Arc::new(AtomicUsize::new(0)));
    let (for_feed, counted) = (Arc::clone(&pages), Arc::clone(&polls));
    let mut site = Site::new().on(FEED, move |ask| {
        counted.store(ask.nth, Ordering::Relaxed);
        Answer::rss(feed(name, &in_force(&for_feed, ask.nth), now))
    });
    for path in pages.iter().map(|page| page.path.clone()) {
        let (pages, polls) = (Arc::clone(&pages), Arc::clone(&polls));
        let wanted = path.clone();
        site = site.on(&path, move |_| {
            let pages = in_force(&pages, polls.load(Ordering::Relaxed));
            let page = pages.iter().find(|page| page.path == wanted);
            page.map_or_else(|| Answer::status(404), |page| Answer::html(html(name, page, now)))
        });
    }
    site
}

/// The newest version of each page by this poll.
fn in_force(pages: &[Page], poll: usize) -> Vec<&Page> {
    let mut found: Vec<&Page> = Vec::new();
    for page in pages.iter().filter(|page| page.poll <= poll) {
        match found.iter_mut().find(|other| other.path == page.path) {
            Some(other) => *other = page,
            None => found.push(page),
        }
    }
    found
}

fn feed(name: &str, pages: &[&Page], now: Timestamp) -> String {
    let item = |title: &str, path: &str, date: &str| {
        format!(
            "<item><title>{}</title><link>{path}</link><guid>{path}</guid>\
             <pubDate>{date}</pubDate></item>",
            escaped(title)
        )
    };
    let mut items: String = pages
        .iter()
        .map(|page| item(&page.title, &page.path, &published(page, now).to_string()))
        .collect();
    if pages.iter().any(|page| page.outlet == "north") {
        let date = now.to_string();
        items += &item("The interview", WALLED, &date);
        items += &item("A report that was taken down", DEAD, &date);
    }
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>{name} (synthetic)</title>\
         <language>en</language>{items}</channel></rss>"
    )
}

fn html(name: &str, page: &Page, now: Timestamp) -> String {
    let paragraphs: Vec<String> =
        page.paragraphs.iter().map(|text| format!("<p>{}</p>\n", escaped(text))).collect();
    let paragraphs = paragraphs.concat();
    let (title, byline) = (escaped(&page.title), escaped(&page.byline));
    let date = published(page, now);
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><title>{title} | {name}</title>\
         <meta property=\"og:type\" content=\"article\">\
         <meta property=\"og:title\" content=\"{title}\">\
         <meta property=\"og:site_name\" content=\"{name}\">\
         <meta name=\"author\" content=\"{byline}\">\
         <meta property=\"article:published_time\" content=\"{date}\"></head><body>\
         <nav><a href=\"/\">Home</a> <a href=\"/sport\">Sport</a></nav>\
         <article><h1>{title}</h1><p class=\"byline\">By {byline}</p>\n{paragraphs}</article>\
         <aside><h2>Most read</h2><ul><li><a href=\"/a\">Ten walks for Sunday</a></li></ul></aside>\
         <footer>{name} is an invented outlet; all of its articles are synthetic.</footer>\
         </body></html>"
    )
}

/// Pages of later polls are younger; the difference shows in lists.
fn published(page: &Page, now: Timestamp) -> Timestamp {
    let hours = if page.since == 0 { 3 } else { 1 };
    let earlier = now.checked_sub(SignedDuration::from_hours(hours)).unwrap_or(now);
    Timestamp::from_second(earlier.as_second()).unwrap_or(earlier)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
