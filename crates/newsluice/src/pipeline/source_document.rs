//! A source's document: a feed, or a sitemap that lists pages as a feed lists entries. Which it
//! is, its content says. A section page is one by its user's word.

use feed::ProblemKind;
use feed::sitemap::{self, Sitemap, SitemapPage, SitemapRef};
use jiff::Timestamp;
use record::{Entry, Feed, Page, PageUrl, Reason};

use crate::source::Kind;

/// A document that was read.
#[derive(Debug)]
pub(super) struct Document {
    /// What it lists.
    pub(super) feed: Feed,
    /// Where it was read from.
    pub(super) url: String,
    /// Does it hold what a feed holds, to its end?
    pub(super) is_whole: bool,
    /// Further sitemaps, the newest first.
    pub(super) maps: Vec<String>,
}

/// Pages of one sitemap that are taken, the newest first: a news sitemap has a thousand at most
/// (Google), and what a site has had for years is for `backfill`.
const MOST_PAGES: usize = 1000;

/// Sitemaps of one index that are taken.
const MOST_MAPS: usize = 3;

/// Reads a document.
///
/// # Errors
/// Why it is neither a feed nor a sitemap: what the reader of feeds says; or no section page.
pub(super) fn read(page: &Page, kind: Kind) -> Result<Document, Reason> {
    let hints = feed::Hints {
        url: page.url.as_deref(),
        content_type: page.content_type.as_deref(),
        now: Some(page.fetched_at),
    };
    let url = page.url.clone().unwrap_or_default();
    if kind == Kind::Section {
        let feed = feed::section::parse(&page.body, &hints)?;
        return Ok(Document { feed, url, is_whole: true, maps: Vec::new() });
    }
    let refused = match feed::parse(&page.body, &hints) {
        Ok(parsed) => {
            let feed = parsed.feed;
            let is_cut = parsed.problems.iter().any(|p| p.kind == ProblemKind::Truncated);
            let says_nothing =
                feed.entries.is_empty() && feed.title.is_none() && feed.link.is_none();
            return Ok(Document {
                feed,
                url,
                is_whole: !is_cut && !says_nothing,
                maps: Vec::new(),
            });
        }
        Err(reason) => reason,
    };
    match sitemap::parse(&page.body, Some(page.fetched_at)) {
        Ok(Sitemap::Pages(pages)) if !pages.is_empty() => Ok(of_pages(pages, url)),
        // Its sitemaps change while the index stays as it is: it is asked for in full.
        Ok(Sitemap::Index(maps)) => {
            let maps = newest_maps(maps, &url);
            Ok(Document { feed: Feed::default(), url, is_whole: false, maps })
        }
        _ => Err(refused),
    }
}

/// The protocol allows a sitemap pages of its own host only.
fn is_own(url: &str, of: &str) -> bool {
    let host = |url: &str| PageUrl::parse(url).ok().map(|url| url.domain().to_owned());
    host(url).is_some_and(|found| host(of) == Some(found))
}

fn of_pages(mut pages: Vec<SitemapPage>, url: String) -> Document {
    pages.retain(|page| is_own(&page.url, &url));
    let time = |page: &SitemapPage| -> Option<Timestamp> {
        let date = page.published.as_ref().or(page.changed.as_ref());
        date.and_then(record::DateText::instant)
    };
    pages.sort_by_key(|page| std::cmp::Reverse(time(page)));
    pages.truncate(MOST_PAGES);
    let entries = pages.into_iter().map(entry).collect();
    Document { feed: Feed { entries, ..Feed::default() }, url, is_whole: true, maps: Vec::new() }
}

/// The time of its last change is left out: many sites write the time of the request there, and
/// each page would be fetched at every poll.
fn entry(page: SitemapPage) -> Entry {
    Entry {
        id: page.url.clone(),
        link: Some(page.url),
        title: page.title,
        published: page.published,
        ..Entry::default()
    }
}

fn newest_maps(mut maps: Vec<SitemapRef>, url: &str) -> Vec<String> {
    maps.retain(|map| is_own(&map.url, url));
    let time = |map: &SitemapRef| map.changed.as_ref().and_then(record::DateText::instant);
    maps.sort_by_key(|map| std::cmp::Reverse(time(map)));
    maps.into_iter().take(MOST_MAPS).map(|map| map.url).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(body: &str) -> Result<Document, Reason> {
        let page = Page {
            url: Some("https://news.example/map.xml".into()),
            requested_url: None,
            content_type: Some("application/xml".into()),
            body: body.as_bytes().to_vec(),
            fetched_at: "2024-05-02T12:00:00Z".parse().unwrap(),
        };
        read(&page, Kind::Feed)
    }

    #[test]
    fn a_sitemap_lists_its_own_pages_the_newest_first() {
        let read = document(
            "<urlset><url><loc>https://news.example/old</loc><lastmod>2024-04-01</lastmod></url>
             <url><loc>https://other.example/x</loc></url>
             <url><loc>https://news.example/new</loc><news:news>
             <news:publication_date>2024-05-02T10:00:00Z</news:publication_date>
             <news:title>Rain</news:title></news:news></url></urlset>",
        );
        let read = read.unwrap();
        let links: Vec<_> = read.feed.entries.iter().filter_map(|e| e.link.as_deref()).collect();
        assert_eq!(links, ["https://news.example/new", "https://news.example/old"]);
        assert_eq!(read.feed.entries[0].title.as_deref(), Some("Rain"));
        assert!(read.is_whole && read.feed.entries[1].published.is_none());
    }

    #[test]
    fn an_index_names_its_newest_sitemaps() {
        let map = |n: u8| {
            format!(
                "<sitemap><loc>https://news.example/{n}.xml</loc>\
                 <lastmod>2024-04-0{n}</lastmod></sitemap>"
            )
        };
        let maps: String = (1..=5).map(map).collect();
        let read = document(&format!("<sitemapindex>{maps}</sitemapindex>")).unwrap();
        assert_eq!(read.maps.len(), 3);
        assert_eq!(read.maps[0], "https://news.example/5.xml");
        assert!(!read.is_whole);
    }

    #[test]
    fn what_is_neither_is_refused_as_a_feed_is() {
        let reason = document("<!DOCTYPE html><html><p>Hello</html>").unwrap_err();
        assert!(reason.to_string().contains("feed"), "{reason}");
    }
}
