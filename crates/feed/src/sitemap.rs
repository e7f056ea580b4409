//! Sitemaps, sitemap indexes and news sitemaps (<https://www.sitemaps.org/protocol.html>).

use std::borrow::Cow;

use jiff::Timestamp;
use record::{DateText, Reason, ReasonKind, date};

use crate::display::display_text;
use crate::markup::{Markup, Tag, attribute, markup};
use crate::problem::Problems;
use crate::{charset, entities, sniff};

/// What a sitemap says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sitemap {
    /// Pages.
    Pages(Vec<SitemapPage>),
    /// Further sitemaps: each address with the time of its last change.
    Index(Vec<SitemapRef>),
}

/// A page of a sitemap.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SitemapPage {
    /// The page's URL, as written.
    pub url: String,
    /// When it was last changed.
    pub changed: Option<DateText>,
    /// News sitemaps: when the article was published.
    pub published: Option<DateText>,
    /// News sitemaps: the article's title.
    pub title: Option<String>,
    /// News sitemaps: the language of the publication.
    pub language: Option<String>,
}

/// A sitemap of an index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SitemapRef {
    /// The sitemap's URL, as written.
    pub url: String,
    /// When it was last changed.
    pub changed: Option<DateText>,
}

/// Longest field, in bytes: what is longer is not looked at further.
const LONGEST_FIELD: usize = 16 * 1024;

/// Most bytes, which is the protocol's limit, and most entries (the protocol says 50,000).
const MOST_BYTES: usize = 50 * 1024 * 1024;
const MOST_ENTRIES: usize = 100_000;

/// Reads a sitemap, already decompressed; damaged ones give their complete entries. Plain
/// text with one URL a line is a sitemap as well. Dates that cannot be true at `now` keep
/// only their text. Linear.
///
/// # Errors
/// [`ReasonKind::Empty`], [`ReasonKind::TooLarge`] for more than 50 MiB,
/// [`ReasonKind::Malformed`] for what is no sitemap.
///
/// ```
/// use feed::sitemap::{Sitemap, parse};
///
/// let bytes = b"<urlset><url><loc>https://example.org/a</loc><lastmod>2024-05-02</lastmod></url>";
/// let Ok(Sitemap::Pages(pages)) = parse(bytes, None) else { panic!() };
/// assert_eq!(pages[0].url, "https://example.org/a");
/// ```
pub fn parse(bytes: &[u8], now: Option<Timestamp>) -> Result<Sitemap, Reason> {
    if bytes.len() > MOST_BYTES {
        return Err(Reason::of(ReasonKind::TooLarge));
    }
    let text = charset::decode(bytes, None, &mut Problems::default());
    match sniff::nature(&text) {
        sniff::Nature::Empty => Err(Reason::of(ReasonKind::Empty)),
        sniff::Nature::Sitemap => Ok(read(&text, now)),
        sniff::Nature::Text => plain(&text),
        _ => Err(refusal()),
    }
}

fn refusal() -> Reason {
    Reason::new(ReasonKind::Malformed, "not a sitemap: no urlset, sitemapindex or list of urls")
}

fn plain(text: &str) -> Result<Sitemap, Reason> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(MOST_ENTRIES);
    let pages: Option<Vec<_>> = lines
        .map(|line| {
            let is_url = line.starts_with("http://") || line.starts_with("https://");
            is_url.then(|| SitemapPage { url: line.to_owned(), ..SitemapPage::default() })
        })
        .collect();
    pages.map(Sitemap::Pages).ok_or_else(refusal)
}

fn read(text: &str, now: Option<Timestamp>) -> Sitemap {
    let mut reader = Reader { now, pages: Vec::new(), maps: Vec::new(), page: None };
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'<', text.as_bytes().get(at..).unwrap_or_default()) {
        let here = at + found;
        at = here + 1;
        let Markup::Tag(tag) = markup(text, here) else { continue };
        at = tag.end.max(at);
        reader.tag(text, &tag);
        if reader.pages.len() + reader.maps.len() >= MOST_ENTRIES {
            break;
        }
    }
    if reader.maps.is_empty() { Sitemap::Pages(reader.pages) } else { Sitemap::Index(reader.maps) }
}

struct Reader {
    now: Option<Timestamp>,
    pages: Vec<SitemapPage>,
    maps: Vec<SitemapRef>,
    page: Option<SitemapPage>,
}

