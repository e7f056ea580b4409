//! A list as it was answered: an index, a sitemap, or a feed.

use feed::sitemap::{Sitemap, SitemapPage, SitemapRef, parse};
use fetch::{Accept, HostKey, Request};
use jiff::Timestamp;
use record::{ContentHash, Entry, Feed, Page, PageUrl, Reason, ReasonKind};
use store::FoundEntry;

use super::super::entry_payload::payload_of;

/// Largest sitemap: the protocol's own limit, and some more.
const MOST_BYTES: usize = 50 << 20;

/// A list that was read.
pub(super) struct Document {
    /// Where it was read from.
    pub(super) url: String,
    /// When.
    pub(super) at: Timestamp,
    /// What it is.
    pub(super) kind: Kind,
}

/// What a list is.
pub(super) enum Kind {
    /// Further lists: a sitemap index, a robots.txt.
    Lists(Vec<SitemapRef>),
    /// Pages.
    Sitemap(Vec<SitemapPage>),
    /// A feed, or one page of it.
    Feed(Box<Feed>),
}

/// The request for a list: what a robots.txt says of itself is nobody's business.
pub(super) fn request(url: &str) -> Request<'_> {
    let is_robots = is_robots(url);
    Request {
        accept: if is_robots { Accept::Robots } else { Accept::Sitemap },
        robots: !is_robots,
        limit: (!is_robots).then_some(MOST_BYTES),
        ..Request::sitemap(url)
    }
}

/// Is this the robots.txt of a host?
pub(super) fn is_robots(url: &str) -> bool {
    PageUrl::parse(url).is_ok_and(|url| url.path_and_query() == "/robots.txt")
}

/// Reads an answer, on a thread of its own.
pub(super) async fn read(page: Page) -> Result<Document, Reason> {
    let reading = tokio::task::spawn_blocking(move || {
        let url = page.url.clone().unwrap_or_default();
        Ok(Document { kind: kind(&page, &url)?, at: page.fetched_at, url })
    });
    reading.await.unwrap_or_else(|_| Err(Reason::of(ReasonKind::Crash)))
}

fn kind(page: &Page, url: &str) -> Result<Kind, Reason> {
    if is_robots(url) {
        let sitemaps = fetch::robots::Rules::parse(&page.body, "newsluice").sitemaps;
        if sitemaps.is_empty() {
            let detail = "robots.txt names no sitemap; name one, or a feed";
            return Err(Reason::new(ReasonKind::NotAFeed, detail));
        }
        let list = |url| SitemapRef { url, changed: None };
        return Ok(Kind::Lists(sitemaps.into_iter().map(list).collect()));
    }
    let now = Some(page.fetched_at);
    match parse(&page.body, now) {
        Ok(Sitemap::Pages(pages)) => return Ok(Kind::Sitemap(pages)),
        Ok(Sitemap::Index(lists)) => return Ok(Kind::Lists(lists)),
        Err(reason) if reason.kind == ReasonKind::TooLarge => return Err(reason),
        Err(_) => {}
    }
    let hints = feed::Hints { url: Some(url), content_type: page.content_type.as_deref(), now };
    match feed::parse(&page.body, &hints) {
        Ok(parsed) => Ok(Kind::Feed(Box::new(parsed.feed))),
        // A site by its front page: its robots.txt names its sitemaps.
        Err(_) if PageUrl::parse(url).is_ok_and(|url| url.path_and_query() == "/") => {
            let robots = PageUrl::join(url, "/robots.txt").ok();
            let list = |url: PageUrl| SitemapRef { url: url.as_str().to_owned(), changed: None };
            Ok(Kind::Lists(robots.map(list).into_iter().collect()))
        }
        Err(reason) => Err(Reason::new(
            ReasonKind::NotAFeed,
            format!("neither a sitemap nor a feed: {}", reason.detail),
        )),
    }
}

impl Document {
    /// A hash of what it lists.
    pub(super) fn content(&self) -> ContentHash {
        let lines: Vec<&str> = match &self.kind {
            Kind::Lists(lists) => lists.iter().map(|list| list.url.as_str()).collect(),
            Kind::Sitemap(pages) => pages.iter().map(|page| page.url.as_str()).collect(),
            Kind::Feed(feed) => {
                let name =
                    |entry: &'_ Entry| entry.link.clone().unwrap_or_else(|| entry.id.clone());
                let lines: Vec<String> = feed.entries.iter().map(name).collect();
                return ContentHash::of_bytes(lines.join("\n").as_bytes());
            }
        };
        ContentHash::of_bytes(lines.join("\n").as_bytes())
    }

    /// Does it list nothing?
    pub(super) fn is_empty(&self) -> bool {
        match &self.kind {
            Kind::Lists(lists) => lists.is_empty(),
            Kind::Sitemap(pages) => pages.is_empty(),
            Kind::Feed(feed) => feed.entries.is_empty(),
        }
    }
}

/// A page of a sitemap on its way to the frontier; `None` where its URL is none.
pub(super) fn entry(page: SitemapPage, now: Timestamp) -> Option<FoundEntry> {
    let SitemapPage { url, published, title, .. } = page;
    let name = PageUrl::parse(&url).ok()?.identity();
    let host = HostKey::of_url(&url)?.as_str().to_owned();
    let entry = Entry { id: url.clone(), title, published, ..Entry::default() };
    let is_news = entry.title.is_some() || entry.published.is_some();
    Some(FoundEntry {
        guid: url.clone(),
        fingerprint: ContentHash::of_bytes(name.as_bytes()),
        name,
        host,
        payload: is_news.then(|| payload_of(entry)).flatten(),
        url: Some(url),
        is_foreign: false,
        due_at: now,
    })
}
