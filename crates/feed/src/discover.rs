//! The feeds of a site, from one of its pages.

use std::collections::HashSet;

use url::Url;

use crate::markup::{Markup, Tag, attribute, markup};

/// An address where a feed may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The absolute URL.
    pub url: String,
    /// The title that the page gives it.
    pub title: Option<String>,
    /// How it was found.
    pub found: FoundBy,
}

/// How a candidate was found, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FoundBy {
    /// A `link rel=alternate` with a feed's type.
    Advertised,
    /// As above, but a feed of comments.
    Comments,
    /// An anchor that looks like one to a feed.
    Anchor,
    /// A path where feeds often are.
    WellKnownPath,
}

impl Candidate {
    /// Does the page itself call it a feed of its articles?
    #[must_use]
    pub fn is_advertised(&self) -> bool {
        self.found == FoundBy::Advertised
    }
}

/// Paths where sites of all kinds keep their feed, the commonest first.
const PATHS: &[&str] =
    &["/feed", "/rss", "/feed.xml", "/atom.xml", "/rss.xml", "/index.xml", "/feed.json"];

/// Most candidates of one page, and most tags looked at.
const MOST_CANDIDATES: usize = 40;
const MOST_TAGS: usize = 50_000;

/// The candidates on `page`, which stands at `url`, the surest first, each address once. What
/// they hold must be tried by fetching and [`parse`](crate::parse). Linear in the page.
///
/// ```
/// let page = "<link rel='alternate' type='application/rss+xml' href='/news.xml'>";
/// let candidates = feed::discover(page, "https://example.org/a/b");
/// assert_eq!(candidates[0].url, "https://example.org/news.xml");
/// assert!(candidates[0].is_advertised());
/// ```
#[must_use]
pub fn discover(page: &str, url: &str) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut base = Url::parse(url).ok();
    let mut has_base = false;
    for tag in tags(page) {
        let is = |name: &str| tag.name.eq_ignore_ascii_case(name);
        if is("base") && !has_base {
            has_base = true;
            base = resolve(&tag, base.as_ref()).or(base);
        } else if is("link") {
            found.extend(linked(&tag, base.as_ref()));
        } else if is("a") && found.len() < MOST_CANDIDATES {
            found.extend(anchored(&tag, base.as_ref()));
        }
    }
    found.extend(well_known(Url::parse(url).ok().as_ref()));
    found.sort_by_key(|candidate| candidate.found);
    let mut seen = HashSet::new();
    found.retain(|candidate| seen.insert(candidate.url.clone()));
    found.truncate(MOST_CANDIDATES);
    found
}

fn tags(page: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut at = 0;
    let tag = move || loop {
        let found = memchr::memchr(b'<', page.as_bytes().get(at..)?)?;
        let here = at + found;
        if let Markup::Tag(tag) = markup(page, here) {
            at = tag.end.max(here + 1);
            return Some(tag);
        }
        at = here + 1;
    };
    std::iter::from_fn(tag).filter(|tag| !tag.is_end).take(MOST_TAGS)
}

fn resolve(tag: &Tag<'_>, base: Option<&Url>) -> Option<Url> {
    let href = attribute(tag, "href").filter(|href| !href.is_empty())?;
    let url = match base {
        Some(base) => base.join(&href).ok()?,
        None => Url::parse(&href).ok()?,
    };
    // `feed:` and `feed:https:` are old ways to say that a feed reader is wanted.
    let url = match url.as_str().strip_prefix("feed:") {
        Some(rest) if rest.starts_with("//") => Url::parse(&format!("http:{rest}")).ok()?,
        Some(rest) => Url::parse(rest).ok()?,
        None => url,
    };
    matches!(url.scheme(), "http" | "https").then_some(url)
}

