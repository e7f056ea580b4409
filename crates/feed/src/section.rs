//! Section pages: a page of a site that lists its articles, where there is no feed that does.
//!
//! An anchor is judged by where it leads (same site, an address as articles have), by what it
//! says (a headline has some words) and by where it stands (not in navigation or footer). No
//! single sign decides, and none of a page's own names or classes is needed.

use std::collections::HashMap;

use record::{Entry, Feed, PageUrl, Reason, ReasonKind};
use url::Url;

use crate::display::display_text;
use crate::markup::{Markup, Tag, attribute, markup};
use crate::problem::Problems;
use crate::{Hints, charset, sniff};

/// Most articles of one page that are taken, in the order of the page.
const MOST_ARTICLES: usize = 200;

/// Most tags looked at, and most bytes of an anchor's text.
const MOST_TAGS: usize = 200_000;
const MOST_TEXT: usize = 4096;

/// From here on an anchor counts as one to an article.
const ENOUGH: u32 = 4;

/// Words of addresses that stand for lists, people and services, not for articles.
const NO_ARTICLES: [&str; 44] = [
    "about",
    "account",
    "advertise",
    "agb",
    "archive",
    "author",
    "authors",
    "autor",
    "autoren",
    "careers",
    "categories",
    "category",
    "comments",
    "contact",
    "cookies",
    "datenschutz",
    "epaper",
    "events",
    "faq",
    "feed",
    "feeds",
    "hashtag",
    "help",
    "impressum",
    "imprint",
    "jobs",
    "kontakt",
    "legal",
    "login",
    "newsletter",
    "newsletters",
    "page",
    "people",
    "privacy",
    "register",
    "rss",
    "search",
    "shop",
    "sitemap",
    "subscribe",
    "tag",
    "tags",
    "terms",
    "topic",
];

/// Endings of addresses that are no pages.
const NO_PAGES: [&str; 14] = [
    "jpg", "jpeg", "png", "gif", "webp", "svg", "pdf", "mp3", "mp4", "zip", "xml", "rss", "css",
    "js",
];

/// Reads a section page: its articles as entries without dates, each address once, in the order
/// of the page. What they are called there is left out: it changes with the layout, and an entry
/// that changes is fetched again. Linear in the page.
///
/// # Errors
/// [`ReasonKind::Empty`] for nothing, [`ReasonKind::NotAFeed`] where nothing looks like a link to
/// an article.
///
/// ```
/// let page = b"<html><title>City</title><a href='/city/2024/05/02/river-above-its-banks'>
///     The river rose above its banks in the night</a> <a href='/about'>About</a></html>";
/// let hints = feed::Hints { url: Some("https://example.org/city"), ..feed::Hints::default() };
/// let section = feed::section::parse(page, &hints).unwrap();
/// assert_eq!(section.entries.len(), 1);
/// ```
pub fn parse(bytes: &[u8], hints: &Hints<'_>) -> Result<Feed, Reason> {
    let text = charset::decode(bytes, hints.content_type, &mut Problems::default());
    if sniff::nature(&text) == sniff::Nature::Empty {
        return Err(Reason::of(ReasonKind::Empty));
    }
    let own = hints.url.and_then(|url| Url::parse(url).ok());
    let mut reading = Reading { text: &text, base: own.clone(), ..Reading::default() };
    reading.read();
    let entries = match &own {
        Some(own) => articles(own, &reading.anchors),
        None => Vec::new(),
    };
    if entries.is_empty() {
        let why = "a section page without links that look like articles of its site";
        return Err(Reason::new(ReasonKind::NotAFeed, why));
    }
    let link = own.map(String::from);
    Ok(Feed { title: reading.title, link, entries, ..Feed::default() })
}

/// An anchor as it stands.
#[derive(Debug)]
struct Anchor {
    url: Url,
    text: String,
    /// In a heading, or in an element that is an article.
    is_prominent: bool,
}

#[derive(Default)]
struct Reading<'a> {
    text: &'a str,
    base: Option<Url>,
    has_base: bool,
    title: Option<String>,
    anchors: Vec<Anchor>,
    /// Open elements of these kinds.
    apart: u32,
    articles: u32,
    headings: u32,
    /// The anchor that is open: where it leads, where its text begins, and what it is called.
    open: Option<(Url, usize, Option<String>)>,
}