impl Reader {
    fn tag(&mut self, text: &str, tag: &Tag<'_>) {
        let (prefix, local) = tag.name.rsplit_once(':').unwrap_or(("", tag.name));
        let local = local.to_ascii_lowercase();
        match (local.as_str(), tag.is_end) {
            ("url" | "sitemap", false) => self.page = Some(SitemapPage::default()),
            ("url", true) => self.pages.extend(self.page.take().filter(|p| !p.url.is_empty())),
            ("sitemap", true) => {
                let page = self.page.take().filter(|page| !page.url.is_empty());
                let map = page.map(|p| SitemapRef { url: p.url, changed: p.changed });
                self.maps.extend(map);
            }
            (_, false) if !is_media(prefix) => self.field(text, tag, &local),
            _ => {}
        }
    }

    fn field(&mut self, text: &str, tag: &Tag<'_>, local: &str) {
        let now = self.now;
        let Some(page) = self.page.as_mut() else { return };
        if local == "link" && page.url.is_empty() {
            // Some sitemaps are written like feeds.
            if let Some(href) = attribute(tag, "href") {
                page.url = href.into_owned();
            }
            return;
        }
        if !matches!(local, "loc" | "lastmod" | "publication_date" | "title" | "language") {
            return;
        }
        let Some(value) = content(text, tag.end) else { return };
        match local {
            "loc" if page.url.is_empty() => page.url = value.into_owned(),
            "lastmod" => page.changed = Some(date_text(&value, now)),
            "publication_date" => page.published = Some(date_text(&value, now)),
            "title" => page.title = Some(display_text(&value)).filter(|t| !t.is_empty()),
            "language" => page.language = Some(value.into_owned()),
            _ => {}
        }
    }
}

/// Images and videos have locations and titles of their own.
fn is_media(prefix: &str) -> bool {
    matches!(prefix, "image" | "video" | "xhtml" | "mobile")
}

/// The text up to the next tag, references resolved.
fn content(text: &str, from: usize) -> Option<Cow<'_, str>> {
    let rest = text.get(from..text.floor_char_boundary(from.saturating_add(LONGEST_FIELD)))?;
    let rest = rest.trim_start();
    if let Some(inner) = rest.strip_prefix("<![CDATA[") {
        return Some(Cow::Borrowed(inner.split_once("]]>")?.0.trim()));
    }
    let end = memchr::memchr(b'<', rest.as_bytes())?;
    let raw = rest.get(..end)?.trim();
    if raw.is_empty() || !raw.contains('&') {
        return (!raw.is_empty()).then_some(Cow::Borrowed(raw));
    }
    let mut out = String::with_capacity(raw.len());
    entities::decode_into(raw, &mut out);
    Some(Cow::Owned(out))
}

fn date_text(raw: &str, now: Option<Timestamp>) -> DateText {
    DateText { raw: raw.to_owned(), stated: date::parse_at(raw, now) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_news_sitemap_gives_title_and_date() {
        let text = r#"<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
            xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
            <url><loc> https://e.org/a?b=1&amp;c=2 </loc><lastmod>2024-05-02T10:00:00Z</lastmod>
            <news:news><news:publication><news:name>E</news:name><news:language>en</news:language>
            </news:publication><news:publication_date>2024-05-01</news:publication_date>
            <news:title><![CDATA[Rain & wind]]></news:title></news:news>
            <image:image><image:loc>https://e.org/i.png</image:loc><image:title>x</image:title></image:image></url>
            <url><loc>https://e.org/cut"#;
        let Ok(Sitemap::Pages(pages)) = parse(text.as_bytes(), None) else { panic!() };
        assert_eq!(pages.len(), 1);
        let page = &pages[0];
        assert_eq!(page.url, "https://e.org/a?b=1&c=2");
        assert_eq!(page.title.as_deref(), Some("Rain & wind"));
        assert_eq!(page.language.as_deref(), Some("en"));
        assert!(page.published.as_ref().unwrap().stated.is_some());
    }

    #[test]
    fn an_index_gives_its_sitemaps() {
        let text =
            "<sitemapindex><sitemap><loc>https://e.org/1.xml.gz</loc></sitemap></sitemapindex>";
        let Ok(Sitemap::Index(maps)) = parse(text.as_bytes(), None) else { panic!() };
        assert_eq!(maps[0].url, "https://e.org/1.xml.gz");
    }

    #[test]
    fn a_list_of_urls_is_one_too_and_pages_are_not() {
        let text = "https://e.org/a\nhttps://e.org/b\n";
        assert!(matches!(parse(text.as_bytes(), None), Ok(Sitemap::Pages(p)) if p.len() == 2));
        assert!(parse(b"<html>", None).is_err());
        assert!(parse(b"hello", None).is_err());
    }
}