fn linked(tag: &Tag<'_>, base: Option<&Url>) -> Option<Candidate> {
    let rel = attribute(tag, "rel")?.to_ascii_lowercase();
    let is = |word: &str| rel.split_ascii_whitespace().any(|r| r == word);
    let media_type = attribute(tag, "type").unwrap_or_default().to_ascii_lowercase();
    let is_feed_type = ["rss", "atom", "rdf", "feed+json"].iter().any(|t| media_type.contains(t));
    let old_type = matches!(&*media_type, "text/xml" | "application/xml" | "application/json");
    let href = attribute(tag, "href")?;
    let wanted =
        is("feed") || (is("alternate") && (is_feed_type || (old_type && looks_like_feed(&href))));
    if !wanted || href.contains("/wp-json/") || href.contains("/oembed") {
        return None;
    }
    let title = attribute(tag, "title").map(|t| crate::display::display_text(&t));
    let url = resolve(tag, base)?.to_string();
    let comments = url.to_ascii_lowercase().contains("comments")
        || title.as_deref().is_some_and(|t| t.to_lowercase().contains("comments feed"));
    let found = if comments { FoundBy::Comments } else { FoundBy::Advertised };
    Some(Candidate { url, title: title.filter(|t| !t.is_empty()), found })
}

fn anchored(tag: &Tag<'_>, base: Option<&Url>) -> Option<Candidate> {
    let href = attribute(tag, "href")?;
    if !looks_like_feed(&href) {
        return None;
    }
    Some(Candidate { url: resolve(tag, base)?.to_string(), title: None, found: FoundBy::Anchor })
}

/// Does the path end like a feed's?
fn looks_like_feed(href: &str) -> bool {
    let lower = href.to_ascii_lowercase();
    let path = lower.split(['#', '?']).next().unwrap_or_default().trim_end_matches('/');
    let last = path.rsplit('/').next().unwrap_or_default();
    let (stem, extension) = last.rsplit_once('.').unwrap_or((last, ""));
    matches!(extension, "rss" | "atom" | "rdf")
        || matches!(last, "feed" | "feeds" | "rss" | "rss2" | "atom")
        || (matches!(extension, "xml" | "json" | "php")
            && ["feed", "rss", "atom", "index"].contains(&stem)
            && !(stem == "index" && extension != "xml"))
        || lower.starts_with("feed:")
        || ["feed=rss", "feed=atom", "format=rss", "format=feed"].iter().any(|q| lower.contains(q))
}

fn well_known(url: Option<&Url>) -> Vec<Candidate> {
    let at = |path: &&str| {
        let url = url?.join(path).ok()?.to_string();
        Some(Candidate { url, title: None, found: FoundBy::WellKnownPath })
    };
    PATHS.iter().filter_map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_gives_its_feeds_the_surest_first() {
        let page = r#"<html><head><base href="/blog/">
            <link rel="alternate" type="application/rss+xml" title="Comments Feed" href="c">
            <LINK REL='feed alternate' TYPE='application/atom+xml' TITLE='News &amp; more' HREF=atom.xml>
            <link rel="alternate" hreflang="de" href="/de/"><link rel="stylesheet" href="rss.css">
            </head><body><a href="/feeds/all.rss">RSS</a> <a href="/about">x</a>
            <a href="feed:https://example.org/odd">y</a><a href="mailto:feed">z</a>"#;
        let found = discover(page, "https://example.org/");
        let urls: Vec<_> = found.iter().map(|c| (c.url.as_str(), c.found)).take(4).collect();
        assert_eq!(
            urls,
            [
                ("https://example.org/blog/atom.xml", FoundBy::Advertised),
                ("https://example.org/blog/c", FoundBy::Comments),
                ("https://example.org/feeds/all.rss", FoundBy::Anchor),
                ("https://example.org/odd", FoundBy::Anchor),
            ]
        );
        assert_eq!(found[0].title.as_deref(), Some("News & more"));
        assert!(found.iter().any(|c| c.url == "https://example.org/feed.xml"));
    }
}