impl<'a> Reading<'a> {
    fn read(&mut self) {
        let mut at = 0;
        for _ in 0..MOST_TAGS {
            let rest = self.text.as_bytes().get(at..).unwrap_or_default();
            let Some(here) = memchr::memchr(b'<', rest).map(|found| at + found) else { break };
            at = match markup(self.text, here) {
                Markup::Tag(tag) => {
                    self.tag(&tag);
                    self.behind(&tag).max(here + 1)
                }
                Markup::Comment => self.behind_text("-->", here + 4),
                _ => here + 1,
            };
        }
    }

    /// Where to go on after a tag: scripts and styles are passed over whole.
    fn behind(&self, tag: &Tag<'_>) -> usize {
        let is_raw = ["script", "style", "template", "noscript"]
            .iter()
            .find(|name| !tag.is_end && !tag.is_empty && tag.name.eq_ignore_ascii_case(name));
        match is_raw {
            Some(name) => self.behind_text(&format!("</{name}"), tag.end),
            None => tag.end,
        }
    }

    /// Behind the next `end`, whatever its case; at the end of the page where there is none.
    fn behind_text(&self, end: &str, from: usize) -> usize {
        let mut at = from;
        let (first, bytes) = (end.as_bytes().first().copied(), self.text.as_bytes());
        while let Some(found) =
            first.and_then(|first| memchr::memchr(first, bytes.get(at..).unwrap_or_default()))
        {
            let here = at + found;
            let found = bytes.get(here..here + end.len());
            if found.is_some_and(|found| found.eq_ignore_ascii_case(end.as_bytes())) {
                return here + end.len();
            }
            at = here + 1;
        }
        bytes.len()
    }

    fn tag(&mut self, tag: &Tag<'a>) {
        let name = tag.name.to_ascii_lowercase();
        match name.as_str() {
            "base" if !self.has_base && !tag.is_end => {
                self.has_base = true;
                self.base = self.resolve(tag).or(self.base.take());
            }
            "title" if !tag.is_end && self.title.is_none() => self.title = self.title_at(tag.end),
            "nav" | "footer" | "aside" => count(&mut self.apart, tag.is_end),
            // Whatever was left open before, here begins what the page is about.
            "main" if !tag.is_end => self.apart = 0,
            "article" => {
                count(&mut self.articles, tag.is_end);
                self.apart = if tag.is_end { self.apart } else { 0 };
            }
            "h1" | "h2" | "h3" | "h4" => count(&mut self.headings, tag.is_end),
            "a" => {
                self.close(tag.start);
                if !tag.is_end && self.apart == 0 {
                    let label = attribute(tag, "aria-label").or_else(|| attribute(tag, "title"));
                    let label = label.map(|label| display_text(&label));
                    self.open = self.resolve(tag).map(|url| (url, tag.end, label));
                }
            }
            _ => {}
        }
    }

    /// Ends the anchor that is open.
    fn close(&mut self, at: usize) {
        let Some((url, from, label)) = self.open.take() else { return };
        let to = self.text.floor_char_boundary(at.min(from + MOST_TEXT));
        let text = self.text.get(from..to).map(display_text).unwrap_or_default();
        let text = if text.is_empty() { label.unwrap_or_default() } else { text };
        let is_prominent = self.articles + self.headings > 0
            || self.text.get(from..to).is_some_and(|inner| inner.contains("<h"));
        self.anchors.push(Anchor { url, text, is_prominent });
    }

    fn title_at(&self, from: usize) -> Option<String> {
        let rest = self.text.get(from..self.text.floor_char_boundary(from + MOST_TEXT))?;
        let title = display_text(rest.get(..rest.find("</")?)?);
        (!title.is_empty()).then_some(title)
    }

    fn resolve(&self, tag: &Tag<'_>) -> Option<Url> {
        let href = attribute(tag, "href")?;
        let href = href.trim();
        if href.is_empty() || href.starts_with('#') {
            return None;
        }
        let mut url = match &self.base {
            Some(base) => base.join(href).ok()?,
            None => Url::parse(href).ok()?,
        };
        url.set_fragment(None);
        matches!(url.scheme(), "http" | "https").then_some(url)
    }
}

fn count(open: &mut u32, is_end: bool) {
    *open = if is_end { open.saturating_sub(1) } else { *open + 1 };
}

/// The articles among the anchors: several that lead to one page are judged together.
fn articles(own: &Url, anchors: &[Anchor]) -> Vec<Entry> {
    let Some(site) = PageUrl::parse(own.as_str()).ok() else { return Vec::new() };
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut pages: Vec<(String, &Anchor, usize, bool)> = Vec::new();
    for anchor in anchors {
        let Ok(page) = PageUrl::parse(anchor.url.as_str()) else { continue };
        if page.domain() != site.domain() || page.identity() == site.identity() {
            continue;
        }
        let weight = weight(&anchor.text);
        let place = *places.entry(page.identity()).or_insert(pages.len());
        match pages.get_mut(place) {
            Some((_, _, heaviest, is_prominent)) => {
                *heaviest = weight.max(*heaviest);
                *is_prominent |= anchor.is_prominent;
            }
            None => pages.push((page.as_str().to_owned(), anchor, weight, anchor.is_prominent)),
        }
    }
    let is_article = |(_, anchor, weight, is_prominent): &(String, &Anchor, usize, bool)| {
        let Some(address) = of_address(&anchor.url, own) else { return false };
        let text = match weight {
            0..3 => 0,
            3..6 => 1,
            6.. => 2,
        };
        // A headline is needed as much as an address: neither does alone.
        text > 0 && address + text + u32::from(*is_prominent) >= ENOUGH
    };
    let entry = |(url, ..): (String, &Anchor, usize, bool)| Entry {
        id: url.clone(),
        link: Some(url),
        ..Entry::default()
    };
    pages.into_iter().filter(is_article).take(MOST_ARTICLES).map(entry).collect()
}

/// How much a text says, in words; four letters of a script without blanks count as one.
fn weight(text: &str) -> usize {
    let wide = text.chars().filter(|c| matches!(u32::from(*c), 0x2e80..0xd7ff | 0x0e00..0x0eff));
    text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
        + wide.count() / 4
}

/// What an address says for an article: `None` where it is none.
fn of_address(url: &Url, own: &Url) -> Option<u32> {
    let parts: Vec<String> =
        url.path_segments()?.filter(|part| !part.is_empty()).map(str::to_lowercase).collect();
    let last = parts.last()?;
    let (stem, ending) = last.rsplit_once('.').unwrap_or((last, ""));
    if NO_PAGES.contains(&ending) || parts.iter().any(|part| NO_ARTICLES.contains(&part.as_str())) {
        return None;
    }
    // The sections above this one.
    if own.path().trim_end_matches('/').starts_with(url.path().trim_end_matches('/'))
        && url.query().is_none()
    {
        return None;
    }
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    let words = stem.split(['-', '_', '+', ' ']).flat_map(|part| part.split("%20"));
    let words = words.filter(|word| word.len() > 1 && digits(word) < word.len()).count();
    let slug = match words {
        0 | 1 => 0,
        2 | 3 => 1,
        _ => 2,
    };
    let is_number = digits(stem) >= 5 || url.query_pairs().any(|(_, value)| digits(&value) >= 4);
    let is_page = matches!(ending, "html" | "htm" | "shtml" | "php" | "aspx");
    let signs = slug + 2 * u32::from(has_date(&parts)) + u32::from(is_number) + u32::from(is_page);
    (signs > 0).then_some(signs)
}

/// A year and a month stand in it, apart or together: `/2024/05/`, `2024-05-02`, `20240502`.
fn has_date(parts: &[String]) -> bool {
    let is_year =
        |text: &str| text.len() == 4 && (text.starts_with("19") || text.starts_with("20"));
    let is_month = |text: &str| text.parse().is_ok_and(|n: u32| (1..=12).contains(&n));
    let numbers: Vec<&str> = parts
        .iter()
        .flat_map(|part| part.split(|c: char| !c.is_ascii_digit()))
        .filter(|number| !number.is_empty())
        .collect();
    let apart = numbers
        .iter()
        .zip(numbers.iter().skip(1))
        .any(|(year, month)| is_year(year) && month.len() <= 2 && is_month(month));
    let together = |number: &&str| {
        matches!((number.get(..4), number.get(4..6)), (Some(year), Some(month))
            if number.len() == 8 && is_year(year) && is_month(month))
    };
    apart || numbers.iter().any(together)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "https://www.news.example/city/";

    fn found(body: &str) -> Vec<String> {
        let hints = Hints { url: Some(OWN), ..Hints::default() };
        let feed = parse(body.as_bytes(), &hints);
        feed.map(|feed| feed.entries.into_iter().map(|entry| entry.id).collect())
            .unwrap_or_default()
    }

    #[test]
    fn articles_are_told_from_what_else_a_page_links_to() {
        let page = "<!DOCTYPE html><html><head><title>City &amp; region</title></head><body>
            <nav><a href='/2024/05/01/why-the-weather-is-as-it-is'>Why the weather is as it is</a></nav>
            <main>
            <article><a href='/city/the-old-bridge-is-closed-for-good-119283'><img src=x></a>
              <h2><a href='/city/the-old-bridge-is-closed-for-good-119283#top'>The old bridge is
              closed for good</a></h2></article>
            <h3><a href=\"https://news.example/2024/05/02/rain.html\">Rain on Sunday, sun later</a></h3>
            <a href='/a/20240502/12345'>A council that could not agree on anything</a>
            <a href='/city/'>City and all that is new in the region</a>
            <a href='/'>The home page of this newspaper, always</a>
            <a href='/tag/river-and-its-bridges'>Everything about the river and its bridges</a>
            <a href='/author/jane-doe-of-the-city-desk'>Jane Doe of the city desk writes</a>
            <a href='/city/page/2'>Older articles of this section follow here</a>
            <a href='https://other.example/2024/05/02/a-fine-advertisement'>A fine advertisement of
              somebody else</a>
            <a href='/img/the-mayor-at-the-bridge.jpg'>The mayor at the bridge, a picture</a>
            <a href='/sport/'>Sport</a> <a href='javascript:void(0)'>One two three four five six</a>
            <script>document.write(\"<a href='/2024/05/02/x-y-z-v'>a b c d e f g</a>\")</script>
            <!-- <a href='/2024/05/02/x-y-z-w'>a b c d e f g</a> -->
            </main><footer><a href='/2023/01/01/how-we-work-and-why'>How we work and why</a></footer>";
        assert_eq!(
            found(page),
            [
                "https://www.news.example/city/the-old-bridge-is-closed-for-good-119283",
                "https://news.example/2024/05/02/rain.html",
                "https://www.news.example/a/20240502/12345",
            ]
        );
        let hints = Hints { url: Some(OWN), ..Hints::default() };
        assert_eq!(parse(page.as_bytes(), &hints).unwrap().title.as_deref(), Some("City & region"));
    }

    #[test]
    fn what_lists_nothing_says_so() {
        let hints = Hints { url: Some(OWN), ..Hints::default() };
        let reason = parse(b"<html><p>Hello</p></html>", &hints).unwrap_err();
        assert!(reason.to_string().contains("look like articles"), "{reason}");
        assert_eq!(parse(b"", &hints).unwrap_err().kind, ReasonKind::Empty);
    }

    #[test]
    fn scripts_without_blanks_have_words_too() {
        let page = "<a href='/n/20240502/1'>市議会は新しい橋の建設を全会一致で承認した。工事は秋に始まる</a>";
        assert_eq!(found(page), ["https://www.news.example/n/20240502/1"]);
    }

    #[test]
    fn a_page_without_end_is_bounded() {
        let one =
            |n: usize| format!("<a href='/2024/05/02/a-b-c-d-{n}'>one two three four five six");
        let page: String = (0..1000).map(one).collect();
        assert_eq!(found(&page).len(), MOST_ARTICLES);
        let open = "<a href='/2024/05/02/aa-bb-cc-dd'>".repeat(50_000) + &"<nav>".repeat(50_000);
        assert!(found(&open).is_empty());
        assert!(found(&"<script>".repeat(50_000)).is_empty());
    }
}
